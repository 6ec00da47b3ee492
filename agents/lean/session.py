"""A session: one document and one Lean process, which may be started anew without the caller's notice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from turnstile_lsp.agents.errors import InvalidRequest, LeanFailed
from turnstile_lsp.agents.lean.base import (
    Candidate,
    Elaboration,
    Judgement,
    ProofRun,
    Step,
    TacticState,
    Toolchain,
    Verdict,
)
from turnstile_lsp.agents.lean.document import DriverVerdict, check_text
from turnstile_lsp.agents.lean.judge import Judge
from turnstile_lsp.agents.lean.positions import Positions
from turnstile_lsp.agents.lean.process import DriverRefused, LeanExhausted, LeanProcess, LeanStopped
from turnstile_lsp.agents.lean.replay import REPLAY_SECONDS, Replay, Starter
from turnstile_lsp.agents.lean.tactic_states import (
    DriverRun,
    Opened,
    Stepped,
    TacticStates,
)

LONGEST_CANDIDATE = 1_000_000
"""Characters that are handed to Lean at all; what is a proof's length at most the gate says."""
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the order in which what stands around them is shown."""
UNJUDGED = "Lean's process says that it is verified, which only the judge may say."


class LeanSession:
    """Implements `base.Session` with a Lean process of its own.

    State numbers are the session's: those of an unchanged command stay valid over edits and over a new process.
    """

    def __init__(
        self, toolchain: Toolchain, *, start: Starter = LeanProcess.start, memory_limit: int | None = None
    ) -> None:
        self.toolchain = toolchain
        self._replay = Replay(toolchain, start=start, memory_limit=memory_limit)
        self._judge = Judge(Replay(toolchain, start=start, memory_limit=memory_limit))
        self.starts_judge = True
        """Whether the judge is started beside the session's own Lean, not by the first verdict that needs it."""
        self._community_process: LeanProcess | None = None
        self._community_next = 0
        """A new process numbers from here: the number of a state that is gone is unknown, never another's."""
        self._tactic_states = TacticStates(self._replay.running, self._driver_state)
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Start Lean if it does not run. Raises LeanFailed."""
        async with self._lock:
            await self._replay.running()

    async def elaborate(self, text: str, *, until: int | None = None, seconds: float = 120.0) -> Elaboration:
        check_text(text)
        positions = Positions(text)
        last_byte = None if until is None else positions.to_byte(min(max(until, 0), len(text)))
        async with self._lock:
            if self.starts_judge:
                self._judge.start(positions.lean)
            await self._replay.running()
            try:
                async with asyncio.timeout(seconds):
                    try:
                        document = await self._replay.elaborate(positions.lean, until=last_byte)
                    except LeanExhausted:
                        raise
                    except LeanStopped:  # something else may have killed it: once more
                        document = await self._replay.elaborate(positions.lean, until=last_byte)
            except TimeoutError:
                raise LeanFailed(
                    f"Elaborating the document took longer than {seconds:.0f} s. What was done is kept; ask again."
                ) from None
        return Elaboration(
            commands=[
                command.translated(positions, number)
                for command, number in zip(document.commands, self._replay.numbers, strict=False)
            ],
            end_state=self._replay.numbers[-1] if self._replay.numbers else 0,
            complete=document.complete,
            header_end=positions.to_offset(document.header.header_end),
            header_messages=[message.translated(positions) for message in document.header.header_messages],
        )

    async def check(self, state: int, candidate: Candidate) -> Verdict:
        began = asyncio.get_running_loop().time()
        if (reason := _unfit(candidate.replacement)) is not None:
            return Verdict(judgement=Judgement.UNDETERMINED, reason=reason)
        positions = Positions(candidate.text())
        try:
            said = await self._judged(state, candidate, positions)
        except (LeanStopped, DriverRefused) as error:
            return Verdict(judgement=Judgement.UNDETERMINED, reason=error.message)
        return Verdict(
            judgement=said.judgement,
            reason=said.reason,
            axioms=said.axioms,
            unfinished=said.unfinished,
            remaining=said.remaining,
            suggestions=said.suggestions,
            goals=said.goals,
            messages=[] if candidate.negated else [message.translated(positions) for message in said.messages],
            milliseconds=(asyncio.get_running_loop().time() - began) * 1000,
        )

    async def run_proof(self, state: int, candidate: Candidate) -> ProofRun:
        began = asyncio.get_running_loop().time()
        positions = Positions(candidate.text())
        try:
            said = msgspec.json.decode(await self._try("proof", state, candidate, positions), type=DriverRun)
        except (LeanStopped, DriverRefused) as error:
            return ProofRun(failure=error.message)
        return said.translated(positions, (asyncio.get_running_loop().time() - began) * 1000)

    async def open_goal(self, state: int, candidate: Candidate) -> TacticState:
        async with self._lock:
            return await self._tactic_states.open(Opened(state, candidate))

    async def step(
        self, tactic_state: TacticState, tactic: str, *, heartbeats: int | None = None, seconds: float = 30.0
    ) -> Step:
        check_text(tactic)
        async with self._lock:
            return await self._tactic_states.step(
                Stepped(tactic_state.number, tactic.replace("\r\n", "\n"), heartbeats), seconds
            )

    async def release(self, tactic_state: TacticState) -> None:
        async with self._lock:
            await self._tactic_states.release(tactic_state.number, self._replay.process)

    async def renamed(self, state: int, names: Sequence[str]) -> Mapping[str, str]:
        async with self._lock:
            process, driver_state = await self._driver_state(state)
            raw = await process.request("renamed", seconds=REPLAY_SECONDS, state=driver_state, names=list(names))
        return dict(msgspec.json.decode(raw, type=list[tuple[str, str]]))

    async def community(self, request: dict[str, Any]) -> dict[str, Any]:
        if isinstance(text := request.get("cmd"), str):
            check_text(text)
            request = {**request, "cmd": text.replace("\r\n", "\n")}
        async with self._lock:
            process = await self._replay.running()
            fields: dict[str, Any] = {"request": request, "options": self._replay.options()}
            if process is not self._community_process:
                fields["restart_at"] = self._community_next
                self._community_process = process
            try:
                raw = await process.request("community", seconds=REPLAY_SECONDS, **fields)
            except DriverRefused as error:
                return {"message": error.message}
        reply = msgspec.json.decode(raw, type=dict[str, Any])
        numbers = re.findall(rb'"(?:env|proofState)":(\d+)', bytes(raw))
        self._community_next = max([self._community_next, *(int(number) + 1 for number in numbers)])
        return reply

    def forget(self) -> None:
        """Begin anew with the community REPL's numbers and without tactic states; called when the session goes to
        another client."""
        self._community_process, self._community_next = None, 0
        self._tactic_states.clear()

    async def statistics(self) -> dict[str, int]:
        """Of the Lean process: `memory` (resident bytes), `states` and `environments` that it holds."""
        async with self._lock:
            process = await self._replay.running()
            raw = await process.request("statistics", seconds=REPLAY_SECONDS)
        return {**msgspec.json.decode(raw, type=dict[str, int]), "memory": process.memory()}

    @property
    def pid(self) -> int | None:
        """Of the Lean process that elaborates, None when none runs."""
        process = self._replay.process
        return process.pid if process is not None else None

    @property
    def is_running(self) -> bool:
        """Whether nothing has to be started: both the Lean that elaborates and the judge run."""
        processes = (self._replay.process, self._judge.replay.process)
        return all(process is not None and process.alive for process in processes)

    def memory(self) -> int:
        """Resident bytes of the session's Lean processes."""
        return sum(
            replay.process.memory() for replay in (self._replay, self._judge.replay) if replay.process is not None
        )

    async def close(self) -> None:
        await asyncio.gather(self._replay.close(), self._judge.close())

    async def _judged(self, state: int, candidate: Candidate, positions: Positions) -> DriverVerdict:
        """Have a candidate elaborated here, and what that claims judged elsewhere."""
        fields = _question(candidate, positions)
        async with self._lock:
            text, command = self._place(state)
            self._judge.prepare(text, command)
            raw = await self._ask("check", state, candidate, fields)
        said = msgspec.json.decode(raw, type=DriverVerdict)
        if not bytes(said.claim):
            return said if said.judgement is not Judgement.VERIFIED else DriverVerdict(Judgement.UNDETERMINED, UNJUDGED)
        judged = await self._judge.judge(text, command, said.claim, fields, seconds=candidate.seconds)
        return msgspec.structs.replace(judged, messages=said.messages)

    async def _try(self, operation: str, state: int, candidate: Candidate, positions: Positions) -> msgspec.Raw:
        async with self._lock:
            return await self._ask(operation, state, candidate, _question(candidate, positions))

    async def _ask(self, operation: str, state: int, candidate: Candidate, fields: Mapping[str, Any]) -> msgspec.Raw:
        process, driver_state = await self._driver_state(state)
        return await process.request(operation, seconds=candidate.seconds, state=driver_state, **fields)

    async def _driver_state(self, state: int) -> tuple[LeanProcess, int]:
        """The process that has a state, and its number there; the document is replayed as far as that needs."""
        return await self._replay.state_before(*self._place(state))

    def _place(self, state: int) -> tuple[bytes, int]:
        """The text and the command that a state stands before."""
        document, numbers = self._replay.document, self._replay.numbers
        if document is None or state not in numbers:
            raise InvalidRequest("This Lean state belongs to an older text. Elaborate the document again.")
        return document.text, numbers.index(state)


def _unfit(replacement: str) -> str | None:
    """Why a text is not worth handing to Lean."""
    if len(replacement) > LONGEST_CANDIDATE:
        return "It is too long."
    if any("\ud800" <= character <= "\udfff" for character in replacement):
        return "It holds half a surrogate pair."
    if not TURNING.isdisjoint(replacement):
        return "It holds characters that turn around the text that is shown."
    return None


def _question(candidate: Candidate, positions: Positions) -> dict[str, Any]:
    """A candidate as the driver takes it; `positions`: those of its text."""
    original = Positions(candidate.command)
    if not 0 <= candidate.start <= candidate.end <= len(candidate.command):
        raise InvalidRequest("The place of the replacement lies outside the command.")
    return {
        "original": original.lean.decode(),
        "candidate": positions.lean.decode(),
        "start": original.to_byte(candidate.start),
        "end": original.to_byte(candidate.end),
        "new_end": positions.to_byte(candidate.start + len(candidate.replacement)),
        "heartbeats": candidate.heartbeats,
        "negated": candidate.negated,
    }
