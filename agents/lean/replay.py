"""A document in a Lean process: replayed when the process had to be started anew, and from the first change on after an edit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from turnstile_lsp.agents.lean import self_test
from turnstile_lsp.agents.lean.base import Toolchain
from turnstile_lsp.agents.lean.document import Document, DriverHeader, DriverProgress
from turnstile_lsp.agents.lean.lake import unknown_import
from turnstile_lsp.agents.lean.process import LeanProcess, LeanStopped

SLICE_MILLISECONDS = 250
"""The driver elaborates so long before it listens again."""
SHORT_SLICE_MILLISECONDS = 10
"""The same where it may stop soon."""
REPLAY_SECONDS = 300.0
COMMAND_GIVEN_UP_SECONDS = 15.0
"""How long a command of the document may go on when nobody waits: ending it costs a start and a replay."""
MEMORY_LIMIT = 1_500_000_000
"""Resident bytes of an embedded Lean after which it is started anew: its heap ends at 2 GiB, and it hangs then."""
NATIVE_MEMORY_LIMIT = 8_000_000_000
GROWTH_WORTH_A_START = 1.2
"""Memory in multiples of what a new process would need."""

Starter = Callable[[Toolchain], Awaitable[LeanProcess]]


class Replay:
    """A Lean process and the document that it holds. Used by one caller at a time.

    `numbers`: the owner's numbers for the states before each command and after the last; those of an unchanged command
    stay the same over edits and over a new process.
    """

    def __init__(self, toolchain: Toolchain, *, start: Starter, memory_limit: int | None = None) -> None:
        self.toolchain = toolchain
        self.document: Document | None = None
        self.numbers: list[int] = []
        self._start = start
        self._memory_limit = memory_limit or (MEMORY_LIMIT if toolchain.embedded else NATIVE_MEMORY_LIMIT)
        self._fresh_memory = 0
        """What the process had when it was ready."""
        self._needed_memory = 0
        """That, and what its document took: a new process would need as much."""
        self._process: LeanProcess | None = None
        self._holder: LeanProcess | None = None
        """The process that holds the document; another one has to replay it."""
        self._unheard = False
        """Whether the caller was cancelled before an answer came: the process may be further than is known."""
        self._next_number = count()
        self._closed = False

    @property
    def process(self) -> LeanProcess | None:
        """What runs, if anything does."""
        return self._process if self._process is not None and self._process.alive else None

    async def close(self) -> None:
        """Kill the process; idempotent."""
        self._closed = True
        if self._process is not None:
            await self._process.close()

    async def running(self) -> LeanProcess:
        """The process, started anew when it died or its memory is nearly full. Nothing is under way in it."""
        if self._closed:
            raise LeanStopped("This Lean session was closed.")
        process = self._process
        if process is not None and process.alive:
            await process.idle()
            memory = process.memory()
            if memory > self._memory_limit and memory > self._needed_memory * GROWTH_WORTH_A_START:
                await process.close()
        if process is None or not process.alive:
            self._process = process = await self._start(self.toolchain)
            self._fresh_memory = self._needed_memory = process.memory()
            await self_test.run(process, self.toolchain)
        return process

    async def elaborate(self, text: bytes, wanted: int | None = None, *, until: int | None = None) -> Document:
        """Elaborate until the state before command `wanted` is there, or the command at byte `until` (None: to the end)."""
        process = await self.running()
        before = process.memory()
        try:
            document = await self._take(process, text)
            await self._advance(process, document, wanted, until)
        finally:
            self._needed_memory += max(0, process.memory() - before)
        return document

    async def _advance(self, process: LeanProcess, document: Document, wanted: int | None, until: int | None) -> None:
        while not (document.complete or document.reaches(wanted, until)):
            self._unheard = True
            raw = await process.request(
                "advance",
                seconds=REPLAY_SECONDS,
                given_up_seconds=COMMAND_GIVEN_UP_SECONDS,
                milliseconds=SLICE_MILLISECONDS if until is None else SHORT_SLICE_MILLISECONDS,
            )
            self._unheard = False
            document.add(msgspec.json.decode(raw, type=DriverProgress))
            missing = len(document.commands) + 1 - len(self.numbers)
            self.numbers += [next(self._next_number) for _ in range(missing)]

    async def state_before(self, text: bytes, command: int) -> tuple[LeanProcess, int]:
        """The process that has the state before a command of a text, and the state's number there."""
        process = await self.running()
        known = self.document
        if known is None or known.text != text or self._holder is not process or command > len(known.commands):
            known = await self.elaborate(text, command)
        return process, known.state_before(command)

    async def _take(self, process: LeanProcess, text: bytes) -> Document:
        """Have the process hold the text, without the commands that are elaborated already if it has them."""
        known = self.document
        unchanged = known.unchanged(text) if known is not None else None
        if known is not None and known.text == text and self._holder is process and not self._unheard:
            return known
        keep = unchanged if self._holder is process else None
        self._holder = None
        if known is None or unchanged is None or keep is None:
            self._needed_memory = self._fresh_memory
            raw = await process.request("document", seconds=REPLAY_SECONDS, text=text.decode(), options=self.options())
            header = msgspec.json.decode(raw, type=DriverHeader)
            if header.missing:
                project = self.toolchain.project
                raise unknown_import(header.missing[0], Path(project) if project else None)
            document = Document(text, header, [], header.state)
        else:
            await process.request("document", seconds=REPLAY_SECONDS, text=text.decode(), keep=keep)
            document = Document(text, known.header, known.commands[:keep], known.state_before(keep))
        if known is None or known.text != text:  # the same text keeps its numbers, however far it was replayed
            self.numbers = [] if unchanged is None else self.numbers[: unchanged + 1]
        self.document, self._holder, self._unheard = document, process, False
        return document

    def options(self) -> list[dict[str, Any]]:
        """The toolchain's options as the driver takes them."""
        return [{"name": name.removeprefix("weak."), "value": value} for name, value in self.toolchain.options.items()]
