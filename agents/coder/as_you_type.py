"""Completing for a person who types: what was answered is not asked again, and what comes next is asked for ahead."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.coder.complete import Coder, Completion, complete_locally
from turnstile_lsp.agents.coder.context import NO_CONTEXT, Context
from turnstile_lsp.agents.coder.debounce import Debounce
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.next_line import next_line
from turnstile_lsp.agents.coder.syntax.base import NO_SYNTAX, Syntax
from turnstile_lsp.agents.coder.typed_ahead import TypedAhead
from turnstile_lsp.agents.errors import TurnstileError

_CODER_PATIENCE = 0.2
"""Seconds until the file answers in the place of a model that cannot be reached yet."""
_AHEAD_DELAY = 0.1
"""Seconds for the editor's own next request, which goes first."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked, where, and of which model. `single_line`, `candidates`, `automatic`, `syntax`, `grows`: see `Coder.stream`.
    `context` gives what is known beyond the document; it is not called where an earlier answer serves."""

    document: CompletionDocument
    offset: int
    model: str
    automatic: bool
    single_line: bool | None = None
    candidates: int = 1
    context: Callable[[], Awaitable[Context]] | None = None
    syntax: Syntax = NO_SYNTAX
    grows: Callable[[str], None] | None = None

    @property
    def key(self) -> tuple[str, str, bool | None]:
        """What an answer depends on besides the text around the cursor."""
        return self.document.path, self.model, self.single_line

    @property
    def place(self) -> tuple[str, int]:
        """Where it is asked, for comparison with another question on the same text."""
        return self.document.path, self.offset


class AsYouType:
    """One person's completions. `coder` gives the coder for a model, which may take its time or fail."""

    def __init__(self) -> None:
        self._typed_ahead = TypedAhead()
        self._debounces: dict[str, Debounce] = defaultdict(Debounce)
        self._asking = 0
        self._fetching = False
        self._ahead: tuple[tuple[str, int], Question, asyncio.Task[None]] | None = None

    async def stream(
        self, question: Question, coder: Callable[[], Awaitable[Coder]]
    ) -> AsyncGenerator[Completion, None]:
        """Completions as `Coder.stream` gives them, from an earlier answer where the text typed since fits one.

        Raises what `Coder.stream` and `coder` raise.
        """
        started = time.monotonic()
        await self._settle(question)
        if found := self._find(question):
            for completion in found:
                yield replace(completion, milliseconds=1000 * (time.monotonic() - started))
            return
        self._asking += 1
        try:
            if question.automatic:
                await self._debounces[question.model].wait()
            async with aclosing(self._asked(question, coder)) as completions:
                async for completion in completions:
                    yield completion
        finally:
            self._asking -= 1

    def ask_ahead(self, question: Question, coder: Callable[[], Awaitable[Coder]]) -> None:
        """An answer has been accepted up to `question.offset`: find out what the line after it will be."""
        self.forget_ahead()
        if (ahead := next_line(question.document, question.offset)) is not None:
            document, offset = ahead
            later = Question(
                document=document,
                offset=offset,
                model=question.model,
                automatic=True,
                single_line=question.single_line,
                context=question.context,
            )
            self._ahead = (question.place, later, asyncio.create_task(self._fetch(later, coder)))

    def forget_ahead(self) -> None:
        """The user is not going there."""
        if self._ahead is not None:
            self._ahead[2].cancel()
            self._ahead = None

    def _find(self, question: Question) -> list[Completion]:
        cursor = Cursor(question.document, question.offset)
        return self._typed_ahead.find(question.key, cursor, asked=not question.automatic)

    async def _settle(self, question: Question) -> None:
        """Wait for what is being asked ahead if it is this very question; give it up if the user went elsewhere."""
        if self._ahead is None:
            return
        accepted, later, task = self._ahead
        if question.place == later.place and question.document.text == later.document.text:
            if self._fetching:
                await asyncio.wait([task])
            self.forget_ahead()
        elif question.place != accepted:
            self.forget_ahead()

    async def _fetch(self, question: Question, coder: Callable[[], Awaitable[Coder]]) -> None:
        await asyncio.sleep(_AHEAD_DELAY)
        while self._asking:  # noqa: ASYNC110  # nothing tells of the last one's end
            await asyncio.sleep(_AHEAD_DELAY)
        self._fetching = True
        try:
            async for _ in self._asked(question, coder):
                pass
        except TurnstileError:
            return  # Whoever asks there will be told.
        finally:
            self._fetching = False

    async def _asked(
        self, question: Question, coder: Callable[[], Awaitable[Coder]]
    ) -> AsyncGenerator[Completion, None]:
        started = time.monotonic()
        completions: list[Completion] = []
        finished = False
        try:
            async with aclosing(_answers(question, coder)) as answers:
                async for completion in answers:
                    completions.append(completion)
                    yield completion
            finished = True
        finally:
            seconds = time.monotonic() - started
            self._debounces[question.model].measured(seconds, finished=finished)
            if finished:
                cursor = Cursor(question.document, question.offset)
                self._typed_ahead.keep(question.key, cursor, completions, asked=not question.automatic)


async def _answers(question: Question, coder: Callable[[], Awaitable[Coder]]) -> AsyncGenerator[Completion, None]:
    """The coder's; where there is none yet, or none at all, what can be said without."""
    getting = asyncio.ensure_future(coder())
    try:
        context = await question.context() if question.context is not None else NO_CONTEXT
        await asyncio.wait([getting], timeout=_CODER_PATIENCE if question.automatic else None)
        if not getting.done() or isinstance(getting.exception(), TurnstileError):
            local = await complete_locally(
                question.document,
                question.offset,
                automatic=question.automatic,
                context=context,
                syntax=question.syntax,
            )
            for completion in local:
                yield completion
            if local and not getting.done():
                return
        completions = (await getting).stream(
            question.document,
            question.offset,
            automatic=question.automatic,
            single_line=question.single_line,
            candidates=question.candidates,
            context=context,
            syntax=question.syntax,
            grows=question.grows,
        )
        async with aclosing(completions):
            async for completion in completions:
                yield completion
    finally:
        getting.cancel()
