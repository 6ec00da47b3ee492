"""A front end's syntax process: started when first needed, fed with the documents, started again when it dies.

Nothing here blocks or raises: without an answer in time the coder goes by the text alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Protocol

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.coder.languages import language_of
from turnstile_lsp.agents.coder.syntax import frames
from turnstile_lsp.agents.coder.syntax.base import NO_SYNTAX, Syntax, SyntaxContext
from turnstile_lsp.agents.processes import module_command

logger = logging.getLogger(__name__)

DEADLINE = 0.008
"""Seconds for an answer; it mostly takes two thousandths."""

_HANGS_AFTER = 20.0
_LINES_AT_ONCE = 2000
_BYTES_AT_ONCE = 1 << 18
_STOP_SECONDS = 3.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 60.0
_LIVES_WELL = 30.0


class Lines(Protocol):
    """A document with its lines as LSP counts them, each with its end. Half a surrogate pair may be in them."""

    lines: list[str]


class PlainLines(Struct):
    """A text that does not change."""

    lines: list[str]


def lines_and_place(text: str, offset: int) -> tuple[PlainLines, tuple[int, int]]:
    """A text's lines, and where an offset is in it: a line and a column in code points."""
    lines = list(io.StringIO(text[:offset], newline="")) or [""]
    if lines[-1].endswith(("\n", "\r")):
        lines.append("")
    place = (len(lines) - 1, len(lines[-1]))
    rest = list(io.StringIO(lines.pop() + text[offset:], newline="")) or [""]
    return PlainLines(lines + rest), place


class _Document(Struct, frozen=True):
    number: int
    grammar: str
    text: Lines

    def whole(self) -> _Whole:
        return _Whole(self.number, self.grammar, list(self.text.lines))


class _Whole(Struct, frozen=True):
    """A document's text as it was when it was put in the row."""

    number: int
    grammar: str
    lines: list[str]

    def frames(self) -> Iterator[frames.Open | frames.Append]:
        """The frames that open it, each made in a millisecond or so; `lines` is used up, piece by piece, since to free
        them all would hold the loop too."""
        yield frames.Open(self.number, self.grammar)
        self.lines.reverse()
        while self.lines:
            piece = self.lines[-_LINES_AT_ONCE:]
            del self.lines[-_LINES_AT_ONCE:]
            source = _utf8("".join(reversed(piece)))
            start = 0
            while start < len(source):
                end = start + _BYTES_AT_ONCE
                end -= source[end - 1 : end] == b"\r"  # what ends a line stays together
                yield frames.Append(self.number, source[start:end])
                start = end


