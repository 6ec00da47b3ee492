"""Asking a model: prompt in, what it says out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress

from msgspec import Struct, field

from turnstile_lsp.agents.coder.confidence import confidence
from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.stopping import block_end
from turnstile_lsp.agents.engine.base import Engine, Request, Timings
from turnstile_lsp.agents.errors import Superseded


class Answer(Struct):
    """What a model said, as far as it was listened to. `timings`: of the whole request, None where it was cut short."""

    text: str = ""
    log_probabilities: list[float] = field(default_factory=list)
    timings: Timings | None = None
    model: str | None = None
    ended: bool = False

    @property
    def confidence(self) -> float | None:
        """See `coder.confidence`; None where the engine gives no log-probabilities."""
        return confidence(self.log_probabilities) if self.log_probabilities else None


async def ask(
    engine: Engine,
    request: Request,
    cursor: Cursor,
    *,
    single_line: bool,
    heard: Callable[[str], None] | None = None,
) -> Sequence[Answer]:
    """The `request.n` answers at a cursor, each at most a line or the cursor's block; none where the client has asked
    something newer. `heard` is told the first one while it comes. Raises what `Engine.generate` raises."""
    with suppress(Superseded):
        return await _read(engine, request, cursor, single_line, heard)
    return []


async def _read(
    engine: Engine, request: Request, cursor: Cursor, single_line: bool, heard: Callable[[str], None] | None
) -> Sequence[Answer]:
    answers = [Answer() for _ in range(request.n)]
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            answer = answers[chunk.index]
            if answer.ended:
                continue
            answer.text += chunk.text
            answer.log_probabilities += chunk.log_probabilities
            if chunk.end_log_probability is not None:
                answer.log_probabilities.append(chunk.end_log_probability)
            answer.timings, answer.model = chunk.timings, chunk.model
            end = None if single_line else block_end(cursor.line_before, answer.text, cursor.language)
            if end is not None:
                answer.text, answer.ended = answer.text[:end], True
            if heard is not None and chunk.index == 0:
                heard(answer.text)
            if all(one.ended for one in answers):
                break
    return answers
