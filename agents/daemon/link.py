"""The client's side of one connection: requests out, streams in."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from turnstile_lsp import __version__
from turnstile_lsp.agents.daemon import protocol
from turnstile_lsp.agents.daemon.places import peer_is_this_user
from turnstile_lsp.agents.errors import DaemonLost, InvalidRequest, TurnstileError, from_wire
from turnstile_lsp.agents.tracing import new_request_id, request_id

HELLO_SECONDS = 20.0

T = TypeVar("T")


class DaemonDiffers(TurnstileError):
    """The daemon is of another version; it drains."""


class DaemonHangs(TurnstileError):
    """There is a daemon, and it does not answer."""


class Link:
    """An open connection to a daemon. When it is lost, every request that waits on it raises `DaemonLost`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[protocol.Frame | TurnstileError]] = {}
        self._receiving: asyncio.Task[None] | None = None
        self.lost: TurnstileError | None = None

    @classmethod
    async def open(cls, path: Path) -> Link:
        """Connect and say hello. Raises `OSError` (nobody listens), `DaemonLost`, `DaemonDiffers`, `DaemonHangs`."""
        reader, writer = await asyncio.open_unix_connection(path, limit=protocol.READ_AHEAD_BYTES)
        link = cls(reader, writer)
        try:
            if not peer_is_this_user(writer.get_extra_info("socket")):
                raise InvalidRequest(f"The socket {path} is another user's; name another TURNSTILE_RUNTIME_DIR.")
            async with asyncio.timeout(HELLO_SECONDS):
                await link._greet()
        except BaseException as error:
            writer.close()
            if isinstance(error, TimeoutError):
                raise DaemonHangs(
                    f"Turnstile's daemon at {path} does not answer; end it and ask again.", "turnstile daemon stop"
                ) from error
            raise
        return link.start()

    def start(self) -> Link:
        """Begin to receive."""
        self._receiving = asyncio.create_task(self._receive())
        return self

    async def call(self, method: str, body: Any, result: type[T]) -> T:
        """Send a request that is answered at once; its result."""
        async with aclosing(self.stream(method, body)) as frames:
            async for frame in frames:
                if isinstance(frame, protocol.End):
                    return msgspec.msgpack.decode(frame.body, type=result)
        raise AssertionError("a stream ends with End or raises")

    async def stream(self, method: str, body: Any) -> AsyncGenerator[protocol.Chunk | protocol.End, None]:
        """Send a request; its chunks, and its end as the last item. Leaving the iterator cancels the request."""
        if self.lost is not None:
            raise _error(self.lost)
        number = next(self._numbers)
        trace = request_id.get()
        request = protocol.Request(number, method, protocol.raw(body), new_request_id() if trace == "-" else trace)
        data = protocol.encode(request)
        answers = self._waiting[number] = asyncio.Queue()
        ended = False
        try:
            self._writer.write(data)
            await self._writer.drain()
            while not ended:
                frame = await answers.get()
                ended = not isinstance(frame, protocol.Chunk)
                if isinstance(frame, protocol.Chunk | protocol.End):
                    yield frame
                else:
                    raise from_wire(frame.error) if isinstance(frame, protocol.Failure) else _error(frame)
        except ConnectionError as error:
            ended = True
            raise _lost() from error
        finally:
            del self._waiting[number]
            if not ended and self.lost is None:
                self._writer.write(protocol.encode(protocol.Cancel(number)))

    async def close(self) -> None:
        """Hang up; idempotent."""
        self._fail(_lost())
        if self._receiving is not None:
            self._receiving.cancel()
        self._writer.close()

    async def _greet(self) -> None:
        self._writer.write(protocol.encode(protocol.Hello(protocol.PROTOCOL, __version__)))
        welcome = await protocol.read_frame(self._reader)
        if not isinstance(welcome, protocol.Welcome):
            raise InvalidRequest("What listens on Turnstile's socket is no daemon of Turnstile; stop it.")
        if not welcome.accepted:
            raise DaemonDiffers(f"The daemon is of version {welcome.package}, this program of {__version__}.")

    async def _receive(self) -> None:
        try:
            while True:
                frame = await protocol.read_frame(self._reader)
                if isinstance(frame, protocol.Chunk | protocol.End | protocol.Failure) and frame.id in self._waiting:
                    self._waiting[frame.id].put_nowait(frame)
        except TurnstileError as error:
            self._fail(error)
            self._writer.close()

    def _fail(self, error: TurnstileError) -> None:
        if self.lost is None:
            self.lost = error
            for answers in self._waiting.values():
                answers.put_nowait(error)


def _error(frame: protocol.Frame | TurnstileError) -> TurnstileError:
    if isinstance(frame, TurnstileError):
        return from_wire(frame.to_wire())
    return InvalidRequest("The daemon sent a frame out of place.")


def _lost() -> DaemonLost:
    return DaemonLost("The connection to Turnstile's daemon was lost; ask again and a new one starts.")
