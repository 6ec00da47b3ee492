"""A session: one document and one Lean process, which may be started anew without the caller's notice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from turnstile_lsp.agents.errors import InvalidRequest, LeanFailed
from turnstile_lsp.agents.lean import self_test
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
from turnstile_lsp.agents.lean.document import (
    Document,
    DriverHeader,
    DriverMessage,
    DriverProgress,
    check_text,
)
from turnstile_lsp.agents.lean.lake import unknown_import
from turnstile_lsp.agents.lean.positions import Positions
from turnstile_lsp.agents.lean.process import DriverRefused, LeanProcess, LeanStopped
from turnstile_lsp.agents.lean.tactic_states import (
    DriverRun,
    Opened,
    Stepped,
    TacticStates,
)

SLICE_MILLISECONDS = 250
"""The driver elaborates so long before it listens again."""
REPLAY_SECONDS = 300.0
COMMAND_GIVEN_UP_SECONDS = 15.0
"""How long a command of the document may go on when nobody waits: ending it costs a start and a replay."""
TESTED_VERSION = "4.28."
MEMORY_LIMIT = 1_500_000_000
"""Resident bytes of an embedded Lean after which it is started anew: its heap ends at 2 GiB, and it hangs then."""
NATIVE_MEMORY_LIMIT = 8_000_000_000
GROWTH_WORTH_A_START = 1.2
"""Memory in multiples of what the process had once its document was elaborated."""

Starter = Callable[[Toolchain], Awaitable[LeanProcess]]


class DriverVerdict(msgspec.Struct):
    """`base.Verdict` as the gate in the driver says it."""

    judgement: Judgement
    reason: str = ""
    axioms: list[str] = []
    unfinished: list[str] = []
    remaining: int = 0
    suggestions: list[str] = []
    goals: list[str] = []
    messages: list[DriverMessage] = []


class LeanSession:
    """Implements `base.Session` with a Lean process of its own.

    State numbers are the session's: those of an unchanged command stay valid over edits and over a new process.
    """

    def __init__(
        self, toolchain: Toolchain, *, start: Starter = LeanProcess.start, memory_limit: int | None = None
    ) -> None:
        self.toolchain = toolchain
        self._start = start
        self._memory_limit = memory_limit or (MEMORY_LIMIT if toolchain.embedded else NATIVE_MEMORY_LIMIT)
        self._settled_memory = 0
        self._process: LeanProcess | None = None
        self._holder: LeanProcess | None = None
        """The process that holds the document; another one has to replay it."""
        self._document: Document | None = None
        self._numbers: list[int] = []
        """The session's numbers for the states before each command and after the last."""
        self._next_number = count()
        self._community_process: LeanProcess | None = None
        self._community_next = 0
        """A new process numbers from here: the number of a state that is gone is unknown, never another's."""
        self._tactic_states = TacticStates(self._running, self._driver_state)
        self._lock = asyncio.Lock()
        self._closed = False

    async def start(self) -> None:
        """Start Lean if it does not run. Raises LeanFailed."""
        async with self._lock:
            await self._running()

    async def elaborate(self, text: str, *, seconds: float = 120.0) -> Elaboration:
        check_text(text)
        positions = Positions(text)
        async with self._lock:
            await self._running()
            try:
                async with asyncio.timeout(seconds):
                    try:
                        document = await self._elaborate(positions.lean)
                    except LeanStopped:  # something else may have killed it: once more
                        document = await self._elaborate(positions.lean)
            except TimeoutError:
                raise LeanFailed(
                    f"Elaborating the document took longer than {seconds:.0f} s. What was done is kept; ask again."
                ) from None
        return Elaboration(
            commands=[
                command.translated(positions, number)
                for command, number in zip(document.commands, self._numbers, strict=False)
            ],
            end_state=self._numbers[-1] if self._numbers else 0,
            header_end=positions.to_offset(document.header.header_end),
            header_messages=[message.translated(positions) for message in document.header.header_messages],
        )

    async def check(self, state: int, candidate: Candidate) -> Verdict:
        began = asyncio.get_running_loop().time()
        positions = Positions(candidate.text())
        try:
            said = msgspec.json.decode(await self._try("check", state, candidate, positions), type=DriverVerdict)
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
            await self._tactic_states.release(tactic_state.number, self._process)

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
            process = await self._running()
            fields: dict[str, Any] = {"request": request, "options": self._options()}
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
            process = await self._running()
            raw = await process.request("statistics", seconds=REPLAY_SECONDS)
        return {**msgspec.json.decode(raw, type=dict[str, int]), "memory": process.memory()}

    @property
    def pid(self) -> int | None:
        """Of the Lean process, None when none runs."""
        return self._process.pid if self._process is not None and self._process.alive else None

    def memory(self) -> int:
        """Resident bytes of the Lean process."""
        return self._process.memory() if self._process is not None and self._process.alive else 0

    async def close(self) -> None:
        self._closed = True
        if self._process is not None:
            await self._process.close()

    async def _running(self) -> LeanProcess:
        """The process, started anew when it died or its memory is nearly full. Nothing is under way in it."""
        if self._closed:
            raise LeanStopped("This Lean session was closed.")
        process = self._process
        if process is not None and process.alive:
            await process.idle()
            memory = process.memory()
            if memory > self._memory_limit and memory > self._settled_memory * GROWTH_WORTH_A_START:
                await process.close()
        if process is None or not process.alive:
            self._process = process = await self._start(self.toolchain)
            self._settled_memory = process.memory()
            if not self.toolchain.version.startswith(TESTED_VERSION):
                await self._self_test(process)
        return process

    async def _self_test(self, process: LeanProcess) -> None:
        """Have known candidates judged. Raises LeanFailed when this version of Lean is not understood."""
        for known in self_test.KNOWN:
            try:
                await process.request("document", seconds=REPLAY_SECONDS, text=known.command, options=[])
                raw = await process.request("advance", seconds=REPLAY_SECONDS, milliseconds=SLICE_MILLISECONDS)
                command = msgspec.json.decode(raw, type=DriverProgress).commands[0]
                raw = await process.request("check", seconds=REPLAY_SECONDS, **known.fields(command.state))
                judgement = msgspec.json.decode(raw, type=DriverVerdict).judgement
            except (DriverRefused, msgspec.ValidationError, IndexError):
                judgement = None
            if judgement is not known.judgement:
                await process.close()
                raise LeanFailed(
                    f"This Turnstile does not understand Lean {self.toolchain.version}: its driver misjudged a known "
                    f"proof, so no verdicts are given. Use Lean {TESTED_VERSION}x or a newer Turnstile."
                )

    async def _try(self, operation: str, state: int, candidate: Candidate, positions: Positions) -> msgspec.Raw:
        original = Positions(candidate.command)
        if not 0 <= candidate.start <= candidate.end <= len(candidate.command):
            raise InvalidRequest("The place of the replacement lies outside the command.")
        async with self._lock:
            process, driver_state = await self._driver_state(state)
            return await process.request(
                operation,
                seconds=candidate.seconds,
                state=driver_state,
                original=original.lean.decode(),
                candidate=positions.lean.decode(),
                start=original.to_byte(candidate.start),
                end=original.to_byte(candidate.end),
                new_end=positions.to_byte(candidate.start + len(candidate.replacement)),
                heartbeats=candidate.heartbeats,
                negated=candidate.negated,
            )

    async def _driver_state(self, state: int) -> tuple[LeanProcess, int]:
        """The process that has a state, and its number there; the document is replayed as far as that needs."""
        if self._document is None or state not in self._numbers:
            raise InvalidRequest("This Lean state belongs to an older text. Elaborate the document again.")
        index = self._numbers.index(state)
        process = await self._running()
        if self._holder is not process or index > len(self._document.commands):
            await self._elaborate(self._document.text, index)
        return process, self._document.state_before(index)

    async def _elaborate(self, text: bytes, wanted: int | None = None) -> Document:
        """Elaborate until the state before command `wanted` is there (None: to the end)."""
        process = await self._running()
        document = await self._take(process, text)
        while not document.complete and (wanted is None or wanted > len(document.commands)):
            raw = await process.request(
                "advance",
                seconds=REPLAY_SECONDS,
                given_up_seconds=COMMAND_GIVEN_UP_SECONDS,
                milliseconds=SLICE_MILLISECONDS,
            )
            document.add(msgspec.json.decode(raw, type=DriverProgress))
            missing = len(document.commands) + 1 - len(self._numbers)
            self._numbers += [next(self._next_number) for _ in range(missing)]
        self._settled_memory = max(self._settled_memory, process.memory())
        return document

    async def _take(self, process: LeanProcess, text: bytes) -> Document:
        """Have the process hold the text, without the commands that are elaborated already if it has them."""
        known = self._document
        unchanged = known.unchanged(text) if known is not None else None
        if known is not None and known.text == text and self._holder is process:
            return known
        keep = unchanged if self._holder is process else None
        self._holder = None
        if known is None or unchanged is None or keep is None:
            raw = await process.request("document", seconds=REPLAY_SECONDS, text=text.decode(), options=self._options())
            header = msgspec.json.decode(raw, type=DriverHeader)
            if header.missing:
                project = self.toolchain.project
                raise unknown_import(header.missing[0], Path(project) if project else None)
            document = Document(text, header, [])
        else:
            await process.request("document", seconds=REPLAY_SECONDS, text=text.decode(), keep=keep)
            document = Document(text, known.header, known.commands[:keep], known.state_before(keep))
        if known is None or known.text != text:  # the same text keeps its numbers, however far it was replayed
            self._numbers = [] if unchanged is None else self._numbers[: unchanged + 1]
        self._document, self._holder = document, process
        return document

    def _options(self) -> list[dict[str, Any]]:
        return [{"name": name.removeprefix("weak."), "value": value} for name, value in self.toolchain.options.items()]
