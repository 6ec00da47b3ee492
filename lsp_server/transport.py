"""How bytes get to a `TurnstileServer` and back: standard streams, TCP, WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import os
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from turnstile_lsp.lsp_server.frames import MAXIMUM_BODY, FrameParser, NotAFrame
from turnstile_lsp.lsp_server.server import TurnstileServer

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
LINGER = 30.0
"""Seconds that a TCP or WebSocket server outlives its last connection."""


async def serve_stdio() -> int:
    """Serve the client at the other end of stdin and stdout; its exit code.

    What anything else prints goes to stderr from here on: stdout belongs to the protocol.
    """
    server = TurnstileServer()
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    server.protocol.set_writer(_StdoutWriter(server, output))
    # A daemon thread: one that waits for input never holds up the exit.
    threading.Thread(target=_read_stdin, args=(server, asyncio.get_running_loop()), daemon=True).start()
    return await server.wait_for_end()


async def serve_tcp(host: str, port: int, token: str) -> int:
    """Serve any number of clients, each with documents of its own, until `LINGER` after the last one has gone."""
    clients = _Clients()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with clients.one():
            server = TurnstileServer(token)
            server.protocol.set_writer(writer)
            reading = asyncio.create_task(_read_stream(server, reader))
            await server.wait_for_end()
            reading.cancel()
            with contextlib.suppress(ConnectionError):
                writer.close()
                await writer.wait_closed()

    async with await asyncio.start_server(connected, host, port) as listener:
        _announce("tcp", listener.sockets[0].getsockname(), token)
        await clients.gone()
    return 0


async def serve_websocket(host: str, port: int, token: str, origins: Sequence[str]) -> int:
    """As `serve_tcp`, a message a frame. Pages may connect only from `origins`; others than browsers send no origin."""
    from websockets.asyncio.server import serve

    clients = _Clients()

    async def check_token(connection: ServerConnection, request: Request) -> Response | None:
        given = _token_of(request)
        if given is not None and not hmac.compare_digest(given.encode(), token.encode()):
            return connection.respond(401, "The token is wrong.\n")
        connection.token_given = given is not None  # type: ignore[attr-defined]
        return None

    async def connected(connection: ServerConnection) -> None:
        with clients.one():
            server = TurnstileServer(None if connection.token_given else token)  # type: ignore[attr-defined]
            writer = _WebSocketWriter(connection)
            server.protocol.set_writer(writer, include_headers=False)
            reading = asyncio.create_task(_read_messages(server, connection))
            await server.wait_for_end()
            reading.cancel()
            await writer.flush()

    async with serve(
        connected,
        host,
        port,
        origins=[None, *origins],  # type: ignore[list-item]
        process_request=check_token,
        max_size=MAXIMUM_BODY,
    ) as listener:
        _announce("ws", next(iter(listener.sockets)).getsockname(), token)
        await clients.gone()
    return 0


class _StdoutWriter:
    """Writes to a pipe that the client may have closed."""

    def __init__(self, server: TurnstileServer, output: BinaryIO) -> None:
        self._server = server
        self._output = output

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[self._output.write(view) :]
        except OSError:
            self._server.end(1)

    def close(self) -> None:
        self._output.close()


class _WebSocketWriter:
    """Sends messages one after the other."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._sending = asyncio.create_task(self._send())

    def write(self, data: bytes) -> None:
        self._queue.put_nowait(data)

    def close(self) -> None:
        self._queue.put_nowait(None)

    async def flush(self) -> None:
        """Send what is waiting, and no more."""
        self.close()
        await self._sending

    async def _send(self) -> None:
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed):
            while (data := await self._queue.get()) is not None:
                await self._connection.send(data, text=True)


class _Clients:
    """Counts connections."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Event()

    @contextlib.contextmanager
    def one(self):  # type: ignore[no-untyped-def]
        """While a connection lasts."""
        self._count += 1
        self._changed.set()
        try:
            yield
        finally:
            self._count -= 1
            self._changed.set()

    async def gone(self) -> None:
        """Wait until there was a connection and then none for `LINGER` seconds."""
        await self._changed.wait()
        while True:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), None if self._count else LINGER)
            except TimeoutError:
                return


def _read_stdin(server: TurnstileServer, loop: asyncio.AbstractEventLoop) -> None:
    parser = FrameParser()
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for this thread
        while chunk := os.read(sys.stdin.fileno(), CHUNK):
            loop.call_soon_threadsafe(_receive, server, parser, chunk)
        loop.call_soon_threadsafe(server.end, 1)


async def _read_stream(server: TurnstileServer, reader: asyncio.StreamReader) -> None:
    parser = FrameParser()
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(CHUNK):
            _receive(server, parser, chunk)
    server.end(1)


async def _read_messages(server: TurnstileServer, connection: ServerConnection) -> None:
    from websockets.exceptions import ConnectionClosed

    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            server.protocol.receive(message)
    server.end(1)


def _receive(server: TurnstileServer, parser: FrameParser, chunk: bytes) -> None:
    """Handle all frames of a chunk before any task runs, so that a request whose cancel came with it never starts."""
    try:
        for frame in parser.feed(chunk):
            server.protocol.receive(frame)
    except NotAFrame as error:
        logger.error("The input is not LSP's base protocol (%s); the connection is closed.", error)
        server.end(1)


def _token_of(request: Request) -> str | None:
    """The token in `Authorization: Bearer …` or in the query `?token=…`."""
    from urllib.parse import parse_qs, urlsplit

    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return bearer
    return next(iter(parse_qs(urlsplit(request.path).query).get("token", [])), None)


def _announce(scheme: str, address: tuple[str, int], token: str) -> None:
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    print(f"Listening on {scheme}://{host}:{address[1]}, token {token}", flush=True)
