"""From a cursor to ghost text."""

from __future__ import annotations

import time
from contextlib import aclosing

from msgspec import Struct

from turnstile_lsp.agents.coder.confidence import confidence
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.filters import WHOEVER_ASKS, clean
from turnstile_lsp.agents.coder.prompt import build_prompt
from turnstile_lsp.agents.coder.stopping import block_end
from turnstile_lsp.agents.engine.base import Description, Engine, Request, Sampling, Timings
from turnstile_lsp.agents.errors import TurnstileError


class Completion(Struct, frozen=True, kw_only=True):
    """Text that replaces the document's code points `start` to `end`. `confidence`: see `coder.confidence`; None where
    the engine gives no log-probabilities. `milliseconds`: from the question to this answer."""

    text: str
    start: int
    end: int
    model: str
    milliseconds: float
    confidence: float | None = None
    timings: Timings | None = None


class Answer(Struct):
    """What a model said, as far as it was listened to."""

    text: str = ""
    log_probabilities: list[float] = []
    timings: Timings | None = None
    model: str | None = None


class Coder:
    """Completes code with one engine. `max_tokens` bounds an answer."""

    def __init__(self, engine: Engine, *, max_tokens: int = 64) -> None:
        self._engine = engine
        self._max_tokens = max_tokens
        self._description: Description | None = None

    async def complete(
        self, document: CompletionDocument, offset: int, *, automatic: bool, single_line: bool | None = None
    ) -> list[Completion]:
        """Completions at `offset`, best first; empty where there is nothing worth showing.

        `automatic`: nobody asked; then only languages that the model is good at, only where the rest of the line allows
        it, and only above the model's confidence threshold. `single_line`: None for a line when automatic or inside
        a line, else a block. Raises what `Engine.generate` raises.
        """
        started = time.monotonic()
        cursor = Cursor(document, offset)
        try:
            description = self._description = self._description or await self._engine.describe()
            if automatic and not _may_show_unasked(description, cursor):
                return []
            if single_line is None:
                single_line = automatic or bool(cursor.line_after.strip())
            answer = await self._ask(description, cursor, single_line, min_tokens=0 if automatic else 1)
        except TurnstileError:
            self._description = None
            raise
        text = clean(answer.text, cursor) or ("" if automatic else clean(answer.text, cursor, WHOEVER_ASKS))
        sureness = confidence(answer.log_probabilities) if answer.log_probabilities else None
        if not text or (automatic and not _sure_enough(description, sureness)):
            return []
        return [
            Completion(
                text=text,
                start=cursor.offset,
                end=cursor.offset,
                model=answer.model or description.model,
                milliseconds=1000 * (time.monotonic() - started),
                confidence=sureness,
                timings=answer.timings,
            )
        ]

    async def _ask(self, description: Description, cursor: Cursor, single_line: bool, min_tokens: int) -> Answer:
        max_tokens = min(self._max_tokens, max(1, description.context_length // 2))
        pieces = build_prompt(description, cursor, max_tokens)
        answer = Answer(log_probabilities=[])
        if not pieces:
            return answer
        request = Request(
            pieces=pieces,
            sampling=Sampling(max_tokens=max_tokens, min_tokens=min_tokens),
            stop=("\n",) if single_line else (),
            log_probabilities=description.log_probabilities,
        )
        async with aclosing(self._engine.generate(request)) as chunks:
            async for chunk in chunks:
                answer.text += chunk.text
                answer.log_probabilities += chunk.log_probabilities
                if chunk.end_log_probability is not None:
                    answer.log_probabilities.append(chunk.end_log_probability)
                answer.timings, answer.model = chunk.timings, chunk.model
                end = None if single_line else block_end(cursor.line_before, answer.text)
                if end is not None:
                    answer.text = answer.text[:end]
                    break
        return answer


def _may_show_unasked(description: Description, cursor: Cursor) -> bool:
    languages = description.languages_automatic
    return cursor.only_closing_follows and (languages is None or cursor.document.language_id in languages)


def _sure_enough(description: Description, sureness: float | None) -> bool:
    threshold = description.confidence_threshold
    return threshold is None or (sureness is not None and sureness >= threshold)
