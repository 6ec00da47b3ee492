"""From a cursor to ghost text."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.coder.answers import Answer, ask
from turnstile_lsp.agents.coder.context import NO_CONTEXT, Context
from turnstile_lsp.agents.coder.corrections import corrected
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.estimates import calibrations, either, estimate_of_model
from turnstile_lsp.agents.coder.filters import FILTERS, LINE, WHOEVER_ASKS, Filter, clean
from turnstile_lsp.agents.coder.growing import Growing
from turnstile_lsp.agents.coder.local_answers import answer_locally, names_anew
from turnstile_lsp.agents.coder.prompt import PromptBuilder
from turnstile_lsp.agents.coder.reference import references
from turnstile_lsp.agents.coder.rewrites import rewritten
from turnstile_lsp.agents.coder.syntax.base import NO_SYNTAX, Kind, Syntax, SyntaxContext, kind_by_text
from turnstile_lsp.agents.engine.base import Description, Engine, Request, Sampling, Timings
from turnstile_lsp.agents.errors import TurnstileError

_SURE = 0.9
"""An estimate that no model with a threshold is asked to better."""
_SURE_OF_PROSE = 0.65
"""An estimate above which something shows unasked in a comment or a string: two of three at least are exactly right."""
_SAMPLES = 3
"""How many are asked for where there is no other answer."""
_VARIETY = 0.8
_SEED = 1
_PATIENCE = 1.0
"""Seconds for further candidates, or as long as the first one took."""
_LOADING_PATIENCE = 0.2
"""Seconds for a model that is not loaded, where there is something to show meanwhile."""


class Completion(Struct, frozen=True, kw_only=True):
    """Text that replaces the document's code points `start` to `end`. `model`: who gave it, a model or `local_answers`.
    `estimate`: how likely it is exactly right, see `coder.estimates`. `confidence`: the model's, see `coder.confidence`;
    None where the engine gives no log-probabilities. `milliseconds`: from the question to this answer. `typed_ahead`: it
    is the rest of an earlier answer, see `coder.typed_ahead`."""

    text: str
    start: int
    end: int
    model: str
    milliseconds: float
    estimate: float = 1.0
    confidence: float | None = None
    timings: Timings | None = None
    typed_ahead: bool = False


class _Question(Struct, frozen=True):
    """`known`: what `syntax` said of the cursor."""

    cursor: Cursor
    context: Context
    automatic: bool
    single_line: bool | None
    started: float
    syntax: Syntax
    known: SyntaxContext | None
    shown_above: float
    grows: Callable[[str], None] | None = None

    @property
    def kind(self) -> Kind:
        """What is worth completing here."""
        return self.known.kind if self.known else kind_by_text(self.cursor)

    def is_one_line(self, description: Description) -> bool:
        """Whether a line is asked for. Unasked that is so but in an empty block; and of a model with a threshold, as its
        confidence was measured on lines."""
        if self.single_line is not None:
            return self.single_line
        if self.automatic:
            return self.kind is not Kind.BLOCK or description.confidence_threshold is not None
        return bool(self.cursor.line_after.strip())

    def filters(self, description: Description) -> Sequence[Filter]:
        """What an answer goes through."""
        return LINE if self.is_one_line(description) else FILTERS

    def growing(self, description: Description) -> Growing | None:
        """Who is told of an answer while it comes; nobody where it is not sure to be shown."""
        if self.grows is None or (self.automatic and description.confidence_threshold is not None):
            return None
        return Growing(self.grows, self.cursor, self.filters(description))

    def may_show(self, completion: Completion) -> bool:
        """Whether a completion is likely enough to be right to be shown unasked. Prose is not guessed at."""
        prose = self.kind is Kind.NOTHING
        return completion.estimate >= (max(self.shown_above, _SURE_OF_PROSE) if prose else self.shown_above)

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
    """Completes code with one engine. `max_tokens` bounds an answer. `locally`: the file and the index answer too.
    `first_token_seconds`: within this time a prompt is to be read. `shown_above`: the estimate that an answer needs to
    show unasked, None for the calibrated one."""

    def __init__(
        self,
        engine: Engine,
        *,
        max_tokens: int = 64,
        locally: bool = True,
        first_token_seconds: float = 0.5,
        shown_above: float | None = None,
    ) -> None:
        self._engine = engine
        self._max_tokens = max_tokens
        self._locally = locally
        self._shown_above = calibrations().shown_above if shown_above is None else shown_above
        self._prompts = PromptBuilder(first_token_seconds=first_token_seconds)
        self._description: Description | None = None
        self._describing: asyncio.Task[Description] | None = None

    async def complete(
        self,
        document: CompletionDocument,
        offset: int,
        *,
        automatic: bool,
        single_line: bool | None = None,
        candidates: int = 1,
        context: Context = NO_CONTEXT,
        syntax: Syntax = NO_SYNTAX,
    ) -> list[Completion]:
        """All that `stream` gives."""
        completions = self.stream(
            document,
            offset,
            automatic=automatic,
            single_line=single_line,
            candidates=candidates,
            context=context,
            syntax=syntax,
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
        syntax: Syntax = NO_SYNTAX,
        grows: Callable[[str], None] | None = None,
    ) -> AsyncGenerator[Completion, None]:
        """Completions at `offset`, best first, as they come; none where there is nothing worth showing.

        `automatic`: nobody asked; then one answer at most, only where the rest of the line allows it, only from a model
        that is good at the language, and only what is likely enough to be right. Else the model always answers, and the
        file beside it, with up to `candidates` different texts. `single_line`: None for what `syntax`, that at the cursor,
        makes of the place. `grows`: is told the model's first answer while it comes, see `Growing`.
        Raises what `Engine.generate` raises, after what could be said without a model.
        """
        started = time.monotonic()
        cursor = Cursor(document, offset)
        if cursor.is_in_abbreviation or (automatic and not cursor.only_closing_follows):
            return
        known = await syntax.context()
        question = _Question(cursor, context, automatic, single_line, started, syntax, known, self._shown_above, grows)
        local: Completion | None = None
        # What is asked of the model is computed elsewhere while the file is read here.
        asking = None if automatic else asyncio.create_task(self._greedy(question))
        try:
            await asyncio.sleep(0)  # the question goes out first
            local = await _local(question) if self._locally else None
            if asking is None:
                if (best := await self._unasked(question, local)) is not None:
                    yield best
                return
            texts: set[str] = set()
            async for completion in self._asked(question, local, asking, candidates):
                if completion.text.strip() not in texts and len(texts) < candidates:
                    texts.add(completion.text.strip())
                    yield completion
        except TurnstileError:
            self._description = None
            if local is not None and (not automatic or question.may_show(local)):
                yield local
            raise
        finally:
            if asking is not None:
                asking.cancel()

    async def _unasked(self, question: _Question, local: Completion | None) -> Completion | None:
        """The likelier one of what the model and the file say, if it is likely enough."""
        shown_anyway = local if local is not None and question.may_show(local) else None
        description = await self._described(patience=None if shown_anyway is None else _LOADING_PATIENCE)
        if description is None or not _speaks_unasked(description, question):
            return shown_anyway
        if shown_anyway is not None and shown_anyway.estimate >= _SURE and description.confidence_threshold is not None:
            return shown_anyway
        best = _likelier(local, await self._greedy(question))
        return best if best is not None and question.may_show(best) else None

    async def _asked(
        self, question: _Question, local: Completion | None, asking: asyncio.Task[Completion | None], candidates: int
    ) -> AsyncGenerator[Completion, None]:
        """The model's likeliest answer and what the file says if that is likely or likelier, the likelier one first; then
        samples that take no longer, also where the filters left nothing of the likeliest answer."""
        greedy = await asking
        if (
            local is not None
            and greedy is not None
            and not question.may_show(local)
            and _likelier(local, greedy) != local
        ):
            local = None
        for completion in (_likelier(local, greedy), greedy, local):
            if completion is not None:
                yield completion
        nothing = greedy is None and local is None
        if candidates > 1 or nothing:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(_PATIENCE, time.monotonic() - question.started)):
                    count = max(candidates - 1, _SAMPLES if nothing else 0)
                    others = await self._ask(question, n=count, temperature=_VARIETY)
                for other in others:
                    yield other

    async def _greedy(self, question: _Question) -> Completion | None:
        return next(iter(await self._ask(question)), None)

    async def _ask(self, question: _Question, *, n: int = 1, temperature: float = 0.0) -> Sequence[Completion]:
        description = await self._described()
        assert description is not None
        max_tokens = min(self._max_tokens, max(1, description.context_length // 2))
        pieces = self._prompts.build(description, question.cursor, max_tokens, question.context, question.known)
        if not pieces:
            return []
        single_line = question.is_one_line(description)
        request = Request(
            pieces=pieces,
            sampling=Sampling(
                max_tokens=max_tokens, min_tokens=0 if question.automatic else 1, temperature=temperature, seed=_SEED
            ),
            stop=("\n",) if single_line else (),
            n=n,
            unasked=question.automatic,
            log_probabilities=description.log_probabilities,
            reference=references(question.cursor.document, question.cursor.offset, question.context.snippets),
        )
        growing = question.growing(description) if n == 1 and not temperature else None
        heard = growing.heard if growing is not None else None
        answers = await ask(self._engine, request, question.cursor, single_line=single_line, heard=heard)
        for answer in answers:
            if answer.timings is not None:
                self._prompts.observe(answer.timings)
            if "\n" in answer.text and (end := await question.syntax.stop(answer.text)) is not None:
                answer.text = answer.text[:end]
        return [completion for answer in answers if (completion := _completion(description, question, answer))]

    async def _described(self, patience: float | None = None) -> Description | None:
        """What the model can do; None where it does not tell within `patience` seconds. It is loaded all the same."""
        if self._description is not None:
            return self._description
        if self._describing is None or self._describing.done():
            self._describing = asyncio.create_task(self._engine.describe())
        done, _ = await asyncio.wait([self._describing], timeout=patience)
        if not done:
            return None
        self._description = self._describing.result()
        return self._description


async def complete_locally(
    document: CompletionDocument,
    offset: int,
    *,
    automatic: bool,
    context: Context = NO_CONTEXT,
    syntax: Syntax = NO_SYNTAX,
) -> list[Completion]:
    """What can be said where there is no model."""
    started = time.monotonic()
    cursor = Cursor(document, offset)
    if cursor.is_in_abbreviation or (automatic and not cursor.only_closing_follows):
        return []
    known, least = await syntax.context(), calibrations().shown_above
    question = _Question(cursor, context, automatic, True, started, syntax, known, least)
    local = await _local(question)
    return [local] if local is not None and (not automatic or question.may_show(local)) else []


async def _local(question: _Question) -> Completion | None:
    """The likeliest one of what the file says, of what is being changed in it, and of what is said to be wrong in it."""
    cursor, context, estimates = question.cursor, question.context, calibrations()
    said = ((rewritten(cursor, context), estimates.edits), (corrected(cursor, context), estimates.diagnostics))
    best = await _repeated(question)
    for answer, calibration in said:
        if answer is not None and (text := clean(answer.text, cursor, LINE)):
            best = _likelier(best, question.completion(text, answer.source, calibration(answer.probability)))
    return best


async def _repeated(question: _Question) -> Completion | None:
    answer = await answer_locally(question.cursor, question.context.snippets)
    text = clean(answer.text, question.cursor, LINE) if answer is not None else ""
    if answer is None or not text or (question.automatic and names_anew(question.cursor, text)):
        return None
    return question.completion(text, answer.source, calibrations().local(answer.probability))


def _completion(description: Description, question: _Question, answer: Answer) -> Completion | None:
    cursor = question.cursor
    text = clean(answer.text, cursor, question.filters(description))
    if not text and not question.automatic:
        text = clean(answer.text, cursor, WHOEVER_ASKS)
    if not text:
        return None
    estimate = estimate_of_model(description, answer.confidence)
    return question.completion(text, answer.model or description.model, estimate, answer)


def _likelier(local: Completion | None, model: Completion | None) -> Completion | None:
    """The one with the higher estimate; where both say the same it is the model's, with an estimate above both."""
    if local is None or model is None:
        return local or model
    if local.text == model.text:
        return replace(model, estimate=either(local.estimate, model.estimate))
    return local if local.estimate > model.estimate else model


def _speaks_unasked(description: Description, question: _Question) -> bool:
    """Whether a model is good at the language; and not at a loss for how sure it is where it would have to be."""
    languages = description.languages_automatic
    if question.kind is Kind.NOTHING and description.confidence_threshold is None:
        return False
    return languages is None or question.cursor.document.language_id in languages
