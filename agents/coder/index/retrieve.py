"""Which pieces of the workspace matter for a cursor: definitions of the names near it, then similar text."""

from __future__ import annotations

import heapq
import math
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.index.definitions import definitions, extent, is_wide
from turnstile_lsp.agents.coder.index.ignore import Withheld
from turnstile_lsp.agents.coder.index.imports import imported
from turnstile_lsp.agents.coder.index.messages import Query
from turnstile_lsp.agents.coder.index.secrets import redact

WORD = re.compile(r"[^\W\d]\w{2,60}")
_LONG_LINE = re.compile(r"[^\n]{2000,}")
_NEAR_BEFORE, _NEAR_AFTER = 12, 4
_MOST_NAMES = 40
_MOST_TERMS = 24
_MOST_DEFINITIONS = 6
_MOST_SIMILAR = 4
_MOST_IMPORTS = 80
_TOO_FREQUENT = 1000
_CANDIDATES = 24
_USED_BONUS = 0.25
_LATELY = 7 * 86400 * 10**9
"""A file ranks higher for so many nanoseconds after the user opened it."""
_BEGUN = re.compile(r"[^\W\d]\w{2,60}\Z")
_LAST = chr(0x10FFFF)
_MOST_BEGUN = 2
_NEARBY = -2
"""The rank of what is imported or close by, or a better one."""
_COMMON = 2
"""A name that is defined in more places than this says little, unless one of them is imported or close by."""

_RELATED = ({"JavaScript", "JSX", "TypeScript", "Vue", "Svelte"}, {"C", "C++", "Objective-C", "Objective-C++", "CUDA"})


class _Place(Struct, frozen=True):
    file: int
    path: str
    line: int
    end: int | None
    used: int


def retrieve(connection: sqlite3.Connection, folder: Path, query: Query) -> list[Snippet]:
    """The snippets for a query, the most relevant first. What the cursor's own surroundings show is not repeated."""
    files = _Files(folder)
    names = query.identifiers or _names_near(query)
    places = list(_definitions(connection, query, names))
    found: list[Snippet] = []
    for place in places:
        _add(found, files.snippet(place))
    for place in _similar(connection, query):
        if len(found) >= len(places) + _MOST_SIMILAR:
            break
        _add(found, files.snippet(place))
    return found


def read_text(path: Path, limit: int) -> str | None:
    """A file's text, without lines that nobody reads; None for one that is gone, too long, no regular file, or holds no
    text written by hand."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError):
        return None
    if len(data) > limit or b"\0" in data:
        return None
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return None if is_wide(text) else _LONG_LINE.sub("", text)


class _Files:
    """Texts as they are now, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[str, list[str]] = {}
        self._withheld = Withheld()

    def snippet(self, place: _Place) -> Snippet | None:
        if place.path not in self._lines:
            self._lines[place.path] = self._read(self._folder / place.path)
        lines = self._lines[place.path]
        if place.line >= len(lines):
            return None
        end = extent(lines, place.line) if place.end is None else place.end
        text = redact("\n".join(lines[place.line : end])).strip("\n")
        return Snippet(place.path, text, place.line) if text.strip() else None

    def _read(self, file: Path) -> list[str]:
        """Nothing of a file that is withheld since it was indexed."""
        return ("" if file in self._withheld else read_text(file, 1_000_000) or "").split("\n")


def _add(found: list[Snippet], snippet: Snippet | None) -> None:
    """Add a snippet unless it stands in one that is there already."""
    if snippet is not None and not any(snippet.path == old.path and _overlap(snippet, old) for old in found):
        found.append(snippet)


def _overlap(one: Snippet, other: Snippet) -> bool:
    return one.line <= other.line + other.text.count("\n") and other.line <= one.line + one.text.count("\n")


def _names_near(query: Query) -> list[str]:
    """The identifiers around the cursor, the nearest first."""
    before = WORD.findall("\n".join(query.before.split("\n")[-_NEAR_BEFORE:]))
    after = WORD.findall("\n".join(query.after.split("\n")[:_NEAR_AFTER]))
    return list(dict.fromkeys([*reversed(before), *after]))


