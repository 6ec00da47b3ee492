"""Which tokens are computed next: interactive requests first, search requests together in one batch."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec.structs import replace

from turnstile_lsp.agents.engine.llama_cpp.context import Abort, Addition, Context
from turnstile_lsp.agents.engine.llama_cpp.jobs import Job, Sample
from turnstile_lsp.agents.engine.llama_cpp.model import Model
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.settings import LocalOptions

Fail = Callable[[int, TurnstileError], None]


class Lane:
    """A context and the jobs that run in it, first come, first served; the context is made for the first of them."""

    def __init__(self, make_context: Callable[[], Context]) -> None:
        self.jobs: list[Job] = []
        self.context: Context | None = None
        self._make_context = make_context

    def remove(self, job: Job) -> None:
        """Forget a job; what it computed stays in the cache until its room is needed."""
        for sample in list(job.running):
            self._release(job, sample)
        self.jobs.remove(job)

    def step(self, fail: Fail) -> None:
        """Compute one batch for as many samples as fit, and send what they say."""
        try:
            self.context = self.context or self._make_context()
            self._admit(self.context, fail)
            self._compute(self.context)
        except TurnstileError as error:
            for job in list(self.jobs):
                fail(job.number, error)
                self.remove(job)

    def _admit(self, context: Context, fail: Fail) -> None:
        room = context.length - sum(_room(job, len(job.running)) for job in self.jobs)
        for job in list(self.jobs):
            while job.ready:
                needed = _room(job, len(job.running) + 1) - _room(job, len(job.running))
                sequence = context.take(job.prompt) if needed <= room else None
                if sequence is None:
                    return
                try:
                    job.start(sequence)
                except TurnstileError as error:
                    context.release(sequence)
                    fail(job.number, error)
                    self.remove(job)
                    break
                room -= needed

    def _compute(self, context: Context) -> None:
        started = time.monotonic()
        batch = self._batch(context.batch_length)
        if not batch or not context.decode([addition for _, addition in batch]):
            return
        in_prompt = {sample.job.number for sample, _ in batch if not sample.generated}
        jobs = {sample.job.number: sample.job for sample, _ in batch}
        for sample, addition in batch:
            if not sample.generated:
                sample.job.decoded += len(addition.tokens)
            sample.pending = sample.pending[len(addition.tokens) :]
            if not sample.pending:
                sample.advance(context, addition)
        seconds = time.monotonic() - started
        for number, job in jobs.items():
            if number in in_prompt:
                job.prompt_seconds += seconds
            else:
                job.generate_seconds += seconds
        for sample, _ in batch:
            self._send(sample)

    def _batch(self, room: int) -> list[tuple[Sample, Addition]]:
        samples = [sample for job in self.jobs for sample in job.running]
        batch = []
        for sample in sorted(samples, key=lambda sample: len(sample.pending)):
            tokens = sample.pending[:room]
            if tokens:
                batch.append((sample, Addition(sample.sequence, tokens, sample.outputs)))
                room -= len(tokens)
        return batch

    def _send(self, sample: Sample) -> None:
        job = sample.job
        chunk = sample.take_chunk()
        if sample.finish is not None:
            self._release(job, sample)
        if job.finished:
            self.jobs.remove(job)
        if chunk is not None:
            job.send(replace(chunk, timings=job.timings()) if job.finished else chunk)

    def _release(self, job: Job, sample: Sample) -> None:
        assert self.context is not None
        self.context.release(sample.sequence)
        job.ended(sample)


def _room(job: Job, samples: int) -> int:
    """Tokens of cache that a job with so many samples at once can need."""
    return len(job.prompt) + samples * job.request.sampling.max_tokens if samples else 0


class Scheduler:
    """The worker's jobs: a lane with one sequence for interactive ones, one with many for search."""

    def __init__(self, model: Model, options: LocalOptions, threads: int, abort: Abort) -> None:
        search_length = max(model.context_length, options.search_context_length or 2 * model.context_length)

        def make(length: int, sequences: int) -> Context:
            return Context(model, options, threads, abort, length=length, sequences=sequences)

        self._interactive = Lane(lambda: make(model.context_length, 1))
        self._search = Lane(lambda: make(search_length, options.search_sequences))
        self.search_held = False

    @property
    def running(self) -> int:
        return len(self._interactive.jobs) + len(self._search.jobs)

    @property
    def decoded(self) -> int:
        return sum(lane.context.decoded for lane in self._lanes() if lane.context)

    @property
    def aborted(self) -> int:
        return sum(lane.context.aborted for lane in self._lanes() if lane.context)

    def add(self, job: Job) -> None:
        (self._interactive if job.interactive else self._search).jobs.append(job)

    def cancel(self, number: int) -> None:
        """Forget the job with this number, if it is still there."""
        for lane in self._lanes():
            for job in [job for job in lane.jobs if job.number == number]:
                lane.remove(job)

    def next_lane(self) -> Lane | None:
        """The lane whose turn it is; None when there is nothing to do."""
        if self._interactive.jobs:
            return self._interactive
        return self._search if self._search.jobs and not self.search_held else None

    def is_search(self, lane: Lane) -> bool:
        return lane is self._search

    def _lanes(self) -> tuple[Lane, Lane]:
        return self._interactive, self._search
