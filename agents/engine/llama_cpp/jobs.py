"""A request under way: its samples, what they have said and what they have cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from turnstile_lsp.agents.engine.base import Chunk, Priority, Request, Timings
from turnstile_lsp.agents.engine.llama_cpp.context import Addition, CachedSequence, Context
from turnstile_lsp.agents.engine.llama_cpp.model import Model
from turnstile_lsp.agents.engine.llama_cpp.sampling import Sampler, log_probability
from turnstile_lsp.agents.engine.llama_cpp.text import TextAssembler
from turnstile_lsp.agents.engine.validate import require_prompt
from turnstile_lsp.agents.errors import ContextOverflow, InvalidRequest

_CHUNK_SECONDS = 0.01

Send = Callable[[Chunk], None]


class Sample:
    """One of a job's n answers. `pending` tokens are to be computed next, the logits of the last `outputs` of them are
    wanted (those before are a draft's beginning); it has ended when `finish` is set.

    What `sequence` already holds of the prompt needs no computing.
    """

    def __init__(self, job: Job, index: int, sequence: CachedSequence) -> None:
        self.job = job
        self.index = index
        self.sequence = sequence
        self.pending: Sequence[int] = job.prompt[len(sequence.tokens) :]
        self.outputs = 1
        self.generated = 0
        self.finish: str | None = None
        self._sampler = Sampler(job.model, job.request.sampling, job.request.grammar, index)
        self._lookup = job.model.lookup(job.prompt, job.request.reference) if job.interactive else None
        self._text = TextAssembler(job.request.stop)
        self._unsent = ""
        self._unsent_tokens: list[int] = []
        self._unsent_log_probabilities: list[float] = []
        self._end_log_probability: float | None = None
        self._sent_at = time.monotonic()

    def advance(self, context: Context, addition: Addition) -> None:
        """Draw the next token from the logits of a batch, and further ones while its draft is right."""
        draft = addition.tokens[len(addition.tokens) - addition.outputs + 1 :]
        accepted = 0
        token = self._draw(context, addition.row)
        while self.finish is None and accepted < len(draft) and token == draft[accepted]:
            accepted += 1
            token = self._draw(context, addition.row + accepted)
        context.forget(self.sequence, len(draft) - accepted)
        self.job.prompt_cached = True
        if draft:
            self.job.verified(len(draft), accepted)
        if self._lookup is None or self.finish is not None:
            self.pending = (token,)
            return
        if draft:
            self._lookup.judged(len(draft), accepted)
        room = self.job.request.sampling.max_tokens - self.generated - 1
        self.pending = (token, *self._lookup.draft(min(room, context.batch_length - 1)))
        self.outputs = len(self.pending)

    def _draw(self, context: Context, row: int) -> int:
        token = self._sampler.sample(context, row)
        self.generated += 1
        sureness = log_probability(context, row, token) if self.job.request.log_probabilities else None
        if token in self.job.model.end_tokens:
            self._end("stop", self._text.finish(), sureness)
            return token
        text = self._text.add(self.job.model.piece(token))
        if self._text.stopped:
            self._end("stop", text, sureness)
            return token
        self._unsent += text
        self._unsent_tokens.append(token)
        if sureness is not None:
            self._unsent_log_probabilities.append(sureness)
        if self._lookup is not None:
            self._lookup.add(token)
        if self.generated >= self.job.request.sampling.max_tokens:
            self._end("length", self._text.finish())
        return token

    def _end(self, finish: str, text: str, sureness: float | None = None) -> None:
        self._unsent += text
        self.finish = finish
        self._end_log_probability = sureness

    def take_chunk(self) -> Chunk | None:
        """What is to be sent now: at once at the end, else every ten milliseconds; a short answer is one chunk."""
        now = time.monotonic()
        if self.finish is None and (not self._unsent or now - self._sent_at < _CHUNK_SECONDS):
            return None
        chunk = Chunk(
            index=self.index,
            text=self._unsent,
            tokens=self._unsent_tokens,
            log_probabilities=self._unsent_log_probabilities,
            finish=self.finish,
            end_log_probability=self._end_log_probability,
        )
        self._unsent, self._unsent_tokens, self._unsent_log_probabilities = "", [], []
        self._sent_at = now
        return chunk

    def close(self) -> None:
        self._sampler.close()


class Job:
    """A request in the worker. Its first sample computes the prompt; the others then share it."""

    def __init__(self, model: Model, number: int, request: Request, send: Send) -> None:
        self.model = model
        self.number = number
        self.request = request
        self.send = send
        self.interactive = request.priority == Priority.INTERACTIVE
        self.prompt = self._tokens(request)
        require_prompt(self.prompt)
        needed = len(self.prompt) + request.sampling.max_tokens
        if needed > model.context_length:
            raise ContextOverflow(
                f"{len(self.prompt):,} tokens of prompt and {request.sampling.max_tokens:,} of answer do not fit into "
                f"the model's context of {model.context_length:,}; shorten the prompt or ask for fewer tokens."
            )
        self.waiting = request.n
        self.running: list[Sample] = []
        self.prompt_cached = False
        self.reused = self.decoded = self.generated = 0
        self.verifications = self.drafted = self.accepted = 0
        self.prompt_seconds = self.generate_seconds = 0.0
        self._arrived = time.monotonic()

    def _tokens(self, request: Request) -> Sequence[int]:
        if request.pictures:
            raise InvalidRequest("This model cannot see pictures; choose a vision model.")
        if request.pieces is not None:
            return self.model.prompt(request.pieces)
        if request.tokens is not None:
            self.model.check(request.tokens)
            return request.tokens
        text = self.model.chat_prompt(request.messages) if request.messages is not None else request.text or ""
        return self.model.text_tokens(text)

    @property
    def ready(self) -> bool:
        """Whether another sample may start: the first at once, the others when they can share the prompt."""
        return self.waiting == self.request.n or (self.waiting > 0 and self.prompt_cached)

    def start(self, sequence: CachedSequence) -> None:
        """Start the next sample in `sequence`. Raises `InvalidRequest` for a grammar that cannot be parsed."""
        sample = Sample(self, self.request.n - self.waiting, sequence)
        if sample.index == 0:
            self.reused = len(sequence.tokens)
        self.waiting -= 1
        self.running.append(sample)

    def verified(self, drafted: int, accepted: int) -> None:
        """Count a batch that held a draft."""
        self.verifications += 1
        self.drafted += drafted
        self.accepted += accepted

    def ended(self, sample: Sample) -> None:
        self.running.remove(sample)
        self.generated += sample.generated
        sample.close()

    @property
    def finished(self) -> bool:
        return not self.waiting and not self.running

    def timings(self) -> Timings:
        """Queueing is all the time in which nothing was computed for this job."""
        computing = self.prompt_seconds + self.generate_seconds
        return Timings(
            prompt_reused=self.reused,
            prompt_decoded=self.decoded,
            generated=self.generated,
            verifications=self.verifications,
            drafted=self.drafted,
            accepted=self.accepted,
            prompt_milliseconds=1000 * self.prompt_seconds,
            generate_milliseconds=1000 * self.generate_seconds,
            queued_milliseconds=1000 * max(0.0, time.monotonic() - self._arrived - computing),
        )
