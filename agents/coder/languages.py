"""The languages that the coder knows: what a file's `languageId` or name says of comments, strings and blocks.

The table, `languages.json`, is written by `python -m tools.languages`; it is read when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePath
from typing import Literal

import msgspec

_TABLE = Path(__file__).with_name("languages.json")


class Language(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A language.

    `ids`: LSP languageIds of VS Code and Neovim; each names one language. `patterns`: `*` and a suffix, or a whole file
    name; each belongs to one language. `block_comments`: pairs of opening and closing marks. `quotes`: what delimits
    strings, longer marks first; those of three characters and ` may enclose several lines. `grammar`: its name in tree-sitter-language-pack.
    """

    name: str
    ids: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    line_comments: tuple[str, ...] = ()
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: tuple[str, ...] = ('"', "'")
    blocks: Literal["braces", "indent", "end", "none"] = "braces"
    grammar: str | None = None

    def comment(self, text: str) -> str | None:
        """`text`, one line, as a comment; None in a language without comments."""
        if self.line_comments:
            return f"{self.line_comments[0]} {text}"
        if self.block_comments:
            opening, closing = self.block_comments[0]
            return f"{opening} {text} {closing}"
        return None


PLAIN = Language(name="Plain text", quotes=(), blocks="end")
"""What is said of a file that no language is known for: anything may close a block."""


@cache
def languages() -> tuple[Language, ...]:
    """All languages, those of DeepSeek-Coder-V2's list first."""
    return msgspec.json.decode(_TABLE.read_bytes(), type=tuple[Language, ...])


def language_of(language_id: str, path: str = "") -> Language:
    """The language with this LSP languageId, else the one that a file of this name is written in, else `PLAIN`."""
    found = _by_id().get(language_id)
    if found and found.name != "Text":
        return found
    return next((by_name for key in _keys(path) if (by_name := _by_pattern().get(key))), found or PLAIN)


def is_among(named: Sequence[str], language_id: str, path: str = "") -> bool:
    """Whether a document's language is among those named, by whichever editor's identifier."""
    if language_id in named:
        return True
    language = language_of(language_id, path)
    return any(language is language_of(other) is not PLAIN for other in named)


@cache
def _by_id() -> dict[str, Language]:
    return {id_: language for language in languages() for id_ in language.ids}


@cache
def _by_pattern() -> dict[str, Language]:
    return {pattern: language for language in languages() for pattern in language.patterns}


def _keys(path: str) -> Iterator[str]:
    """The patterns that a file's name may be found by, the most specific first."""
    name = PurePath(path).name
    yield name
    suffixes = name.split(".")[1:]
    for start in range(len(suffixes)):
        suffix = "*." + ".".join(suffixes[start:])
        yield suffix
        yield suffix.lower()
