"""Lean sessions that stay warm between callers, and a spare process for when one has to be replaced."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import psutil

from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.base import Candidate, Elaboration, ProofRun, Step, TacticState, Toolchain, Verdict
from turnstile_lsp.agents.lean.process import LeanProcess
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.settings import DaemonSettings

MEMORY_FOR_A_SPARE = 3 << 30
"""Bytes that must be available before a spare is started."""

MEMORY_OF_A_SESSION = 3 << 30
"""Bytes of the machine's memory for each session, where the settings name no number of sessions."""

LOOK_SECONDS = 1.0
"""How often the pool looks for what has been idle for too long, at most."""


class Warm(msgspec.Struct):
    """A session that nobody uses, with the import list that it has loaded, and since when."""

    session: LeanSession
    imports: str
    since: float


class Pool:
    """Implements `base.Lean`: at most `lean_sessions` sessions (0: by memory) are lent at a time, and as many kept
    warm; the least recently used one makes room. At most `lean_spares` spare processes stand by in all, where memory
    allows. What is idle for `lean_idle_seconds` is stopped."""

    def __init__(self, settings: DaemonSettings) -> None:
        self._settings = settings
        self._most = settings.lean_sessions or sessions_by_memory()
        self._free = asyncio.Semaphore(self._most)
        self._warm: list[Warm] = []
        self._lent: set[LeanSession] = set()
        self._spares: dict[bytes, LeanProcess] = {}
        self._preparing: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def session(self, toolchain: Toolchain, imports: str, *, judge: bool = True) -> PooledSession:
        """See `base.Lean.session`."""
        await self._free.acquire()
        try:
            session = self._take(toolchain, imports) or self._create(toolchain)
            session.starts_judge = judge
            self._lent.add(session)
            await self._make_room()
            self._stopping = self._stopping or asyncio.create_task(self._stop_idle())
        except BaseException:
            self._free.release()
            raise
        return PooledSession(self, session, imports)

    async def warm_session(self, project: str | None, folder: str, imports: str) -> PooledSession | None:
        """A session that is free and has these imports loaded, for files of a project (None: those in `folder`, outside of
        any); None where there is none. Waits for nothing and starts nothing."""
        fitting = [
            warm
            for warm in self._warm
            if warm.imports == imports
            and warm.session.toolchain.project == project
            and (project is not None or warm.session.toolchain.working_folder == folder)
            and warm.session.is_running
        ]
        if not fitting or self._free.locked():
            return None
        await self._free.acquire()
        best = max(fitting, key=lambda warm: warm.since)
        self._warm.remove(best)
        self._lent.add(best.session)
        return PooledSession(self, best.session, imports)

    def give_back(self, session: LeanSession, imports: str) -> None:
        """Keep a session warm for the next caller."""
        self._lent.discard(session)
        session.forget()
        self._warm.append(Warm(session, imports, time.monotonic()))
        self._free.release()

    async def close(self) -> None:
        """Kill all processes; idempotent."""
        tasks = [task for task in (self._preparing, self._stopping) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sessions = [*self._lent, *(warm.session for warm in self._warm)]
        closing = [session.close() for session in sessions] + [spare.close() for spare in self._spares.values()]
        self._lent, self._warm, self._spares = set(), [], {}
        await asyncio.gather(*closing, return_exceptions=True)

    def _take(self, toolchain: Toolchain, imports: str) -> LeanSession | None:
        """A warm session of this toolchain, rather one that has these imports, rather the latest."""
        fitting = [warm for warm in self._warm if warm.session.toolchain == toolchain]
        if not fitting:
            return None
        best = max(fitting, key=lambda warm: (warm.imports == imports, warm.since))
        self._warm.remove(best)
        return best.session

    def _create(self, toolchain: Toolchain) -> LeanSession:
        limit = self._settings.lean_memory_megabytes << 20
        return LeanSession(toolchain, start=self._start, memory_limit=limit if toolchain.embedded else None)

    async def _make_room(self) -> None:
        """Stop the least recently used sessions beyond the number that is kept."""
        while self._warm and len(self._warm) + len(self._lent) > self._most:
            oldest = min(self._warm, key=lambda warm: warm.since)
            self._warm.remove(oldest)
            await oldest.session.close()

    async def _start(self, toolchain: Toolchain) -> LeanProcess:
        """The spare of this toolchain, or a new process; then the next spare is prepared."""
        spare = self._spares.pop(_key(toolchain), None)
        process = spare if spare is not None and spare.alive else await LeanProcess.start(toolchain)
        if self._settings.lean_spares and (self._preparing is None or self._preparing.done()):
            self._preparing = asyncio.create_task(self._prepare(toolchain))
        return process

    async def _prepare(self, toolchain: Toolchain) -> None:
        """Start a spare if there is memory for it."""
        if len(self._spares) >= self._settings.lean_spares:
            return
        if psutil.virtual_memory().available < MEMORY_FOR_A_SPARE:
            return
        with contextlib.suppress(
            TurnstileError
        ):  # whoever needs the process starts it and is told why it does not work
            self._spares[_key(toolchain)] = await LeanProcess.start(toolchain)

    async def _stop_idle(self) -> None:
        """Stop sessions, and at last the spares, that nobody has used for the idle time."""
        idle = self._settings.lean_idle_seconds
        while True:
            await asyncio.sleep(min(LOOK_SECONDS, idle))
            late = time.monotonic() - idle
            for warm in [warm for warm in self._warm if warm.since < late]:
                self._warm.remove(warm)
                await warm.session.close()
            if not self._warm and not self._lent:
                while self._spares:
                    await self._spares.popitem()[1].close()


class PooledSession:
    """A session on loan; closing gives it back, warm. Implements `base.Session`."""

    def __init__(self, pool: Pool, session: LeanSession, imports: str) -> None:
        self._pool, self._session, self._imports = pool, session, imports
        self._given_back = False

    async def elaborate(self, text: str, *, until: int | None = None, seconds: float = 120.0) -> Elaboration:
        return await self._session.elaborate(text, until=until, seconds=seconds)

    async def check(self, state: int, candidate: Candidate) -> Verdict:
        return await self._session.check(state, candidate)

    async def run_proof(self, state: int, candidate: Candidate) -> ProofRun:
        return await self._session.run_proof(state, candidate)

    async def open_goal(self, state: int, candidate: Candidate) -> TacticState:
        return await self._session.open_goal(state, candidate)

    async def step(
        self, tactic_state: TacticState, tactic: str, *, heartbeats: int | None = None, seconds: float = 30.0
    ) -> Step:
        return await self._session.step(tactic_state, tactic, heartbeats=heartbeats, seconds=seconds)

    async def release(self, tactic_state: TacticState) -> None:
        await self._session.release(tactic_state)

    async def renamed(self, state: int, names: Sequence[str]) -> Mapping[str, str]:
        return await self._session.renamed(state, names)

    async def community(self, request: dict[str, Any]) -> dict[str, Any]:
        return await self._session.community(request)

    async def close(self) -> None:
        if not self._given_back:
            self._given_back = True
            self._pool.give_back(self._session, self._imports)


def sessions_by_memory() -> int:
    """How many sessions this machine bears: one for each core and each `MEMORY_OF_A_SESSION`, at least one."""
    by_memory = int(psutil.virtual_memory().total) // MEMORY_OF_A_SESSION
    return max(1, min(os.cpu_count() or 1, by_memory))


def _key(toolchain: Toolchain) -> bytes:
    return msgspec.msgpack.encode(toolchain, order="deterministic")
