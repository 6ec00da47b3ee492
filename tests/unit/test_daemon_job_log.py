"""Jobs on disk: what a killed daemon leaves, and a disk that is full."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from turnstile_lsp.agents.daemon import job_log
from turnstile_lsp.agents.daemon.job_log import JobLog, forget_old, stored, stored_jobs
from turnstile_lsp.agents.daemon.lock import Holder
from turnstile_lsp.agents.daemon.messages import Job, JobState
from turnstile_lsp.agents.prover.results import Finished, Found, HoleResult, Place, Progress, Status

JOB = Job(id="20260101-000000-abcd", path="/a.lean", started=1.0, state=JobState.RUNNING)
FOUND = Found(
    result=HoleResult(
        name="a",
        title="a", line=1, column=2, end=Place(line=1, column=7), start_offset=1, end_offset=6, command_start_offset=0, command_end_offset=6,
        status=Status.PROVED, proof="by\u2028omega", axioms=[], unfinished=[],
    )
)  # fmt: skip
END = Finished(text="example : True := trivial\r\n", results=[FOUND.result], new_errors=[])


def test_finished_job(tmp_path: Path) -> None:
    log = JobLog(tmp_path / "jobs", JOB)
    for event in (Progress(stage="portfolio", message=""), FOUND, END):
        log.record(event)
    log.close(replace(JOB, state=JobState.FINISHED))
    assert stored(tmp_path / "jobs", JOB.id) == (replace(JOB, state=JobState.FINISHED), [FOUND, END])
    assert (tmp_path / "jobs").stat().st_mode & 0o077 == 0
    assert next((tmp_path / "jobs").iterdir()).stat().st_mode & 0o077 == 0


def test_job_of_a_living_daemon_runs(tmp_path: Path) -> None:
    JobLog(tmp_path, JOB).record(FOUND)
    assert stored(tmp_path, JOB.id) == (JOB, [FOUND])


def test_job_of_a_killed_daemon_is_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_log, "this_process", lambda: Holder(pid=os.getpid(), started="another time"))
    JobLog(tmp_path, JOB).record(FOUND)
    assert stored(tmp_path, JOB.id) == (replace(JOB, state=JobState.INTERRUPTED), [FOUND])
    assert stored_jobs(tmp_path) == [replace(JOB, state=JobState.INTERRUPTED)]


def test_line_that_was_cut_off(tmp_path: Path) -> None:
    log = JobLog(tmp_path, JOB)
    log.record(FOUND)
    log.record(END)
    path = tmp_path / f"{JOB.id}.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    assert stored(tmp_path, JOB.id) == (JOB, [FOUND])


def test_full_disk_is_told_and_the_job_goes_on(tmp_path: Path) -> None:
    (tmp_path / f"{JOB.id}.jsonl").symlink_to("/dev/full")
    log = JobLog(tmp_path, JOB)
    log.record(FOUND)
    assert log.problem is not None
    assert "kept in memory alone" in log.problem
    assert "No space left on device" in log.problem
    assert "TURNSTILE_DATA_DIR" in log.problem


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = JobLog(tmp_path / "file" / "jobs", JOB)
    assert log.problem is not None
    assert "Not a directory" in log.problem


@pytest.mark.parametrize("number", ["../other", "none", "", "."])
def test_unknown_jobs(tmp_path: Path, number: str) -> None:
    JobLog(tmp_path, replace(JOB, id="other"))
    (tmp_path / "jobs").mkdir()
    assert stored(tmp_path / "jobs", number) is None


def test_old_jobs_are_forgotten(tmp_path: Path) -> None:
    JobLog(tmp_path, JOB)
    JobLog(tmp_path, replace(JOB, id="new"))
    old = time.time() - job_log.KEEP_SECONDS - 10
    os.utime(tmp_path / f"{JOB.id}.jsonl", (old, old))
    forget_old(tmp_path)
    assert [job.id for job in stored_jobs(tmp_path)] == ["new"]
