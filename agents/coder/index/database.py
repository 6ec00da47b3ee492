"""The index of one workspace as an SQLite file: files, definitions by name, words of chunks for full-text search.

It can be made again at any time, so a damaged file is removed and said. One process writes (it holds a lock file's
lock); others read.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sqlite3
import time
from pathlib import Path
from typing import BinaryIO

from turnstile_lsp.agents import places

logger = logging.getLogger(__name__)

VERSION = 1
_KEPT_SECONDS = 90 * 86400
_SCHEMA = f"""
BEGIN;
CREATE TABLE files (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, modified INTEGER NOT NULL,
  language TEXT NOT NULL, stem TEXT NOT NULL, name TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX files_by_name ON files (name);
CREATE TABLE definitions (name TEXT NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL);
CREATE INDEX definitions_by_name ON definitions (name);
CREATE INDEX definitions_by_file ON definitions (file);
CREATE TABLE chunks (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, line INTEGER NOT NULL, lines INTEGER NOT NULL);
CREATE INDEX chunks_by_file ON chunks (file);
CREATE VIRTUAL TABLE words USING fts5 (text, detail = none, tokenize = "ascii tokenchars '_'");
INSERT INTO words (words, rank) VALUES ('hashsize', 131072);
PRAGMA user_version = {VERSION};
COMMIT;
"""
_OUTSIDE = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM,
)  # fmt: skip


def database_path(folder: Path) -> Path:
    """Where the index of a workspace folder is kept."""
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:24]
    return places.data_folder() / "index" / f"{digest}.sqlite"


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error comes from what is in the file, and not from the disk, the memory or another process."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF not in _OUTSIDE


class Database:
    """One open index. `rebuilt`: why an old file was removed, or None.

    Raises `OSError` or `sqlite3.Error` where the file can be neither used nor made.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self.rebuilt: str | None = None
        self._lock: BinaryIO | None = None
        self.connection = _empty()
        if not self.take_over():
            self.read_on()

    @property
    def is_writer(self) -> bool:
        """Whether this process may change the index."""
        return self._lock is not None

    def take_over(self) -> bool:
        """Become the one that writes, unless another process is."""
        lock = self._path.with_suffix(".lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        _forget_unused(self._path)
        self.connection.close()
        try:
            self.connection = self._open()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self.rebuild(str(error))
        return True

    def read_on(self) -> None:
        """Read what another process has written, once it has made the file."""
        self.connection.close()
        try:
            self.connection = self._open()
        except sqlite3.DatabaseError:
            self.connection = _empty()

    def rebuild(self, reason: str) -> None:
        """Start anew with an empty file."""
        self.rebuilt = f"The workspace index {self._path} was damaged ({reason}) and is made anew."
        logger.warning("%s", self.rebuilt)
        self.connection.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self.connection = self._open()

    def remove_file(self, file: int) -> None:
        """Forget a file and all that it holds."""
        for table, column in (("definitions", "file"), ("chunks", "file"), ("files", "id")):
            if table == "chunks":
                self.connection.execute(
                    "DELETE FROM words WHERE rowid IN (SELECT id FROM chunks WHERE file = ?)", (file,)
                )
            self.connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (file,))

    def close(self) -> None:
        """Keep what was written, and let another process write."""
        if self.is_writer:
            self.connection.commit()
        self.connection.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=0.2)
        try:
            if not self.is_writer:
                connection.execute("PRAGMA query_only = 1")
                connection.execute("SELECT count(*) FROM files LIMIT 1")
                return connection
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, VERSION):
                raise sqlite3.DatabaseError("it is of another version")
            if version == 0:
                connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _empty() -> sqlite3.Connection:
    """What is read until there is a file."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(_SCHEMA)
    return connection


def _forget_unused(own: Path) -> None:
    """Remove the indexes of workspaces that were not opened for months."""
    os.utime(own.with_suffix(".lock"))
    for lock in own.parent.glob("*.lock"):
        if lock.stat().st_mtime < time.time() - _KEPT_SECONDS:
            for old in own.parent.glob(f"{lock.stem}.*"):
                old.unlink(missing_ok=True)
