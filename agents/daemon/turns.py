"""Whose interactive request goes first in an engine."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from turnstile_lsp.agents.engine.base import Request
from turnstile_lsp.agents.errors import Superseded


class _Waiting:
    """A request that waits for its turn or has it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.superseded = False
        self._task = asyncio.current_task()

    def give_way(self) -> None:
        """Raise `Superseded` where it stands."""
        if self._task is not None and not self.superseded:
            self.superseded = True
            self._task.cancel()

    def gave_way(self) -> bool:
        """Whether the cancellation that has come is `give_way`'s, and no other one."""
        return self.superseded and self._task is not None and self._task.uncancel() == 0


class _Client:
    def __init__(self, at_once: int) -> None:
        self.turn = asyncio.Semaphore(at_once)
        self.waiting: list[_Waiting] = []


class Turns:
    """Each client has `at_once` requests in the engine: engines serve in the order of arrival, so that whoever asks for
    much does not keep others waiting. What nobody asked for gives way to the same client's next question."""

    def __init__(self, at_once: int) -> None:
        self._clients: defaultdict[Hashable, _Client] = defaultdict(lambda: _Client(at_once))

    @asynccontextmanager
    async def take(self, client: Hashable, request: Request) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises `Superseded`."""
        mine = self._clients[client]
        for older in mine.waiting:
            if older.request.unasked and older.request.pieces != request.pieces:
                older.give_way()
        waiting = _Waiting(request)
        mine.waiting.append(waiting)
        try:
            async with mine.turn:
                yield
        except asyncio.CancelledError:
            if waiting.gave_way():
                raise Superseded("A newer completion was asked for; this one was given up.") from None
            raise
        finally:
            mine.waiting.remove(waiting)
            if not mine.waiting:
                del self._clients[client]
