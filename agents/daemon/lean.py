"""Lean sessions on lease: a lease is a request that stays open, so it ends with a cancel or with its client."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.connection import Call, Connection, Method
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Elaboration, Lean, ProofRun, Session, Step, TacticState, Verdict


class Pool(Lean, Protocol):
    """Lean processes, of which `session` lends one."""

    async def warm_session(self, project: str | None, folder: str, imports: str) -> Session | None:
        """One that is free and runs, None where there is none."""
        ...

    async def close(self) -> None:
        """Kill all; idempotent."""
        ...


class _Lease(Struct, frozen=True):
    connection: Connection
    session: Session


class _Shared:
    """A pool and how many requests use it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.users = 0


class LeanSessions:
    """Serves `lean.*` out of a pool, which is made when a session is first asked for."""

    def __init__(self, create: Callable[[], Pool]) -> None:
        self._create = create
        self._shared: _Shared | None = None
        self._numbers = itertools.count(1)
        self._leases: dict[int, _Lease] = {}

    @property
    def leases(self) -> int:
        """How many sessions are lent."""
        return len(self._leases)

    def methods(self) -> Mapping[str, Method]:
        """The methods of this service."""
        return {
            "lean.session": Method(messages.OpenSession, self._lend),
            "lean.warm_session": Method(messages.WarmSession, self._lend_warm),
            "lean.elaborate": Method(messages.Elaborate, self._elaborate),
            "lean.check": Method(messages.Check, self._check),
            "lean.run_proof": Method(messages.Check, self._run_proof),
            "lean.open_goal": Method(messages.Check, self._open_goal),
            "lean.step": Method(messages.RunStep, self._step),
            "lean.release": Method(messages.Release, self._release),
            "lean.renamed": Method(messages.Renamed, self._renamed),
            "lean.community": Method(messages.Community, self._community),
        }

    async def renew(self) -> None:
        """Lend out of a new pool from now on, as the settings have changed; the old one goes with its last user."""
        shared, self._shared = self._shared, None
        if shared is not None and not shared.users:
            await shared.pool.close()

    async def close(self) -> None:
        """Kill all Lean processes; no session may be lent any more."""
        await self.renew()

    async def _lend(self, call: Call, body: messages.OpenSession) -> None:
        shared = self._shared = self._shared or _Shared(self._create())
        await self._lend_of(shared, call, shared.pool.session(body.toolchain, body.imports, judge=body.judge))

    async def _lend_warm(self, call: Call, body: messages.WarmSession) -> None:
        if (shared := self._shared) is None:
            await call.send(0)
        else:
            await self._lend_of(shared, call, shared.pool.warm_session(body.project, body.folder, body.imports))

    async def _lend_of(self, shared: _Shared, call: Call, lending: Awaitable[Session | None]) -> None:
        shared.users += 1
        try:
            if (session := await lending) is None:
                await call.send(0)
            else:
                await self._hold(call, session)
        finally:
            shared.users -= 1
            if shared is not self._shared and not shared.users:
                await shared.pool.close()

    async def _hold(self, call: Call, session: Session) -> None:
        number = next(self._numbers)
        self._leases[number] = _Lease(call.connection, session)
        try:
            await call.send(number)
            await asyncio.get_running_loop().create_future()
        finally:
            del self._leases[number]
            await session.close()

    def _session(self, call: Call, number: int) -> Session:
        lease = self._leases.get(number)
        if lease is None or lease.connection is not call.connection:
            raise InvalidRequest(f"There is no Lean session {number} on this connection; open one first.")
        return lease.session

    async def _elaborate(self, call: Call, body: messages.Elaborate) -> Elaboration:
        return await self._session(call, body.lease).elaborate(body.text, until=body.until, seconds=body.seconds)

    async def _check(self, call: Call, body: messages.Check) -> Verdict:
        return await self._session(call, body.lease).check(body.state, body.candidate)

    async def _run_proof(self, call: Call, body: messages.Check) -> ProofRun:
        return await self._session(call, body.lease).run_proof(body.state, body.candidate)

    async def _open_goal(self, call: Call, body: messages.Check) -> TacticState:
        return await self._session(call, body.lease).open_goal(body.state, body.candidate)

    async def _step(self, call: Call, body: messages.RunStep) -> Step:
        session = self._session(call, body.lease)
        return await session.step(body.tactic_state, body.tactic, heartbeats=body.heartbeats, seconds=body.seconds)

    async def _release(self, call: Call, body: messages.Release) -> None:
        await self._session(call, body.lease).release(body.tactic_state)

    async def _renamed(self, call: Call, body: messages.Renamed) -> Mapping[str, str]:
        return await self._session(call, body.lease).renamed(body.state, body.names)

    async def _community(self, call: Call, body: messages.Community) -> dict[str, Any]:
        return await self._session(call, body.lease).community(body.request)
