"""Small SQLite files that several processes open."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from turnstile_lsp.agents.database import open_database

SCHEMA = "CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, count INTEGER NOT NULL)"
COUNT = "INSERT INTO counts VALUES ('a', 1) ON CONFLICT DO UPDATE SET count = count + 1"
WRITERS = 4


def test_writers_that_make_a_new_file_at_the_same_moment_all_write(tmp_path: Path) -> None:
    together = Barrier(WRITERS)

    def write(path: Path) -> None:
        together.wait()
        with closing(open_database(path, SCHEMA)) as connection, connection:
            connection.execute(COUNT)

    with ThreadPoolExecutor(WRITERS) as writers:
        for number in range(100):
            path = tmp_path / f"{number}.sqlite3"
            list(writers.map(write, [path] * WRITERS))
            with closing(open_database(path, SCHEMA)) as connection:
                assert connection.execute("SELECT count FROM counts").fetchall() == [(WRITERS,)]


def test_a_file_that_is_no_database_is_put_aside_and_one_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "counts.sqlite3"
    path.write_text("no database " * 100)
    with closing(open_database(path, SCHEMA)) as connection, connection:
        connection.execute(COUNT)
    assert path.with_suffix(".damaged").read_text().startswith("no database")
    (tmp_path / "folder.sqlite3").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        open_database(tmp_path / "folder.sqlite3", SCHEMA)
