"""The interfaces `Engine`, `Lean` and `Session`, answered by the daemon."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from turnstile_lsp.agents.daemon import messages, protocol
from turnstile_lsp.agents.daemon.link import Link
from turnstile_lsp.agents.engine.base import Chunk, Description, Request
from turnstile_lsp.agents.lean.base import Candidate, Elaboration, ProofRun, Step, TacticState, Toolchain, Verdict

if TYPE_CHECKING:
    from turnstile_lsp.agents.daemon.client import Daemon


class DaemonEngine:
    """An `Engine` in the daemon."""

    def __init__(self, daemon: Daemon, model: messages.Model) -> None:
        self._daemon = daemon
        self._model = model

    def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `Engine.generate`; raises `DaemonLost` besides."""
        return self._daemon.stream("engine.generate", messages.Generate(model=self._model, request=request), Chunk)

    async def tokenize(self, text: str) -> list[int]:
        """See `Engine.tokenize`."""
        return await self._daemon.call("engine.tokenize", messages.Tokenize(model=self._model, text=text), list[int])

    async def describe(self) -> Description:
        """See `Engine.describe`."""
        return await self._daemon.call("engine.describe", messages.Describe(model=self._model), Description)

    async def close(self) -> None:
        """Nothing: the daemon closes engines that nobody uses."""


class DaemonLean:
    """A `Lean` in the daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    async def session(self, toolchain: Toolchain, imports: str, *, judge: bool = True) -> DaemonSession:
        """See `Lean.session`; raises `LeanMissing`, `LeanFailed`, `DaemonLost`."""
        link = await self._daemon.link()
        opening = messages.OpenSession(toolchain=toolchain, imports=imports, judge=judge)
        lease = link.stream("lean.session", opening)
        number = msgspec.msgpack.decode((await anext(lease)).body, type=int)
        return DaemonSession(link, lease, number)

    async def warm_session(self, project: str | None, folder: str, imports: str) -> DaemonSession | None:
        """A session for files of a project (None: those in `folder`, outside of any) with these imports, if one is free
        and runs: nothing is started, and nobody waited for. Raises `DaemonLost`."""
        link = await self._daemon.link()
        lease = link.stream("lean.warm_session", messages.WarmSession(project=project, folder=folder, imports=imports))
        number = msgspec.msgpack.decode((await anext(lease)).body, type=int)
        if number == 0:
            await lease.aclose()
            return None
        return DaemonSession(link, lease, number)


class DaemonSession:
    """A `Session` in the daemon, lent to this client until it closes it or goes."""

    def __init__(self, link: Link, lease: AsyncGenerator[protocol.Chunk | protocol.End, None], number: int) -> None:
        self._link = link
        self._lease = lease
        self._number = number

    async def elaborate(self, text: str, *, until: int | None = None, seconds: float = 120.0) -> Elaboration:
        """See `Session.elaborate`."""
        body = messages.Elaborate(lease=self._number, text=text, until=until, seconds=seconds)
        return await self._link.call("lean.elaborate", body, Elaboration)

    async def check(self, state: int, candidate: Candidate) -> Verdict:
        """See `Session.check`."""
        body = messages.Check(lease=self._number, state=state, candidate=candidate)
        return await self._link.call("lean.check", body, Verdict)

    async def run_proof(self, state: int, candidate: Candidate) -> ProofRun:
        """See `Session.run_proof`."""
        body = messages.Check(lease=self._number, state=state, candidate=candidate)
        return await self._link.call("lean.run_proof", body, ProofRun)

    async def open_goal(self, state: int, candidate: Candidate) -> TacticState:
        """See `Session.open_goal`."""
        body = messages.Check(lease=self._number, state=state, candidate=candidate)
        return await self._link.call("lean.open_goal", body, TacticState)

    async def step(
        self, tactic_state: TacticState, tactic: str, *, heartbeats: int | None = None, seconds: float = 30.0
    ) -> Step:
        """See `Session.step`."""
        body = messages.RunStep(
            lease=self._number, tactic_state=tactic_state, tactic=tactic, heartbeats=heartbeats, seconds=seconds
        )
        return await self._link.call("lean.step", body, Step)

    async def release(self, tactic_state: TacticState) -> None:
        """See `Session.release`."""
        await self._link.call(
            "lean.release", messages.Release(lease=self._number, tactic_state=tactic_state), type(None)
        )

    async def renamed(self, state: int, names: Sequence[str]) -> Mapping[str, str]:
        """See `Session.renamed`."""
        body = messages.Renamed(lease=self._number, state=state, names=names)
        return await self._link.call("lean.renamed", body, dict[str, str])

    async def community(self, request: dict[str, Any]) -> dict[str, Any]:
        """See `Session.community`."""
        return await self._link.call("lean.community", messages.Community(lease=self._number, request=request), dict)

    async def close(self) -> None:
        """Give the session back; idempotent."""
        await self._lease.aclose()
