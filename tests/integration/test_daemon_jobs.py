"""Proof jobs: they outlive their clients, can be attached to again, cancelled, and are kept when the daemon is killed."""

# ruff: noqa: ASYNC110  # waiting for other processes

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from turnstile_lsp.agents.daemon.client import Daemon, Job, JobCancelled, JobInterrupted, JobState
from turnstile_lsp.agents.daemon.lock import holder
from turnstile_lsp.agents.errors import DaemonLost, ImportsMissing, InvalidRequest, TurnstileError
from turnstile_lsp.agents.prover.results import Event, Finished, Found, Progress, ProveRequest, Status

EASY = "theorem easy (a b : Nat) : a + b = b + a := by sorry\n"
HARD = "theorem hard (f : Nat → Nat) : f 0 = f 1 := by sorry\n"
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def request(text: str, budget: float = 60.0) -> ProveRequest:
    return ProveRequest(text=text, budget=budget, stages=["portfolio"], environment=ENVIRONMENT)


async def collect(daemon: Daemon, job: str) -> tuple[list[Event], TurnstileError | None]:
    """All events, and the error that followed them."""
    events: list[Event] = []
    try:
        async for event in daemon.attach(job):
            events.append(event)
    except TurnstileError as error:
        return events, error
    return events, None


async def first_found(daemon: Daemon, job: str) -> Found:
    async for event in daemon.attach(job):
        if isinstance(event, Found):
            return event
    raise AssertionError("the job ended without a result")


async def info(daemon: Daemon, job: str) -> Job:
    return next(known for known in await daemon.jobs() if known.id == job)


def job_processes(daemon_pid: int) -> list[psutil.Process]:
    """Those that run or wait for jobs, without those that have just ended."""
    found = []
    for child in psutil.Process(daemon_pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "turnstile_lsp.agents.daemon.job" in child.cmdline():
                found.append(child)
    return found


async def test_job_outlives_its_client_and_can_be_attached_to_again(daemon: Daemon) -> None:
    asking = await Daemon.connect()
    job = await asking.prove(request(EASY))
    await asking.close()
    events, error = await collect(daemon, job)
    assert error is None
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert [result.status for result in finished.results] == [Status.PROVED]
    assert "sorry" not in finished.text
    assert any(isinstance(event, Progress) for event in events)
    assert (await info(daemon, job)).state is JobState.FINISHED
    assert await collect(daemon, job) == (events, None)
    status = await daemon.status()
    assert status.lean_leases == 0
    assert len(job_processes(status.pid)) <= 1, "one that waits for the next job"


async def test_two_clients_follow_one_job(daemon: Daemon) -> None:
    job = await daemon.prove(request(EASY))
    other = await Daemon.connect()
    first, second = await asyncio.gather(collect(daemon, job), collect(other, job))
    assert first == second
    await other.close()


async def test_cancel(daemon: Daemon) -> None:
    job = await daemon.prove(request(EASY + HARD, budget=600))
    assert (await first_found(daemon, job)).result.status is Status.PROVED
    await daemon.cancel(job)
    async with asyncio.timeout(10):
        events, error = await collect(daemon, job)
    assert isinstance(error, JobCancelled)
    assert isinstance(events[-1], Finished)
    assert [result.status for result in events[-1].results] == [Status.PROVED, Status.CANCELLED]
    assert (await daemon.cancel(job)).state is JobState.CANCELLED
    async with asyncio.timeout(10):
        while (status := await daemon.status()).lean_leases or len(job_processes(status.pid)) > 1:
            await asyncio.sleep(0.05)


async def test_cancel_at_once(daemon: Daemon) -> None:
    job = await daemon.prove(request(HARD, budget=600))
    await daemon.cancel(job)
    async with asyncio.timeout(20):
        _, error = await collect(daemon, job)
    assert isinstance(error, JobCancelled)


async def test_job_whose_process_is_killed(daemon: Daemon) -> None:
    job = await daemon.prove(request(EASY + HARD, budget=600))
    await first_found(daemon, job)
    for process in job_processes((await daemon.status()).pid):
        process.kill()
    events, error = await collect(daemon, job)
    assert "ended unexpectedly" in str(error)
    assert any(isinstance(event, Found) for event in events)
    assert (await info(daemon, job)).state is JobState.FAILED
    assert (await collect(daemon, await daemon.prove(request(EASY))))[1] is None


async def test_the_next_job_finds_a_process_that_waits_for_it(daemon: Daemon) -> None:
    pid = (await daemon.status()).pid
    await collect(daemon, await daemon.prove(request(EASY)))
    waiting: list[psutil.Process] = []
    async with asyncio.timeout(20):
        while len(waiting) != 1 or waiting != job_processes(pid):
            waiting = job_processes(pid)
            await asyncio.sleep(0.3)
    job = await daemon.prove(request(EASY + HARD, budget=600))
    await first_found(daemon, job)
    assert job_processes(pid) == waiting
    await daemon.cancel(job)


async def test_typed_errors_end_a_job(daemon: Daemon) -> None:
    _, error = await collect(daemon, await daemon.prove(request("import Nowhere.To.Be.Found\n" + EASY)))
    assert isinstance(error, ImportsMissing)
    with pytest.raises(InvalidRequest, match="There is no job"):
        await daemon.cancel("20260101-000000-0000")
    with pytest.raises(InvalidRequest, match="There is no job"):
        await collect_or_raise(daemon, "../jobs")


async def collect_or_raise(daemon: Daemon, job: str) -> None:
    _, error = await collect(daemon, job)
    if error is not None:
        raise error


@pytest.fixture
async def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    """A daemon of the test's own, for it to kill."""
    for name in ("RUNTIME_DIR", "DATA_DIR", "CONFIG"):
        monkeypatch.setenv(f"TURNSTILE_{name}", str(tmp_path / name))
    (tmp_path / "CONFIG").write_text("[daemon]\nlean_spares = 0\n")
    daemon = await Daemon.connect()
    yield daemon
    await daemon.close()
    if left := holder(tmp_path / "RUNTIME_DIR"):
        os.kill(left.pid, signal.SIGKILL)


async def test_jobs_of_a_killed_daemon_are_kept(own: Daemon) -> None:
    job = await own.prove(request(EASY + HARD, budget=600))
    found = await first_found(own, job)
    pid = (await own.status()).pid
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    following = asyncio.create_task(collect(own, job))
    os.kill(pid, signal.SIGKILL)
    assert isinstance((await following)[1], DaemonLost)
    events, error = await collect(own, job)
    assert events == [found]
    assert isinstance(error, JobInterrupted)
    assert (await info(own, job)).state is JobState.INTERRUPTED
    async with asyncio.timeout(20):
        while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
            await asyncio.sleep(0.05)


async def test_no_space_on_disk(own: Daemon) -> None:
    psutil.Process((await own.status()).pid).rlimit(psutil.RLIMIT_FSIZE, (0, 0))
    job = await own.prove(request("import Nowhere.To.Be.Found\n" + EASY))
    _, error = await collect(own, job)
    assert isinstance(error, ImportsMissing)
    problem = (await info(own, job)).not_stored
    assert problem is not None
    assert "kept in memory alone" in problem
    assert "TURNSTILE_DATA_DIR" in problem
