"""One workspace's index: brought up to date in small steps, asked in between."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.index import retrieve
from turnstile_lsp.agents.coder.index.database import Database, database_path, is_damage
from turnstile_lsp.agents.coder.index.definitions import definitions, is_code
from turnstile_lsp.agents.coder.index.ignore import GIT, OWN, Ignore
from turnstile_lsp.agents.coder.index.imports import stem
from turnstile_lsp.agents.coder.index.messages import IndexStatus, Query
from turnstile_lsp.agents.coder.languages import language_of

LARGEST_FILE = 1_000_000
MOST_FILES = 200_000
_STEP_SECONDS = 0.012
_COMMIT_SECONDS = 3.0
_CHUNK_LINES = 24
_ENTRIES = 200


class WorkspaceIndex:
    """The index of `folder`. Raises `OSError` or `sqlite3.Error` where its file can be neither used nor made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._database = Database(database_path(folder))
        self._ignore = Ignore(folder)
        self._changed: dict[str, None] = {}
        self._refresh: Iterator[None] | None = self._bring_up_to_date()
        self._folders: list[str] = []
        self._too_many = False
        self._committed = time.monotonic()

    def step(self) -> bool:
        """Work for some milliseconds; whether there is more to do."""
        if not self._database.is_writer and not self._database.take_over():
            self._changed.clear()
            self._database.read_on()
            return False
        try:
            return self._step()
        except sqlite3.DatabaseError as error:
            self._start_anew(error)
            return True

    @property
    def is_ready(self) -> bool:
        """Whether all is up to date, as far as is known."""
        return not self._changed and self._refresh is None

    @property
    def folders(self) -> list[str]:
        """All folders whose files are indexed; absolute paths."""
        return self._folders

    def changed(self, paths: Sequence[str]) -> None:
        """These files or folders (relative, with "/") were made, saved or removed."""
        self._changed.update(dict.fromkeys(paths))

    def used(self, path: str) -> None:
        """A file is open: it ranks higher for some days."""
        if self._database.is_writer:
            now = time.time_ns()
            self._database.connection.execute("UPDATE files SET used = ? WHERE path = ?", (now, path))
            self._commit()

    def retrieve(self, query: Query) -> list[Snippet]:
        """The snippets that matter for a cursor, the most relevant first."""
        try:
            return retrieve.retrieve(self._database.connection, self.folder, query)
        except sqlite3.DatabaseError as error:
            if self._database.is_writer:
                self._start_anew(error)
            return []

    @property
    def problem(self) -> str | None:
        """A sentence for the user, or None."""
        if self._too_many:
            return f"Only the first {MOST_FILES:,} files of {self.folder} are indexed; exclude some in {OWN}."
        return self._database.rebuilt

    def status(self) -> IndexStatus:
        """How far it is."""
        files = self._database.connection.execute("SELECT count(*) FROM files").fetchone()[0]
        return IndexStatus(files=files, ready=self.is_ready, problem=self.problem)

    def close(self) -> None:
        """Keep what is there; idempotent."""
        self._database.close()

    def _start_anew(self, error: sqlite3.DatabaseError) -> None:
        if not is_damage(error):
            raise error
        self._database.rebuild(str(error))
        self._refresh = self._bring_up_to_date()

    def _step(self) -> bool:
        until = time.monotonic() + _STEP_SECONDS
        while self._changed and time.monotonic() < until:
            path = next(iter(self._changed))
            del self._changed[path]
            self._update(path)
            if not self._changed:
                self._commit()
        if self._refresh is not None and time.monotonic() < until:
            try:
                next(self._refresh)
            except StopIteration:
                self._refresh = None
                self._commit()
        return bool(self._changed) or self._refresh is not None

    def _commit(self) -> None:
        self._database.connection.commit()
        self._committed = time.monotonic()

    def _bring_up_to_date(self) -> Iterator[None]:
        """Compare the folder with what is known; yields every few milliseconds."""
        rows = self._database.connection.execute("SELECT path, id, size, modified FROM files")
        known: dict[str, tuple[int, int, int]] = {}
        while batch := rows.fetchmany(2000):
            known.update({path: (file, size, modified) for path, file, size, modified in batch})
            yield
        seen = 0
        self._too_many = False
        rest = time.monotonic() + _STEP_SECONDS
        for entry in self._walk():
            if entry is not None:
                seen += 1
                path, found = entry
                _, *as_before = known.pop(path, (None, 0, 0))
                if as_before != [found.st_size, found.st_mtime_ns]:
                    self._index(path, found)
            if time.monotonic() > rest:
                if time.monotonic() - self._committed > _COMMIT_SECONDS:
                    self._commit()
                yield
                rest = time.monotonic() + _STEP_SECONDS
            if seen >= MOST_FILES:
                self._too_many = True
                break
        for path, (file, _, _) in known.items():
            if self._row(path) == file:  # else it came back meanwhile
                self._database.remove_file(file)
                yield

    def _walk(self) -> Iterator[tuple[str, os.stat_result] | None]:
        """All files that are not excluded; None now and then, when it took a while to find the next. Links are not
        followed: what they point to is either in the folder anyway or none of its business."""
        folders = [""]
        self._folders = walked = []
        while folders:
            folder = folders.pop()
            walked.append(str(self.folder / folder))
            for count, entry in enumerate(_entries(self.folder / folder)):
                path = f"{folder}/{entry.name}" if folder else entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if not self._ignore.excludes_folder(path):
                            folders.append(path)
                    elif entry.is_file(follow_symlinks=False) and not self._ignore.excludes(path):
                        yield path, entry.stat(follow_symlinks=False)
                except OSError:
                    continue  # gone meanwhile
                if count % _ENTRIES == 0:
                    yield None
            yield None

    def _update(self, path: str) -> None:
        if path.rpartition("/")[2] in (GIT, OWN):
            self._ignore = Ignore(self.folder)
            self._refresh = self._bring_up_to_date()
        try:
            found = os.lstat(self.folder / path) if self._is_inside(path) else None
        except (OSError, ValueError):
            found = None
        if found is not None and stat.S_ISDIR(found.st_mode):
            if not self._ignore.excludes_folder(path):
                self._refresh = self._bring_up_to_date()
        elif found is not None and stat.S_ISREG(found.st_mode) and not self._ignore.excludes(path):
            self._index(path, found)
        else:
            self._remove(path)

    def _is_inside(self, path: str) -> bool:
        """Whether no symbolic link (and no "..") leads to a path."""
        parent = path.rpartition("/")[0]
        expected = os.path.join(os.path.realpath(self.folder), parent).rstrip("/")
        return ".." not in path.split("/") and os.path.realpath(self.folder / parent) == expected

    def _remove(self, path: str) -> None:
        """Forget a file, or all files of a folder."""
        rows = self._database.connection.execute(
            "SELECT id FROM files WHERE path = ? OR (path > ? AND path < ?)", (path, f"{path}/", f"{path}0")
        ).fetchall()
        for (file,) in rows:
            self._database.remove_file(file)

    def _row(self, path: str) -> int | None:
        row = self._database.connection.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def _index(self, path: str, found: os.stat_result) -> None:
        """Read a file anew. One that holds no text, or too much, is known by its name alone."""
        language = language_of("", path).name
        text = self._read(path, found.st_size) if is_code(language) else None
        connection = self._database.connection
        used = 0
        if (old := self._row(path)) is not None:
            used = connection.execute("SELECT used FROM files WHERE id = ?", (old,)).fetchone()[0]
            self._database.remove_file(old)
        where = stem(language, path)
        file = connection.execute(
            "INSERT INTO files (path, size, modified, language, stem, name, used) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (path, found.st_size, found.st_mtime_ns, language, where, where.rpartition("/")[2], used),
        ).lastrowid
        if text is None:
            return
        lines = text.split("\n")
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        defined = [(name, file, bisect_right(starts, offset) - 1) for name, offset in definitions(language, text)]
        connection.executemany("INSERT INTO definitions (name, file, line) VALUES (?, ?, ?)", defined)
        last = connection.execute("SELECT max(id) FROM chunks").fetchone()[0] or 0
        chunks = [
            (
                last + number,
                file,
                first,
                end - first,
                " ".join(set(retrieve.WORD.findall(text, starts[first], starts[end]))),
            )
            for number, (first, end) in enumerate(_chunks(lines, {line for _, _, line in defined}), 1)
        ]
        connection.executemany(
            "INSERT INTO chunks (id, file, line, lines) VALUES (?, ?, ?, ?)", [c[:4] for c in chunks]
        )
        connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", [(c[0], c[4]) for c in chunks])

    def _read(self, path: str, size: int) -> str | None:
        if size > LARGEST_FILE:
            return None
        return retrieve.read_text(self.folder / path, LARGEST_FILE)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What is in a folder; nothing where it is gone or not ours to read. Names that are no text are left out."""
    try:
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if entry.name.isascii() or _is_text(entry.name))
    except OSError:
        return


def _is_text(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _chunks(lines: Sequence[str], heads: set[int]) -> Iterator[tuple[int, int]]:
    """First line and end of each chunk: as many whole definitions or paragraphs as fit, but few enough lines."""
    first = 0
    while first < len(lines):
        end = min(len(lines), first + _CHUNK_LINES)
        if end < len(lines):
            cuts = (
                cut for cut in range(end, first + _CHUNK_LINES // 2, -1) if cut in heads or not lines[cut - 1].strip()
            )
            end = next(cuts, end)
        yield first, end
        first = end
