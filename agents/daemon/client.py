"""The daemon as programs see it: engines, Lean, proof jobs. It imports little, so that starting costs little."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from turnstile_lsp.agents.daemon import launch, messages, protocol
from turnstile_lsp.agents.daemon.launch import DaemonNotRunning
from turnstile_lsp.agents.daemon.link import DaemonHangs, Link
from turnstile_lsp.agents.daemon.lock import holder
from turnstile_lsp.agents.daemon.messages import Job, JobState, Status
from turnstile_lsp.agents.daemon.places import FolderUnusable, runtime_folder
from turnstile_lsp.agents.daemon.proxies import DaemonEngine, DaemonLean
from turnstile_lsp.agents.engine.options import EngineOptions, options_of
from turnstile_lsp.agents.errors import TurnstileError, from_wire
from turnstile_lsp.agents.prover.results import Event, ProveRequest
from turnstile_lsp.agents.settings import Resolved

__all__ = [
    "Daemon",
    "DaemonHangs",
    "DaemonNotRunning",
    "DaemonWhenNeeded",
    "FolderUnusable",
    "Job",
    "JobCancelled",
    "JobInterrupted",
    "JobState",
    "Status",
    "runtime_folder",
    "stop_daemon",
]

T = TypeVar("T")

_STOP_SECONDS = 15.0


class JobCancelled(TurnstileError):
    """The job that was attached to has been cancelled."""


class JobInterrupted(TurnstileError):
    """The daemon of the job that was attached to was ended while it ran."""


class Daemon:
    """This user's daemon. Requests that wait when it is lost raise `DaemonLost`; the next one attaches again."""

    def __init__(self, link: Link, *, start: bool) -> None:
        self._link = link
        self._start = start
        self._attaching = asyncio.Lock()

    @classmethod
    async def connect(cls, *, start: bool = True) -> Daemon:
        """Attach; `start` the daemon where there is none.

        Raises `DaemonNotRunning` (unless `start`), `DaemonHangs`, `FolderUnusable` (of the runtime folder).
        """
        return cls(await launch.attach(start=start), start=start)

    @classmethod
    async def adopt(cls, connected: socket.socket) -> Daemon:
        """Use a socket that the daemon itself handed over."""
        reader, writer = await asyncio.open_unix_connection(sock=connected, limit=protocol.READ_AHEAD_BYTES)
        return cls(Link(reader, writer).start(), start=False)

    def engine(self, model: str, key: str | None = None, options: EngineOptions | None = None) -> DaemonEngine:
        """A model by name (see `agents.models.names`); a relative file is taken from this process's working folder."""
        if "://" not in model:
            key = None  # Two windows, one of them with a key for some server, share a local model.
        return DaemonEngine(self, messages.Model(name=_absolute(model), key=key, options=options or EngineOptions()))

    def engine_for(self, resolved: Resolved, model: str) -> DaemonEngine:
        """A model with the key and the options that the settings give it."""
        return self.engine(model, resolved.key(model), options_of(resolved.settings))

    def lean(self) -> DaemonLean:
        """The daemon's Lean sessions."""
        return DaemonLean(self)

    async def prove(self, request: ProveRequest, key: str | None = None, options: EngineOptions | None = None) -> str:
        """Start a proof job, which outlives this client; its id."""
        if request.model is not None:
            request = replace(request, model=_absolute(request.model))
        start = messages.StartJob(request=request, key=key, options=options or EngineOptions())
        return await self.call("job.start", start, str)

    async def attach(self, job: str) -> AsyncGenerator[Event, None]:
        """All events of a job, from its start to its end. Leaving the iterator does not end the job.

        After the events that there are, raises `JobCancelled`, `JobInterrupted` or the error that ended the job.
        """
        link = await self.link()
        async with aclosing(link.stream("job.attach", messages.JobNumber(id=job))) as frames:
            async for frame in frames:
                if isinstance(frame, protocol.End):
                    _raise_unless_finished(msgspec.msgpack.decode(frame.body, type=Job))
                else:
                    event: Event = msgspec.msgpack.decode(frame.body, type=Event)
                    yield event

    async def jobs(self) -> list[Job]:
        """All jobs that are kept, newest first."""
        return await self.call("job.list", messages.Nothing(), list[Job])

    async def cancel(self, job: str) -> Job:
        """Cancel a job; how it stands now."""
        return await self.call("job.cancel", messages.JobNumber(id=job), Job)

    async def status(self) -> Status:
        """What the daemon holds and does."""
        return await self.call("daemon.status", messages.Nothing(), Status)

    async def stop(self) -> None:
        """End the daemon and all that it runs; returns when it is gone."""
        process = holder(runtime_folder())
        await self.call("daemon.stop", messages.Nothing(), None)
        await self.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                while process is not None and process.alive():  # noqa: ASYNC110  # nothing tells of its end
                    await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Detach; idempotent. Lean sessions go back, jobs go on."""
        self._start = False
        await self._link.close()

    async def link(self) -> Link:
        """The open connection; a new one after a loss."""
        async with self._attaching:
            if self._link.lost is not None and self._start:
                self._link = await launch.attach(start=True)
        return self._link

    async def call(self, method: str, body: Any, result: type[T] | None) -> T:
        """One request, one result."""
        return await (await self.link()).call(method, body, result)  # type: ignore[arg-type]

    async def stream(self, method: str, body: Any, chunk: type[T]) -> AsyncGenerator[T, None]:
        """One request, a stream of chunks."""
        link = await self.link()
        async with aclosing(link.stream(method, body)) as frames:
            async for frame in frames:
                if isinstance(frame, protocol.Chunk):
                    yield msgspec.msgpack.decode(frame.body, type=chunk)


class DaemonWhenNeeded:
    """This user's daemon, attached to at the first request that needs it, for all that come after."""

    def __init__(self) -> None:
        self._connecting: asyncio.Task[Daemon] | None = None

    async def get(self) -> Daemon:
        """Raises what `Daemon.connect` raises; the next request tries again."""
        if self._connecting is None or (self._connecting.done() and not _succeeded(self._connecting)):
            self._connecting = asyncio.create_task(Daemon.connect())
        # Shielded: a newer keystroke cancels the request that waits, never the attaching.
        return await asyncio.shield(self._connecting)

    async def completing(self, resolved: Resolved) -> DaemonEngine:
        """The engine that the settings name for completions. Raises what `get` raises."""
        return (await self.get()).engine_for(resolved, resolved.settings.complete.model)

    async def close(self) -> None:
        """Detach, if attached."""
        if self._connecting is None:
            return
        if not self._connecting.done():
            self._connecting.cancel()
        elif _succeeded(self._connecting):
            await self._connecting.result().close()


def _succeeded(task: asyncio.Task[Daemon]) -> bool:
    return not task.cancelled() and task.exception() is None


async def stop_daemon() -> bool:
    """End this user's daemon, also one that hangs; False when there was none."""
    try:
        daemon = await Daemon.connect(start=False)
    except DaemonNotRunning:
        return False
    except DaemonHangs:
        process = holder(runtime_folder())
        if process is None:
            raise
        os.kill(process.pid, signal.SIGKILL)
        return True
    await daemon.stop()
    return True


def _absolute(model: str) -> str:
    if model.lower().endswith(".gguf") and "://" not in model:
        return os.path.abspath(os.path.expanduser(model))
    return model


def _raise_unless_finished(job: Job) -> None:
    if job.state is JobState.FAILED:
        raise from_wire(job.error or {})
    if job.state is JobState.CANCELLED:
        raise JobCancelled("The proof was cancelled.")
    if job.state is JobState.INTERRUPTED:
        raise JobInterrupted("Turnstile's daemon was ended while this proof ran; start it again.")
