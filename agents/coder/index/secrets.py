"""Secrets stay out of prompts: files that hold keys, and lines that look like credentials (`secrets.toml`)."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

_LONGEST_LINE = 20_000


class Patterns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file. `files`, `folders`: names as `fnmatch` takes them. The others are regular expressions."""

    files: list[str]
    folders: list[str]
    hints: list[str]
    lines: list[str]
    random_texts: list[str]
    block_begins: str
    block_ends: str


class _Compiled:
    def __init__(self, patterns: Patterns) -> None:
        self.file = re.compile("|".join(map(translate, patterns.files)))
        self.folders = frozenset(patterns.folders)
        self.hints = patterns.hints
        self.line = re.compile("|".join(patterns.lines))
        self.random_text = re.compile("|".join(patterns.random_texts))
        self.block_begins = re.compile(patterns.block_begins)
        self.block_ends = re.compile(patterns.block_ends)


@cache
def _compiled() -> _Compiled:
    return _Compiled(msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=Patterns))


def is_secret_file(path: str) -> bool:
    """Whether a file, by its path (absolute, or relative to the workspace; with "/"), holds keys or passwords."""
    *folders, name = path.lower().split("/")
    compiled = _compiled()
    return compiled.file.match(name) is not None or not compiled.folders.isdisjoint(folders)


def looks_secret(line: str) -> bool:
    """Whether a line looks like a credential. So does one too long to look through."""
    if len(line) > _LONGEST_LINE:
        return True
    compiled, lowered = _compiled(), line.lower()
    if any(hint in lowered for hint in compiled.hints) and compiled.line.search(line):
        return True
    return compiled.random_text.search(line) is not None


def redact(text: str) -> str:
    """`text` without the lines that look like credentials; their line ends stay, so that lines keep their numbers.

    Of a line too long to look through nothing stays. A private key of which `text` has the end alone goes as well.
    """
    compiled = _compiled()
    lines = text.split("\n")
    inside = _ends_before_it_begins(text, compiled)
    for index, line in enumerate(lines):
        begins = compiled.block_begins.search(line) is not None
        ends = compiled.block_ends.search(line) is not None
        if inside or begins or looks_secret(line):
            lines[index] = ""
        inside = (inside or begins) and not ends
    return "\n".join(lines)


def _ends_before_it_begins(text: str, compiled: _Compiled) -> bool:
    ends = compiled.block_ends.search(text)
    begins = compiled.block_begins.search(text)
    return ends is not None and (begins is None or ends.start() < begins.start())
