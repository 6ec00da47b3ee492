"""What became of completions: counts by day, language and model, in SQLite in the data folder. No text is kept."""

from __future__ import annotations

import asyncio
import datetime
import logging
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents import places
from turnstile_lsp.agents.database import BUSY_SECONDS, open_database

logger = logging.getLogger(__name__)

FILE_NAME = "statistics.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS completions (
  day TEXT NOT NULL, language TEXT NOT NULL, model TEXT NOT NULL, event TEXT NOT NULL,
  count INTEGER NOT NULL, characters INTEGER NOT NULL,
  PRIMARY KEY (day, language, model, event)
) WITHOUT ROWID
"""
_COUNT = """
INSERT INTO completions VALUES (?, ?, ?, ?, 1, ?)
ON CONFLICT DO UPDATE SET count = count + 1, characters = characters + excluded.characters
"""
_TOTALS = """
SELECT language, model, event, SUM(count), SUM(characters) FROM completions WHERE day >= ?
GROUP BY language, model, event ORDER BY language, model, event
"""


class Event(StrEnum):
    """`OFFERED`: sent to the editor. `SHOWN`, `REJECTED`: as far as the editor tells. `PARTLY_ACCEPTED`: its beginning."""

    OFFERED = "offered"
    SHOWN = "shown"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"


class Total(Struct, frozen=True, kw_only=True):
    """How often something happened to one model's completions in one language, and how long those were together."""

    language: str
    model: str
    event: Event
    count: int
    characters: int


def statistics_file() -> Path:
    """Where the counts are."""
    return places.data_folder() / FILE_NAME


class Statistics:
    """The writer. Each count is committed on its own, in a thread: nothing waits for it, and no crash loses it."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or statistics_file()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="statistics")
        self._connection: sqlite3.Connection | None = None
        self._failed = False

    def count(self, event: Event, *, language: str, model: str, characters: int) -> None:
        """Count one completion of so many characters."""
        day = datetime.date.today().isoformat()
        self._thread.submit(self._write, (day, language, model, event.value, characters))

    async def close(self) -> None:
        """Write what is left, and close."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def _write(self, row: tuple[str, str, str, str, int]) -> None:
        try:
            self._connection = self._connection or open_database(self._path, _SCHEMA)
            with self._connection:
                self._connection.execute(_COUNT, row)
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            if not self._failed:
                logger.warning("Statistics cannot be written to %s: %s", self._path, error)
            self._failed = True

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def totals(path: Path | None = None, *, since: datetime.date = datetime.date.min) -> Sequence[Total]:
    """All counts from a day on; none where nothing was ever counted. Raises `sqlite3.Error` for a file that is no database."""
    path = path or statistics_file()
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'completions'").fetchone() is None:
            return []  # the first count is just being written
        rows = connection.execute(_TOTALS, (since.isoformat(),)).fetchall()
    return [
        Total(language=language, model=model, event=Event(event), count=count, characters=characters)
        for language, model, event, count, characters in rows
    ]
