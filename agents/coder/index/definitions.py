"""What a file defines and imports, by regular expressions (`definitions.toml`): a million lines are read in seconds.

A parser would be exact, and twenty times slower. What is missed or found too much costs a snippet, never an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

ImportStyle = Literal["python", "relative", "go", "include", "dotted", "rust"]
_WIDEST = 200
_LONGEST_DEFINITION = 12
_CLOSING = ")]}"


class Patterns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the languages `names` define and import; see the data file."""

    names: list[str]
    definitions: list[str]
    imports: list[str] = []
    import_style: ImportStyle = "dotted"


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    skipped: list[str]
    language: list[Patterns]


class _Compiled:
    def __init__(self, patterns: Patterns) -> None:
        self.definitions = [re.compile(pattern, re.MULTILINE) for pattern in patterns.definitions]
        self.imports = [re.compile(pattern, re.MULTILINE) for pattern in patterns.imports]
        self.import_style: ImportStyle = patterns.import_style


@cache
def _file() -> _File:
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=_File)


@cache
def _skipped() -> frozenset[str]:
    return frozenset(_file().skipped)


@cache
def _table() -> dict[str | None, _Compiled]:
    table: dict[str | None, _Compiled] = {}
    for patterns in _file().language:
        compiled = _Compiled(patterns)
        names: list[str | None] = [*patterns.names] or [None]
        table.update(dict.fromkeys(names, compiled))
    return table


def _of(language: str) -> _Compiled:
    table = _table()
    return table.get(language) or table[None]


def is_code(language: str) -> bool:
    """Whether files of a language are worth looking into."""
    return language not in _skipped()


def is_wide(text: str) -> bool:
    """Whether a text is made by a machine rather than written: its lines are too long to be read."""
    return len(text) > _WIDEST * (text.count("\n") + 1)


def definitions(language: str, text: str) -> Iterator[tuple[str, int]]:
    """The names that `text` defines, each with the offset of the line's text that does."""
    for pattern in _of(language).definitions:
        for found in pattern.finditer(text):
            yield found[1], found.start(1)


def imports(language: str, text: str) -> tuple[ImportStyle, list[str]]:
    """What `text` imports, as it is written there, in order."""
    compiled = _of(language)
    found = sorted((match.start(), match[1]) for pattern in compiled.imports for match in pattern.finditer(text))
    return compiled.import_style, [name for _, name in found]


def extent(lines: Sequence[str], first: int) -> int:
    """Where the definition that begins at line `first` ends, as far as a reader needs it: its head and the first lines
    that are indented deeper, with the bracket that closes it."""
    indentation = _indentation(lines[first])
    end = first + 1
    for index in range(first + 1, min(len(lines), first + _LONGEST_DEFINITION)):
        line = lines[index]
        if not line.strip():
            continue
        if _indentation(line) <= indentation:
            if line.strip()[0] in _CLOSING:
                end = index + 1
                if line.rstrip()[-1] in "{:(":
                    continue
            break
        end = index + 1
    return end


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
