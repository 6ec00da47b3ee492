"""Prover jobs: their events, their logs and their ends; `job_process` has the processes that run them."""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
import signal
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.connection import Call, Method
from turnstile_lsp.agents.daemon.job_log import JobLog, forget_old, stored, stored_jobs
from turnstile_lsp.agents.daemon.job_process import JobProcess
from turnstile_lsp.agents.daemon.messages import JobState
from turnstile_lsp.agents.errors import InvalidRequest, TurnstileError
from turnstile_lsp.agents.prover.results import Event
from turnstile_lsp.agents.tracing import request_id

log = logging.getLogger(__name__)

KEPT_IN_MEMORY = 50
_FOLLOW_SECONDS = 0.25
_CANCEL_SECONDS = 2.0


class JobFailed(TurnstileError):
    """The job's process ended without a result."""


class JobRun:
    """A job of this daemon: its events so far, and the process that runs it."""

    def __init__(self, start: messages.StartJob, folder: Path, process: JobProcess) -> None:
        self.info = messages.Job(
            id=f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}",
            path=start.request.path,
            started=round(time.time(), 3),
            state=JobState.RUNNING,
        )
        self.start = start
        self.events: list[Event] = []
        self._process = process
        self._cancelled = False
        self._changed = asyncio.Event()
        self._log = JobLog(folder, self.info)
        self._note_problem()
        process.give(self)

    async def run(self) -> None:
        """See to its end."""
        try:
            await self._process.ended()
        finally:
            error = JobFailed(f"The process of job {self.info.id} ended unexpectedly; start the proof again.")
            if self._cancelled:
                self.end(JobState.CANCELLED)
            else:
                self.end(JobState.FAILED, error.to_wire())

    def cancel(self) -> None:
        """Ask the process to end; it still reports what it has. One that does not end soon is killed."""
        self._cancelled = True
        self._process.signal(signal.SIGTERM)
        asyncio.get_running_loop().call_later(_CANCEL_SECONDS, self._process.signal, signal.SIGKILL)

    def end(self, state: JobState, error: dict[str, Any] | None = None) -> None:
        """Note how the job ended, unless that is known already."""
        if self.info.state is JobState.RUNNING:
            self.info = replace(self.info, state=state, error=error)
            self._log.close(self.info)
            self._note_problem()

    async def follow(self) -> AsyncIterator[Event]:
        """All events from the start, until the job ends."""
        for index in itertools.count():
            while index == len(self.events):
                if self.info.state is not JobState.RUNNING:
                    return
                await self._changed.wait()
            yield self.events[index]

    def _note_problem(self) -> None:
        if self._log.problem != self.info.not_stored:
            self.info = replace(self.info, not_stored=self._log.problem)
            log.warning("%s", self._log.problem)
        self._changed.set()
        self._changed = asyncio.Event()

    async def report(self, event: Event) -> None:
        """Note an event."""
        await asyncio.to_thread(self._log.record, event)
        self.events.append(event)
        self._note_problem()


class Jobs:
    """Serves `job.*`. `lent`: the methods that jobs may call."""

    def __init__(self, folder: Path, lent: Mapping[str, Method]) -> None:
        self._folder = folder
        self._lent = lent
        self._jobs: dict[str, JobRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._spare: JobProcess | None = None
        self._closed = False
        forget_old(folder)

    @property
    def running(self) -> int:
        """How many jobs run."""
        return len(self._tasks)

    def methods(self) -> Mapping[str, Method]:
        """The methods of this service."""
        return {
            "job.start": Method(messages.StartJob, self._start),
            "job.attach": Method(messages.JobNumber, self._attach),
            "job.list": Method(messages.Nothing, self._list),
            "job.cancel": Method(messages.JobNumber, self._cancel),
        }

    async def all(self) -> list[messages.Job]:
        """The jobs of this daemon and those on disk, newest first."""
        found = {job.id: job for job in await asyncio.to_thread(stored_jobs, self._folder)}
        found |= {number: job.info for number, job in self._jobs.items()}
        return sorted(found.values(), key=lambda job: job.started, reverse=True)

    async def close(self) -> None:
        """Kill all jobs: they are kept as interrupted."""
        for job in self._jobs.values():
            job.end(JobState.INTERRUPTED)
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._spare is not None:
            await self._spare.kill()

    async def _start(self, call: Call, body: messages.StartJob) -> str:
        spare, self._spare = self._spare, None
        job = JobRun(body, self._folder, spare if spare is not None and spare.waits else JobProcess(self._lent))
        number = job.info.id
        self._jobs[number] = job
        self._tasks[number] = asyncio.create_task(job.run())
        self._tasks[number].add_done_callback(lambda _: self._end(number))
        log.info("job %s started for request %s", number, request_id.get())
        for old in [known for known in self._jobs if known not in self._tasks][:-KEPT_IN_MEMORY]:
            del self._jobs[old]
        return number

    def _end(self, number: str) -> None:
        """Who has proved once will prove again: the next job finds a process that has imported the prover."""
        del self._tasks[number]
        if not (self._closed or (self._spare is not None and self._spare.waits)):
            self._spare = JobProcess(self._lent)

    async def _attach(self, call: Call, body: messages.JobNumber) -> messages.Job:
        job = self._jobs.get(body.id)
        if job is None:
            return await self._attach_stored(call, body.id)
        async for event in job.follow():
            await call.send(event)
        return job.info

    async def _attach_stored(self, call: Call, number: str) -> messages.Job:
        """Give what is on disk, and what another daemon, which drains, still adds to it."""
        sent = 0
        while True:
            job, events = await self._stored(number)
            for event in events[sent:]:
                await call.send(event)
            sent = len(events)
            if job.state is not JobState.RUNNING:
                return job
            await asyncio.sleep(_FOLLOW_SECONDS)

    async def _stored(self, number: str) -> tuple[messages.Job, Sequence[Event]]:
        found = await asyncio.to_thread(stored, self._folder, number)
        if found is None:
            raise InvalidRequest(f"There is no job {number}; `turnstile daemon status` lists them.")
        return found

    async def _list(self, call: Call, body: messages.Nothing) -> list[messages.Job]:
        return await self.all()

    async def _cancel(self, call: Call, body: messages.JobNumber) -> messages.Job:
        job = self._jobs.get(body.id)
        if job is None:
            info, _ = await self._stored(body.id)
            return info
        job.cancel()
        return job.info
