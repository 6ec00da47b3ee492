"""The engines that are open: one for each model, key and set of options, closed when idle, arbitrated among."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Protocol, runtime_checkable

import msgspec

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.connection import Call, Method
from turnstile_lsp.agents.daemon.turns import Turns
from turnstile_lsp.agents.engine.base import Description, Engine, Priority, Request

SERVED_AT_ONCE = 8
"""Requests of one client that a server is asked at once; an engine on this machine answers one person at a time."""

CreateEngine = Callable[[messages.Model], Engine]


@runtime_checkable
class Preemptible(Protocol):
    """An engine on this machine whose search requests can be held back while another engine answers a person."""

    def pause_search(self) -> None:
        """Abort the running search ubatch and start no other until as many `resume_search` as `pause_search` calls."""
        ...

    def resume_search(self) -> None:
        """Go on with what was paused."""
        ...


@runtime_checkable
class Counting(Protocol):
    """An engine that knows what it has computed."""

    async def decoded(self) -> int:
        """Tokens computed so far, prompts included."""
        ...


class _Open:
    """An engine with the requests that use it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.turns = Turns(at_once=1 if isinstance(engine, Preemptible) else SERVED_AT_ONCE)
        self.requests = 0
        self.last_used = time.monotonic()


class Models:
    """Serves `engine.*`."""

    def __init__(self, create: CreateEngine) -> None:
        self._create = create
        self._open: dict[bytes, tuple[str, _Open]] = {}

    def methods(self) -> Mapping[str, Method]:
        """The methods of this service."""
        return {
            "engine.generate": Method(messages.Generate, self._generate),
            "engine.tokenize": Method(messages.Tokenize, self._tokenize),
            "engine.describe": Method(messages.Describe, self._describe),
        }

    async def status(self) -> list[messages.ModelStatus]:
        """What is open."""
        return [
            messages.ModelStatus(
                model=name,
                requests=opened.requests,
                idle_seconds=round(time.monotonic() - opened.last_used, 1),
                decoded=await opened.engine.decoded() if isinstance(opened.engine, Counting) else 0,
            )
            for name, opened in list(self._open.values())
        ]

    async def close_idle(self, seconds: float) -> None:
        """Close engines that nothing has used for `seconds`."""
        oldest = time.monotonic() - seconds
        idle = [key for key, (_, opened) in self._open.items() if not opened.requests and opened.last_used <= oldest]
        closing = [self._open.pop(key)[1].engine.close() for key in idle]
        await asyncio.gather(*closing)

    async def close(self) -> None:
        """Close all."""
        opened = [engine.engine for _, engine in self._open.values()]
        self._open.clear()
        await asyncio.gather(*(engine.close() for engine in opened))

    @asynccontextmanager
    async def _use(self, model: messages.Model) -> AsyncIterator[_Open]:
        key = msgspec.msgpack.encode(model)
        if key not in self._open:
            self._open[key] = (model.name, _Open(self._create(model)))
        opened = self._open[key][1]
        opened.requests += 1
        try:
            yield opened
        finally:
            opened.requests -= 1
            opened.last_used = time.monotonic()

    @asynccontextmanager
    async def _turn(self, call: Call, request: Request, opened: _Open) -> AsyncIterator[None]:
        """While a person waits for one engine, the searches of all others rest; an engine orders its own requests."""
        if request.priority != Priority.INTERACTIVE:
            yield
            return
        async with opened.turns.take(call.connection, request):
            others = [other.engine for _, other in self._open.values() if other is not opened]
            paused = [other for other in others if isinstance(other, Preemptible)]
            for other in paused:
                other.pause_search()
            try:
                yield
            finally:
                for other in paused:
                    other.resume_search()

    async def _generate(self, call: Call, body: messages.Generate) -> None:
        async with self._use(body.model) as opened, self._turn(call, body.request, opened):
            chunks = opened.engine.generate(body.request)
            async with aclosing(chunks):
                async for chunk in chunks:
                    await call.send(chunk)

    async def _tokenize(self, call: Call, body: messages.Tokenize) -> list[int]:
        async with self._use(body.model) as opened:
            return await opened.engine.tokenize(body.text)

    async def _describe(self, call: Call, body: messages.Describe) -> Description:
        async with self._use(body.model) as opened:
            return await opened.engine.describe()
