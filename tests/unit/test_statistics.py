"""Counts of what became of completions."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
from pathlib import Path

from turnstile_lsp.agents.coder.statistics import Event, Statistics, Total, totals

CRASHES = """
import contextlib, os, signal, sqlite3, sys, time
from pathlib import Path
from turnstile_lsp.agents.coder.statistics import Event, Statistics, totals
path = Path(sys.argv[1])
statistics = Statistics(path)
for _ in range(5):
    statistics.count(Event.ACCEPTED, language="python", model="m", characters=3)
while True:
    with contextlib.suppress(sqlite3.OperationalError):
        if (found := totals(path)) and found[0].count == 5:
            break
    time.sleep(0.01)
os.kill(os.getpid(), signal.SIGKILL)
"""


def total(event: Event, count: int, characters: int) -> Total:
    return Total(language="python", model="m", event=event, count=count, characters=characters)


async def count(path: Path, *events: Event) -> None:
    statistics = Statistics(path)
    for event in events:
        statistics.count(event, language="python", model="m", characters=2)
    await statistics.close()


async def test_counts_add_up_over_processes_and_days(tmp_path: Path) -> None:
    path = tmp_path / "new" / "statistics.sqlite3"
    assert totals(path) == []
    await count(path, Event.OFFERED, Event.OFFERED, Event.ACCEPTED)
    await count(path, Event.OFFERED)
    assert totals(path) == [total(Event.ACCEPTED, 1, 2), total(Event.OFFERED, 3, 6)]
    assert totals(path, since=datetime.date.today() + datetime.timedelta(days=2)) == []


async def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "statistics.sqlite3"
    writers = [Statistics(path) for _ in range(3)]
    for _ in range(20):
        for writer in writers:
            writer.count(Event.SHOWN, language="python", model="m", characters=1)
    for writer in writers:
        await writer.close()
    assert totals(path) == [total(Event.SHOWN, 60, 60)]


def test_what_was_counted_outlives_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "statistics.sqlite3"
    crashed = subprocess.run([sys.executable, "-c", CRASHES, str(path)], env=dict(os.environ), timeout=60)
    assert crashed.returncode == -signal.SIGKILL
    assert totals(path) == [total(Event.ACCEPTED, 5, 15)]


def test_a_file_that_was_only_just_made_has_no_counts(tmp_path: Path) -> None:
    path = tmp_path / "statistics.sqlite3"
    path.touch()
    assert totals(path) == []


async def test_a_file_that_is_no_database_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "statistics.sqlite3"
    path.write_bytes(b"not a database, " * 200)
    await count(path, Event.REJECTED)
    assert totals(path) == [total(Event.REJECTED, 1, 2)]
    assert path.with_suffix(".damaged").read_bytes().startswith(b"not a database")


async def test_a_place_that_takes_nothing_costs_the_counts_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    await count(tmp_path / "file" / "statistics.sqlite3", Event.OFFERED)
