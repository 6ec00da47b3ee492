"""The log of a search: what every expansion gave, so that the same search goes on where it was ended or killed."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.prover.search.truncate import Segment

KEEP_SECONDS = 30 * 24 * 3600.0
_SUFFIX = ".jsonl"
_FORMAT = 1


class Head(Struct, frozen=True, kw_only=True, tag="search"):
    """The first line. `goal`: the root's; a log of another goal is not gone on with."""

    goal: str
    algorithm: str
    format: int = _FORMAT


class Expansion(Struct, frozen=True, kw_only=True, tag="expansion"):
    """A job that ended: the node that it expanded, the proof that it tried, the path that this proof inserted, and whether
    Lean had nothing against it."""

    node: int
    proof: str
    path: Sequence[Segment] = ()
    complete: bool = False


_Line = Head | Expansion
_decoder: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)


def key(*parts: str) -> str:
    """The name of a search: of everything that it depends on."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]


class SearchLog:
    """The log in a file, for one search at a time. Where there is to be no file (None), can be none, or another process
    writes it, the search runs without one. `expansions`: what was there when it was opened."""

    def __init__(self, path: Path | None, head: Head) -> None:
        self._file: int | None = None
        self.expansions: Sequence[Expansion] = ()
        if path is None:
            return
        try:
            self._open(path, head)
        except OSError as error:
            logging.warning("this search cannot be gone on with later: %s", error)
            self.close()

    def append(self, expansion: Expansion) -> None:
        """Write one line; it survives the process."""
        self._write(expansion)

    def close(self) -> None:
        """Let another search have the file; idempotent."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, path: Path, head: Head) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_old(path.parent)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lines, whole = _read(path.read_bytes())
        if lines and lines[0] == head:
            self.expansions = [line for line in lines[1:] if isinstance(line, Expansion)]
            os.ftruncate(self._file, whole)  # what a kill cut off
        else:
            os.ftruncate(self._file, 0)
            self._write(head)

    def _write(self, line: _Line) -> None:
        if self._file is None:
            return
        try:
            os.write(self._file, msgspec.json.encode(line) + b"\n")
        except OSError as error:
            logging.warning("this search cannot be gone on with later: %s", error)
            self.close()


def _read(data: bytes) -> tuple[list[_Line], int]:
    """The whole lines at the beginning, and how many bytes they take."""
    lines: list[_Line] = []
    whole = 0
    with contextlib.suppress(msgspec.MsgspecError):
        for line in data.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            lines.append(_decoder.decode(line))
            whole += len(line)
    return lines, whole


def _forget_old(folder: Path) -> None:
    for path in folder.glob("*" + _SUFFIX):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - KEEP_SECONDS:
                path.unlink()


def file_of(folder: Path, name: str) -> Path:
    """Where the log of a search lies in the data folder."""
    return folder / "searches" / (name + _SUFFIX)
