"""Code, comment or string, told without a grammar: from the marks that the table of languages knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from turnstile_lsp.agents.coder.languages import Language

Within = Literal["code", "comment", "string"]

_LINE_START_ONLY = ("*", "/", "\\", "-#")
_SEVERAL_LINES = ('"""', "'''", "`")
_ABBREVIATION = re.compile(r"\\[^\s\\]*\Z")


def within(language: Language, before: str) -> Within:
    """What a place is in, from the text before it, which begins in code at the beginning of a line."""
    return _state(language, before)[0]


def open_quote(language: Language, before: str) -> str | None:
    """What delimits the string that the end of `before` is in; None outside strings."""
    return _state(language, before)[1]


def typing_abbreviation(language: Language, line_before: str) -> bool:
    """Whether a Lean `\\abbreviation`, which the editor will turn into a symbol, is being typed."""
    if language.name != "Lean" or not _ABBREVIATION.search(line_before):
        return False
    return within(language, line_before) != "string"


def code_of(language: Language, text: str) -> str:
    """What of a text that begins in code is neither comment nor string."""
    pieces, place = [], 0
    for start, end, _, _ in _not_code(language, text):
        pieces.append(text[place:start])
        place = len(text) if end is None else end
    return "".join([*pieces, text[place:]])


def _state(language: Language, before: str) -> tuple[Within, str | None]:
    for _, end, group, mark in _not_code(language, before):
        if end is None:
            return ("string", mark) if group == "quote" else ("comment", None)
    return "code", None


def _not_code(language: Language, text: str) -> Iterator[tuple[int, int | None, str, str]]:
    """Comments and strings: start, end (None for one that does not end), whether it is a line's or a block's comment or a
    quote, and the mark that opens it."""
    marks = _marks(language)
    place = 0
    while found := marks.search(text, place):
        mark, group, place = found.group(), found.lastgroup, found.end()
        if group is None:
            continue
        if group == "quote":
            end = string_end(text, mark, place)
        else:
            closing = "\n" if group == "line" else dict(language.block_comments)[mark]
            at = text.find(closing, place)
            end = at + len(closing) if at >= 0 else None
        yield found.start(), end, group, mark
        if end is None:
            return
        place = end


@cache
def _marks(language: Language) -> re.Pattern[str]:
    """What opens a comment or a string, longer marks before their beginnings; a backslash hides what follows it."""
    line = sorted(language.line_comments, key=len, reverse=True)
    groups = {
        "block": "|".join(re.escape(opening) for opening, _ in language.block_comments),
        "line": "|".join(_line_mark(language, mark) for mark in line),
        "quote": "|".join(map(re.escape, language.quotes)),
    }
    parts = [f"(?P<{name}>{pattern})" for name, pattern in groups.items() if pattern]
    return re.compile("|".join([*parts, r"\\."]), re.MULTILINE)


def _line_mark(language: Language, mark: str) -> str:
    escaped = re.escape(mark)
    if mark in _LINE_START_ONLY or mark in language.quotes:
        return rf"^[^\S\n]*{escaped}"
    if mark[0].isalpha():
        return rf"(?<!\w){escaped}(?!\w)" if mark[-1].isalpha() else rf"(?<!\w){escaped}"
    return rf"(?<![\w$&]){escaped}" if mark == "#" else escaped


def string_end(text: str, quote: str, start: int = 0) -> int | None:
    """Where a string that `quote` opened before `start` ends: behind its twin, or where a line ends that may not be in
    it; None where it does not end."""
    ends = _ends(quote)
    while found := ends.search(text, start):
        if not found.group().startswith("\\"):
            return found.end()
        start = found.end()
    return None


@cache
def _ends(quote: str) -> re.Pattern[str]:
    line_end = "" if quote in _SEVERAL_LINES else r"|\n"
    return re.compile(rf"\\.|{re.escape(quote)}{line_end}", re.DOTALL)