class SyntaxProcess:
    """The process of one front end. Belongs to the event loop in which it is used, in the main thread."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self.deadline = deadline
        self._documents: dict[str, _Document] = {}
        self._numbers = count(1)
        self._questions = count(1)
        self._answers: dict[int, asyncio.Future[frames.FromProcess | None]] = {}
        self._outbox: asyncio.Queue[frames.ToProcess | _Whole] | None = None
        self._ready = asyncio.Event()
        self._silent_since: float | None = None
        self._deadly: Counter[int] = Counter()
        self._running: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._closed = False

    @property
    def process_id(self) -> int | None:
        """Of the process, while one runs."""
        return self._process.pid if self._process and self._outbox else None

    def start(self) -> None:
        """Have it started, if it is not."""
        if self._running is None and not self._closed:
            self._running = asyncio.create_task(self._run())

    def open(self, uri: str, language_id: str, path: str, text: Lines) -> None:
        """A document was opened; `text` is read now, and again whenever the process is started anew."""
        grammar = language_of(language_id, path).grammar
        if grammar is None:
            self._documents.pop(uri, None)
            return
        number = self._documents[uri].number if uri in self._documents else next(self._numbers)
        document = self._documents[uri] = _Document(number, grammar, text)
        self.start()
        self._send(document.whole())

    def change(self, uri: str, start: tuple[int, int], end: tuple[int, int], new: str) -> None:
        """What lay between two places, each a line and a column in code points, was replaced."""
        if (document := self._documents.get(uri)) is not None:
            self._send(frames.Change(document.number, frames.Place(*start), frames.Place(*end), _utf8(new)))

    def replaced(self, uri: str) -> None:
        """The whole text of a document was replaced."""
        if (document := self._documents.get(uri)) is not None:
            self._send(document.whole())

    def close(self, uri: str) -> None:
        """A document was closed."""
        if (document := self._documents.pop(uri, None)) is not None:
            self._send(frames.Close(document.number))

    def at(
        self,
        uri: str,
        start: tuple[int, int],
        end: tuple[int, int] | None = None,
        selected: str = "",
        *,
        whole: bool = False,
    ) -> Syntax:
        """The syntax at a place of a document as it is now: behind `selected`, put in place of `start` to `end`. `whole`:
        not before all of it has been read.

        The process is asked at once, so that its answer may be there when it is wanted.
        """
        document = self._documents.get(uri)
        if document is None:
            return NO_SYNTAX
        where = frames.Where(document.number, frames.Place(*start), frames.Place(*(end or start)), _utf8(selected))
        return _AtPlace(self, where, time.monotonic() + self.deadline, whole)

    async def read(self, uri: str, place: tuple[int, int]) -> Syntax:
        """As `at`, of a document that has only just been opened and is asked about once: waits for the process, and has
        it read the whole document first."""
        if uri not in self._documents:
            return NO_SYNTAX
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.deadline):
                await self._ready.wait()
        return self.at(uri, place, whole=True)

    def tell(self, method: str, body: bytes) -> None:
        """Pass on a message to another service of the process, if there is a process."""
        self._send(frames.Tell(method, body))

    async def ask(self, method: str, body: bytes) -> bytes | None:
        """Another service's answer, however long it takes; None where the process goes before."""
        answer = await self.answer(self.ask_for(lambda number: frames.Ask(number, method, body)))
        return answer.body if isinstance(answer, frames.Answer) else None

    async def stop(self) -> None:
        """End the process; nothing starts it again."""
        self._closed = True
        if self._running is None:
            return
        if self._outbox is not None and self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await asyncio.wait([self._running], timeout=_STOP_SECONDS)
        self._running.cancel()
        await asyncio.wait([self._running])

    def ask_for(self, make: Callable[[int], frames.ToProcess]) -> asyncio.Future[frames.FromProcess | None]:
        """Send the frame that `make` builds around a number; its answer, None where the process goes before."""
        answer: asyncio.Future[frames.FromProcess | None] = asyncio.get_running_loop().create_future()
        if self._outbox is None:
            answer.set_result(None)
        else:
            number = next(self._questions)
            self._answers[number] = answer
            self._silent_since = self._silent_since or time.monotonic()
            self._send(make(number))
        return answer

    async def answer(
        self, asked: asyncio.Future[frames.FromProcess | None], due: float | None = None
    ) -> frames.FromProcess | None:
        """An answer; None where it is not there by `due` on the monotonic clock."""
        seconds = None if due is None else max(0.0, due - time.monotonic())
        if not asked.done() and not (await asyncio.wait([asked], timeout=seconds))[0]:
            self._kill_if_it_hangs()
            return None
        return asked.result()

    def _kill_if_it_hangs(self) -> None:
        silent_since = self._silent_since
        if self._process is not None and silent_since and time.monotonic() - silent_since > _HANGS_AFTER:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _send(self, frame: frames.ToProcess | _Whole) -> None:
        """Put a frame, or a document that is sent anew, in the row; dropped where there is no process."""
        if self._outbox is not None:
            self._outbox.put_nowait(frame)

    async def _run(self) -> None:
        """Keep a process running, with growing pauses where it dies soon again."""
        pause = _FIRST_PAUSE
        while not self._closed:
            started = time.monotonic()
            try:
                await self._live()
            except (OSError, msgspec.MsgspecError) as error:
                logger.warning("The syntax process: %s", error)
            pause = _FIRST_PAUSE if time.monotonic() - started > _LIVES_WELL else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _live(self) -> None:
        """One life of the process."""
        with tempfile.TemporaryFile() as notes:
            await self._live_with(notes.fileno())
            if deadly := int.from_bytes(os.pread(notes.fileno(), frames.NOTE_BYTES, 0), "big"):
                self._died_of(deadly)

    async def _live_with(self, notes: int) -> None:
        command = module_command("turnstile_lsp.agents.coder.syntax.process", str(os.getpid()), str(notes))
        process = self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, pass_fds=(notes,)
        )
        self._outbox, self._silent_since = asyncio.Queue(), None
        for document in self._documents.values():
            self._send(document.whole())
        self._ready.set()
        sending = asyncio.create_task(self._send_all(self._outbox, process))
        try:
            await self._receive(process)
        finally:
            self._outbox = None
            self._ready.clear()
            sending.cancel()
            for answer in self._answers.values():
                answer.set_result(None)
            self._answers.clear()
            await _end(process)

    def _died_of(self, number: int) -> None:
        """A document of which the process died twice has no syntax from then on."""
        self._deadly[number] += 1
        for uri, document in list(self._documents.items()):
            if document.number == number and self._deadly[number] > 1:
                logger.warning("The grammar of %s fails on this document: it has no syntax.", document.grammar)
                del self._documents[uri]

    async def _receive(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await process.stdout.readexactly(frames.LENGTH_BYTES)
                frame = frames.decode_from_process(await process.stdout.readexactly(int.from_bytes(head, "big")))
                self._silent_since = None
                self._answers.pop(frame.id).set_result(frame)

    async def _send_all(
        self, outbox: asyncio.Queue[frames.ToProcess | _Whole], process: asyncio.subprocess.Process
    ) -> None:
        assert process.stdin
        with contextlib.suppress(ConnectionError):
            while True:
                item = await outbox.get()
                for frame in item.frames() if isinstance(item, _Whole) else (item,):
                    process.stdin.write(frames.encode(frame))
                    await process.stdin.drain()
                    if isinstance(frame, frames.Append):
                        await asyncio.sleep(0)  # others have their turn


async def _end(process: asyncio.subprocess.Process) -> None:
    """Wait for the end of a process that has closed its output; one that is stuck is killed."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


class _AtPlace:
    """See `Syntax`. `due`: by when the context must be there."""

    def __init__(self, process: SyntaxProcess, where: frames.Where, due: float, whole: bool) -> None:
        self._process = process
        self._where = where
        self._due = due
        self._asked = process.ask_for(lambda number: frames.GetContext(number, where, whole))

    async def context(self) -> SyntaxContext | None:
        """See `Syntax.context`."""
        answer = await self._process.answer(self._asked, self._due)
        return answer.context if isinstance(answer, frames.Context) else None

    async def stop(self, text: str) -> int | None:
        """See `Syntax.stop`."""
        due = time.monotonic() + self._process.deadline
        asked = self._process.ask_for(lambda number: frames.GetStop(number, self._where, _utf8(text)))
        answer = await self._process.answer(asked, due)
        return answer.stop if isinstance(answer, frames.Stop) else None
