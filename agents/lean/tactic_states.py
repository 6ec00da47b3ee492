"""The tactic states of a session: where each came from, so that another Lean process can make it again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.errors import InvalidRequest, LeanFailed
from turnstile_lsp.agents.lean.base import Candidate, ProofRun, RanTactic, Step, TacticState
from turnstile_lsp.agents.lean.document import DriverMessage
from turnstile_lsp.agents.lean.positions import Positions
from turnstile_lsp.agents.lean.process import DriverRefused, LeanProcess, LeanStopped

REPLAY_SECONDS = 60.0


class DriverGoal(Struct):
    """The answer to `goal`."""

    state: int
    goals: list[str]


class DriverStep(Struct):
    """The answer to `step`."""

    state: int | None
    goals: list[str]
    suggestions: list[str]
    error: str | None


class DriverRan(Struct):
    """`base.RanTactic` in bytes."""

    start: int
    end: int
    goals: list[str]

    def translated(self, positions: Positions) -> RanTactic:
        return RanTactic(start=positions.to_offset(self.start), end=positions.to_offset(self.end), goals=self.goals)


class DriverRun(Struct):
    """`base.ProofRun` in bytes."""

    tactics: list[DriverRan]
    messages: list[DriverMessage]
    sorries: list[DriverRan]
    failure: str | None

    def translated(self, positions: Positions, milliseconds: float) -> ProofRun:
        return ProofRun(
            tactics=[ran.translated(positions) for ran in self.tactics],
            messages=[message.translated(positions) for message in self.messages],
            sorries=[ran.translated(positions) for ran in self.sorries],
            failure=self.failure,
            milliseconds=milliseconds,
        )


class Opened(Struct, frozen=True):
    """The goal at a candidate's hole, in a command state of the session."""

    state: int
    candidate: Candidate


class Stepped(Struct, frozen=True):
    """What a tactic block makes of another tactic state."""

    parent: int
    tactic: str
    heartbeats: int | None


class Kept(Struct):
    """A tactic state. `process` has it under the number `driver`."""

    origin: Opened | Stepped
    process: LeanProcess
    driver: int


class TacticStates:
    """By the session's numbers, which never come again. `running`: the session's process. `driver_state`: the process
    that has a command state, and its number there. All methods are called under the session's lock."""

    def __init__(
        self,
        running: Callable[[], Awaitable[LeanProcess]],
        driver_state: Callable[[int], Awaitable[tuple[LeanProcess, int]]],
    ) -> None:
        self._running, self._driver_state = running, driver_state
        self._kept: dict[int, Kept] = {}
        self._numbers = count()

    async def open(self, origin: Opened) -> TacticState:
        """See `Session.open_goal`."""
        try:
            process, said = await self._open(origin, alone=not self._kept)
        except DriverRefused as error:
            raise InvalidRequest(f"Nothing can be proved at this place: {error.message}") from None
        return self._keep(origin, process, said.state, said.goals)

    async def step(self, origin: Stepped, seconds: float) -> Step:
        """See `Session.step`."""
        began = asyncio.get_running_loop().time()
        parent = self._find(origin.parent)
        try:
            process = await self._present(parent)
            said = await _step(process, parent.driver, origin, seconds)
        except (LeanStopped, DriverRefused) as error:
            return Step(error=error.message)
        state = None if said.state is None else self._keep(origin, process, said.state, said.goals)
        milliseconds = (asyncio.get_running_loop().time() - began) * 1000
        return Step(state=state, error=said.error, suggestions=said.suggestions, milliseconds=milliseconds)

    async def release(self, number: int, process: LeanProcess | None) -> None:
        """See `Session.release`. `process`: the one that runs, if any."""
        gone = {number}
        for other, kept in self._kept.items():  # in the order in which they were made: parents come first
            if isinstance(kept.origin, Stepped) and kept.origin.parent in gone:
                gone.add(other)
        removed = [self._kept.pop(each) for each in gone if each in self._kept]
        there = [kept.driver for kept in removed if kept.process is process]
        if process is not None and process.alive and there:
            await process.request("release", seconds=REPLAY_SECONDS, states=there)

    def clear(self) -> None:
        """Forget all; Lean does when the next goal is opened."""
        self._kept.clear()

    def _keep(self, origin: Opened | Stepped, process: LeanProcess, driver: int, goals: list[str]) -> TacticState:
        number = next(self._numbers)
        self._kept[number] = Kept(origin, process, driver)
        return TacticState(number=number, goals=goals)

    def _find(self, number: int) -> Kept:
        kept = self._kept.get(number)
        if kept is None:
            raise InvalidRequest("This tactic state was released. Open its goal again.")
        return kept

    async def _open(self, origin: Opened, *, alone: bool) -> tuple[LeanProcess, DriverGoal]:
        process, state = await self._driver_state(origin.state)
        candidate = origin.candidate
        original = Positions(candidate.command)
        raw = await process.request(
            "goal",
            seconds=candidate.seconds,
            state=state,
            original=original.lean.decode(),
            start=original.to_byte(candidate.start),
            end=original.to_byte(candidate.end),
            alone=alone,
        )
        return process, msgspec.json.decode(raw, type=DriverGoal)

    async def _present(self, kept: Kept) -> LeanProcess:
        """The running process, which has the state then: what a process before it had is made again."""
        process = await self._running()
        line: list[Kept] = []
        while kept.process is not process:
            line.append(kept)
            if isinstance(kept.origin, Opened):
                break
            kept = self._find(kept.origin.parent)
        for each in reversed(line):
            if isinstance(each.origin, Opened):
                each.process, opened = await self._open(each.origin, alone=False)
                each.driver = opened.state
            else:
                parent = self._find(each.origin.parent)
                said = await _step(process, parent.driver, each.origin, REPLAY_SECONDS)
                if said.state is None:
                    raise LeanFailed(f"A tactic that worked does not work in a new Lean process: {said.error}")
                each.process, each.driver = process, said.state
        return process


async def _step(process: LeanProcess, driver: int, origin: Stepped, seconds: float) -> DriverStep:
    raw = await process.request(
        "step", seconds=seconds, proof=driver, tactic=origin.tactic, heartbeats=origin.heartbeats
    )
    return msgspec.json.decode(raw, type=DriverStep)
