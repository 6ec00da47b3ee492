"""The daemon's side of one client: frames in, handlers as tasks, frames out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.daemon import protocol
from turnstile_lsp.agents.errors import DaemonLost, InvalidRequest, TurnstileError
from turnstile_lsp.agents.tracing import request_id

log = logging.getLogger(__name__)


class Method(Struct, frozen=True):
    """A method: the type of its body and the coroutine function `(call, body) -> result`."""

    body: Any
    handler: Callable[[Call, Any], Awaitable[Any]]


class Call:
    """One request as its handler sees it."""

    def __init__(self, connection: Connection, number: int) -> None:
        self.connection = connection
        self._number = number

    async def send(self, value: Any) -> None:
        """Stream one chunk; waits while the client does not read."""
        await self.connection.send(protocol.Chunk(self._number, protocol.raw(value)))


class Connection:
    """One attached client. `run` serves it until it goes; then all its requests are cancelled."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, methods: Mapping[str, Method]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._methods = methods
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @property
    def requests(self) -> int:
        """How many requests are running."""
        return len(self._tasks)

    async def send(self, frame: protocol.Frame) -> None:
        """Write a frame; waits while the client does not read. A client that has gone is no error here."""
        self._writer.write(protocol.encode(frame))
        try:
            await self._writer.drain()
        except ConnectionError:
            log.debug("the client went while it was answered")

    async def receive(self) -> protocol.Frame:
        """The next frame."""
        return await protocol.read_frame(self._reader)

    async def run(self) -> None:
        """Serve requests until the client goes or breaks the protocol."""
        try:
            while True:
                frame = await self.receive()
                if isinstance(frame, protocol.Request):
                    self._start(frame)
                elif isinstance(frame, protocol.Cancel):
                    if task := self._tasks.get(frame.id):
                        task.cancel()
                else:
                    raise InvalidRequest("A client sent a frame that only a daemon sends.")
        except DaemonLost:
            pass
        except InvalidRequest as error:
            log.warning("connection closed: %s", error.message)
        finally:
            await self.close()

    async def close(self) -> None:
        """Cancel all requests, wait for their end and hang up; idempotent."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._writer.close()

    def _start(self, request: protocol.Request) -> None:
        if request.id in self._tasks:
            raise InvalidRequest(f"Request {request.id} is running already.")
        task = asyncio.create_task(self._serve(request))
        self._tasks[request.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(request.id, None))

    async def _serve(self, request: protocol.Request) -> None:
        request_id.set(request.trace)
        started = time.perf_counter()
        outcome = "cancelled"
        try:
            result = await self._call(request)
            await self.send(protocol.End(request.id, protocol.raw(result)))
            outcome = "done"
        except TurnstileError as error:
            outcome = type(error).__name__
            await self.send(protocol.Failure(request.id, error.to_wire()))
        except Exception:
            outcome = "failed"
            log.exception("%s failed", request.method)
            failure = TurnstileError("Turnstile's daemon failed at this request; its log daemon.log says why.")
            await self.send(protocol.Failure(request.id, failure.to_wire()))
        finally:
            log.info("%s %s in %.1f ms", request.method, outcome, (time.perf_counter() - started) * 1000)

    async def _call(self, request: protocol.Request) -> Any:
        method = self._methods.get(request.method)
        if method is None:
            raise InvalidRequest(f"The daemon has no method {request.method!r}.")
        try:
            body = msgspec.msgpack.decode(request.body, type=method.body)
        except msgspec.MsgspecError as error:
            raise InvalidRequest(f"The request {request.method} is not well-formed: {error}.") from error
        return await method.handler(Call(self, request.id), body)
