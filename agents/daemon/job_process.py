"""A process that runs one job; it is a client of this daemon for Lean and models."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Mapping
from typing import Protocol

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.connection import Call, Connection, Method
from turnstile_lsp.agents.daemon.protocol import READ_AHEAD_BYTES
from turnstile_lsp.agents.processes import child_arguments, module_command
from turnstile_lsp.agents.prover.results import Event


class Job(Protocol):
    """What a process is told of its job, and tells."""

    start: messages.StartJob

    async def report(self, event: Event) -> None:
        """Note an event."""
        ...

    def end(self, state: messages.JobState, error: dict[str, object] | None = None) -> None:
        """Note how it ended."""
        ...


class JobProcess:
    """Starts at once, imports the prover, and waits until it is given its job. `lent`: the methods that it may call."""

    def __init__(self, lent: Mapping[str, Method]) -> None:
        self._methods = {
            **lent,
            "job.begin": Method(messages.Nothing, self._begin),
            "job.report": Method(Event, self._report),
            "job.end": Method(messages.EndJob, self._ended),
        }
        self._job: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
        self._process: asyncio.subprocess.Process | None = None
        self._signal: signal.Signals | None = None
        self._running = asyncio.create_task(self._run())

    @property
    def waits(self) -> bool:
        """Whether it can be given a job."""
        return not self._job.done() and not self._running.done()

    def give(self, job: Job) -> None:
        """Have it run a job, its only one."""
        self._job.set_result(job)

    async def ended(self) -> None:
        """Wait until the process is gone; whoever is cancelled meanwhile has it killed."""
        try:
            await asyncio.shield(self._running)
        finally:
            await self.kill()

    async def kill(self) -> None:
        """Kill the process and wait until it is gone; idempotent."""
        self._running.cancel()
        await asyncio.wait([self._running])

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, as soon as there is a process."""
        self._signal = number
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _run(self) -> None:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = await asyncio.create_subprocess_exec(
                    *child_arguments(module_command("turnstile_lsp.agents.daemon.job", str(theirs.fileno()))),
                    pass_fds=[theirs.fileno()],
                    stdin=asyncio.subprocess.DEVNULL,
                )
            if self._signal is not None:
                self.signal(self._signal)
            reader, writer = await asyncio.open_unix_connection(sock=ours, limit=READ_AHEAD_BYTES)
            await Connection(reader, writer, self._methods).run()
        finally:
            ours.close()
            if self._process is not None:
                self.signal(signal.SIGKILL)
                await self._process.wait()

    async def _begin(self, call: Call, body: messages.Nothing) -> messages.StartJob:
        return (await self._job).start

    async def _report(self, call: Call, event: Event) -> None:
        await (await self._job).report(event)

    async def _ended(self, call: Call, body: messages.EndJob) -> None:
        (await self._job).end(body.state, body.error)
