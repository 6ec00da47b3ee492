"""One warm embedded Lean for all tests, usable from every test's own event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from turnstile_lsp.agents.lean.base import (
    Candidate,
    Elaboration,
    ProofRun,
    Step,
    TacticState,
    Toolchain,
    Verdict,
)
from turnstile_lsp.agents.lean.embedded import installed
from turnstile_lsp.agents.lean.session import LeanSession

T = TypeVar("T")


def embedded_toolchain(**fields: Any) -> Toolchain:
    """The installed embedded Lean as a toolchain."""
    lean = installed()
    assert lean is not None, "The embedded Lean is not installed; `make` does it."
    return Toolchain(**{"command": lean.command, "version": lean.version, "embedded": True, **fields})


class WarmLean:
    """Implements `base.Session`: a session that lives in a thread with a loop of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._session = LeanSession(embedded_toolchain())

    async def elaborate(self, text: str, *, until: int | None = None, seconds: float = 120.0) -> Elaboration:
        return await self._there(self._session.elaborate(text, until=until, seconds=seconds))

    async def check(self, state: int, candidate: Candidate) -> Verdict:
        return await self._there(self._session.check(state, candidate))

    async def run_proof(self, state: int, candidate: Candidate) -> ProofRun:
        return await self._there(self._session.run_proof(state, candidate))

    async def open_goal(self, state: int, candidate: Candidate) -> TacticState:
        return await self._there(self._session.open_goal(state, candidate))

    async def step(
        self, tactic_state: TacticState, tactic: str, *, heartbeats: int | None = None, seconds: float = 30.0
    ) -> Step:
        return await self._there(self._session.step(tactic_state, tactic, heartbeats=heartbeats, seconds=seconds))

    async def release(self, tactic_state: TacticState) -> None:
        await self._there(self._session.release(tactic_state))

    async def renamed(self, state: int, names: Sequence[str]) -> Mapping[str, str]:
        return await self._there(self._session.renamed(state, names))

    async def community(self, request: dict[str, Any]) -> dict[str, Any]:
        return await self._there(self._session.community(request))

    def forget(self) -> None:
        self._loop.call_soon_threadsafe(self._session.forget)

    async def statistics(self) -> dict[str, int]:
        return await self._there(self._session.statistics())

    async def ask(self, operation: str, state: int, **fields: Any) -> msgspec.Raw:
        """What the driver says to a request in a state."""

        async def ask() -> msgspec.Raw:
            process, number = await self._session._driver_state(state)
            return await process.request(operation, seconds=60, state=number, **fields)

        return await self._there(ask())

    async def close(self) -> None:
        """Nothing: others use it."""

    def stop(self) -> None:
        """Kill Lean and end the thread."""
        asyncio.run_coroutine_threadsafe(self._session.close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _there(self, action: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(action, self._loop))
