"""What a job found, on disk as soon as it was found: one file of JSON lines for each job.

A first line with the job and its daemon, a line for each event but progress, a last line with how it ended. A file
without that last line whose daemon is gone is of an interrupted job.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.daemon.lock import Holder, this_process
from turnstile_lsp.agents.daemon.messages import Job, JobState
from turnstile_lsp.agents.prover.results import Event, Progress

KEEP_SECONDS = 30 * 24 * 3600.0
_SUFFIX = ".jsonl"


class Opened(Struct, frozen=True, tag="job"):
    """The first line."""

    job: Job
    daemon: Holder


class Recorded(Struct, frozen=True, tag="event"):
    """A line for an event."""

    event: Event


class Closed(Struct, frozen=True, tag="end"):
    """The last line."""

    job: Job


_Line = Opened | Recorded | Closed


class JobLog:
    """The file of one running job. When it cannot be written the job goes on, and `problem` says why in a sentence."""

    def __init__(self, folder: Path, job: Job) -> None:
        self._path = folder / (job.id + _SUFFIX)
        self.problem: str | None = None
        self._append(Opened(job, this_process()))

    def record(self, event: Event) -> None:
        """Store an event; progress is not worth it."""
        if not isinstance(event, Progress):
            self._append(Recorded(event))

    def close(self, job: Job) -> None:
        """Store how the job ended."""
        self._append(Closed(job))

    def _append(self, line: _Line) -> None:
        if self.problem is not None:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with open(descriptor, "wb") as file:
                file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            self.problem = (
                f"The proofs of this job are kept in memory alone: {self._path} cannot be written ({error.strerror}). "
                "Free some space, or name another folder in TURNSTILE_DATA_DIR."
            )


def stored(folder: Path, number: str) -> tuple[Job, Sequence[Event]] | None:
    """A job of this or another daemon as far as it is on disk; None when there is no such job."""
    return _read(folder / (number + _SUFFIX)) if Path(number).name == number else None


def stored_jobs(folder: Path) -> list[Job]:
    """All jobs on disk."""
    found = (_read(path) for path in folder.glob("*" + _SUFFIX))
    return [job for job, _ in filter(None, found)]


def forget_old(folder: Path) -> None:
    """Remove the files of jobs older than `KEEP_SECONDS`."""
    for path in folder.glob("*" + _SUFFIX):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - KEEP_SECONDS:
                path.unlink()


def _read(path: Path) -> tuple[Job, Sequence[Event]] | None:
    job: Job | None = None
    events = []
    for line in _lines(path):
        if isinstance(line, Opened):
            job = line.job if line.daemon.alive() else replace(line.job, state=JobState.INTERRUPTED)
        elif isinstance(line, Recorded):
            events.append(line.event)
        else:
            job = line.job
    return None if job is None else (job, events)


def _lines(path: Path) -> Iterator[_Line]:
    """The whole lines of a file; what was cut off by a full disk or a kill ends it."""
    decoder: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)
    with contextlib.suppress(OSError, msgspec.MsgspecError), open(path, "rb") as file:
        for line in file:
            yield decoder.decode(line)