def _definitions(connection: sqlite3.Connection, query: Query, names: Sequence[str]) -> Iterator[_Place]:
    """Those of names that begin as the cursor's word does, then those of the names near it."""
    shown = {name for name, _ in definitions(query.language, f"{query.before}\n{query.after}")}
    imported_files = _imported(connection, query)
    count = 0
    if (begun := _BEGUN.search(query.before)) is not None:
        word = begun.group()
        condition = "d.name > ? AND d.name < ? AND f.path != ?"
        found = _ranked(connection, query, imported_files, condition, word, word + _LAST, query.path)
        for rank, place in found[:_MOST_BEGUN]:
            if rank <= _NEARBY:
                yield place
                count += 1
    for name in [name for name in names if name not in shown][:_MOST_NAMES]:
        found = _ranked(connection, query, imported_files, "d.name = ?", name)
        if not found or (len(found) > _COMMON and found[0][0] > _NEARBY):
            continue
        yield found[0][1]
        count += 1
        if count == _MOST_DEFINITIONS:
            return


def _ranked(
    connection: sqlite3.Connection, query: Query, imported_files: set[int], condition: str, *values: str
) -> list[tuple[int, _Place]]:
    """The definitions for which a condition holds, each behind its rank, the lowest first."""
    rows = connection.execute(
        "SELECT f.id, f.path, d.line, f.used, f.language FROM definitions d JOIN files f ON f.id = d.file "
        f"WHERE {condition} LIMIT 200",
        values,
    )
    own_folder = query.path.rpartition("/")[0]
    found = []
    for file, path, line, used, language in rows:
        if _related(language, query.language):
            close = path == query.path or path.rpartition("/")[0] == own_folder
            rank = 4 * (file in imported_files) + 2 * close + _is_lately(used)
            found.append((-rank, _Place(file, path, line, None, used)))
    return sorted(found, key=lambda one: (one[0], one[1].path, one[1].line))


def _is_lately(used: int) -> bool:
    return used > time.time_ns() - _LATELY


def _related(one: str, other: str) -> bool:
    return one == other or any({one, other} <= family for family in _RELATED)


def _imported(connection: sqlite3.Connection, query: Query) -> set[int]:
    """The files that the document imports."""
    files: set[int] = set()
    for count, (stem, exact) in enumerate(imported(query.language, query.path, query.head or query.before)):
        if count == _MOST_IMPORTS:
            break
        rows = connection.execute("SELECT id, stem FROM files WHERE name = ? LIMIT 100", (stem.rpartition("/")[2],))
        files.update(file for file, found in rows if found == stem or (not exact and found.endswith(f"/{stem}")))
    return files


def _similar(connection: sqlite3.Connection, query: Query) -> list[_Place]:
    """Chunks of other files that share rare words with the cursor's surroundings: BM25's sum of inverse document
    frequencies, each word counted once. (FTS5's own `bm25` tokenizes every chunk again that holds any of the words.)"""
    chunks = connection.execute("SELECT max(id) FROM chunks").fetchone()[0] or 0
    scores: dict[int, float] = {}
    for term in _names_near(query)[:_MOST_TERMS]:
        rows = connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (f'"{term}"', _TOO_FREQUENT)
        ).fetchall()
        if len(rows) < _TOO_FREQUENT:
            weight = math.log(1 + chunks / (len(rows) + 0.5))
            for (chunk,) in rows:
                scores[chunk] = scores.get(chunk, 0.0) + weight
    best = heapq.nlargest(_CANDIDATES, scores.items(), key=lambda item: (item[1], -item[0]))
    ranked = []
    for chunk, score in best:
        file, path, line, lines, used, language = connection.execute(
            "SELECT f.id, f.path, c.line, c.lines, f.used, f.language FROM chunks c JOIN files f ON f.id = c.file "
            "WHERE c.id = ?",
            (chunk,),
        ).fetchone()
        if path != query.path and _related(language, query.language):
            score *= 1.0 + _USED_BONUS * _is_lately(used)
            ranked.append((-score, path, line, _Place(file, path, line, line + lines, used)))
    return [place for _, _, _, place in sorted(ranked)]
