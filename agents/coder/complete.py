"""From a cursor to ghost text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence

from msgspec import Struct

from turnstile_lsp.agents.coder.answers import Answer, ask
from turnstile_lsp.agents.coder.context import NO_CONTEXT, Context
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.estimates import calibrations, either, estimate_of_model
from turnstile_lsp.agents.coder.filters import WHOEVER_ASKS, clean
from turnstile_lsp.agents.coder.local_answers import answer_locally
from turnstile_lsp.agents.coder.prompt import build_prompt
from turnstile_lsp.agents.engine.base import Description, Engine, Request, Sampling, Timings
from turnstile_lsp.agents.errors import TurnstileError

_SURE = 0.9
"""An estimate that no model with a threshold is asked to better."""
_VARIETY = 0.8
_SEED = 1
_PATIENCE = 1.0
"""Seconds for further candidates, or as long as the first one took."""


class Completion(Struct, frozen=True, kw_only=True):
    """Text that replaces the document's code points `start` to `end`. `model`: who gave it, a model or `local_answers`.
    `estimate`: how likely it is exactly right, see `coder.estimates`. `confidence`: the model's, see `coder.confidence`;
    None where the engine gives no log-probabilities. `milliseconds`: from the question to this answer."""

    text: str
    start: int
    end: int
    model: str
    milliseconds: float
    estimate: float = 1.0
    confidence: float | None = None
    timings: Timings | None = None


class _Question(Struct, frozen=True):
    cursor: Cursor
    context: Context
    automatic: bool
    single_line: bool
    started: float

    def completion(self, text: str, model: str, estimate: float, answer: Answer | None = None) -> Completion:
        return Completion(
            text=text,
            start=self.cursor.offset,
            end=self.cursor.offset,
            model=model,
            milliseconds=1000 * (time.monotonic() - self.started),
            estimate=estimate,
            confidence=answer.confidence if answer else None,
            timings=answer.timings if answer else None,
        )


class Coder:
    """Completes code with one engine. `max_tokens` bounds an answer. `locally`: the file and the index answer too."""

    def __init__(self, engine: Engine, *, max_tokens: int = 64, locally: bool = True) -> None:
        self._engine = engine
        self._max_tokens = max_tokens
        self._locally = locally
        self._description: Description | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the model has told what it can do, which it does once it is loaded."""
        return self._description is not None

    async def complete(
        self,
        document: CompletionDocument,
        offset: int,
        *,
        automatic: bool,
        single_line: bool | None = None,
        candidates: int = 1,
        context: Context = NO_CONTEXT,
    ) -> list[Completion]:
        """All that `stream` gives."""
        completions = self.stream(
            document, offset, automatic=automatic, single_line=single_line, candidates=candidates, context=context
        )
        return [completion async for completion in completions]

    async def stream(
        self,
        document: CompletionDocument,
        offset: int,
        *,
        automatic: bool,
        single_line: bool | None = None,
        candidates: int = 1,
        context: Context = NO_CONTEXT,
    ) -> AsyncGenerator[Completion, None]:
        """Completions at `offset`, best first, as they come; none where there is nothing worth showing.

        `automatic`: nobody asked; then one answer at most, only where the rest of the line allows it, only from a model
        that is good at the language, and only what is likely enough to be right. Else the model always answers, with up
        to `candidates` different texts. `single_line`: None for a line when automatic or inside a line, else a
        block. Raises what `Engine.generate` raises, after what could be said without a model.
        """
        cursor = Cursor(document, offset)
        if single_line is None:
            single_line = automatic or bool(cursor.line_after.strip())
        question = _Question(cursor, context, automatic, single_line, time.monotonic())
        if automatic and not cursor.only_closing_follows:
            return
        local = await self.without_model(question)
        try:
            if automatic:
                best = await self._unasked(question, local)
                if best is not None and best.estimate >= calibrations().shown_above:
                    yield best
                return
            texts: set[str] = set()
            async for completion in self._asked(question, local, candidates):
                if completion.text.strip() not in texts and len(texts) < candidates:
                    texts.add(completion.text.strip())
                    yield completion
        except TurnstileError:
            self._description = None
            if local is not None and (not automatic or local.estimate >= calibrations().shown_above):
                yield local
            raise
