"""Small SQLite files in the data folder: opened by several processes, begun anew where they are damaged."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
_PAUSE_SECONDS = 0.005


def open_database(path: Path, schema: str) -> sqlite3.Connection:
    """The database at `path`, made where there is none; one that is none any more is put aside and begun anew.

    Raises `OSError` or `sqlite3.Error` where it can be neither used nor made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path, schema)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # locked, full or not writable: not damaged
            raise
        path.replace(path.with_suffix(".damaged"))
        logger.warning("%s was no database any more and is begun anew; the old file is beside it.", path)
        return _connect(path, schema)


def _connect(path: Path, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        _use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        with connection:
            connection.execute(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """SQLite refuses this at once, without its own wait, while another process makes the same new file."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
