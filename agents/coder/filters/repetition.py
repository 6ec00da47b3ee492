"""A model caught in a loop."""

from __future__ import annotations

import re

from turnstile_lsp.agents.coder.document import Cursor

_MOST_EQUAL_LINES = 2
_LONGEST_BLOCK = 12
_LOOPS = 3
_WORDS = re.compile(r"(.{3,40}?)\1{4,}[^\n]*\Z")
_WORD = re.compile(r"\w\w")
_LONGEST_LINE = 1000


def repeated_lines(text: str, cursor: Cursor) -> str:
    """The same line again and again; the first two may stay."""
    lines = whole_lines(text, cursor)
    for index, line in enumerate(lines):
        if line.strip() and index >= _MOST_EQUAL_LINES and {*lines[index - _MOST_EQUAL_LINES : index]} == {line}:
            return _first_lines(text, index)
    return text


def repeated_blocks(text: str, cursor: Cursor) -> str:
    """The same two or more lines, three times in a row; the first time may stay."""
    lines = whole_lines(text, cursor)
    for start, line in enumerate(lines):
        for length in range(2, min(_LONGEST_BLOCK, (len(lines) - start) // _LOOPS) + 1) if line.strip() else ():
            if line != lines[start + length]:
                continue
            block = lines[start : start + length]
            if lines[start : start + _LOOPS * length] == block * _LOOPS and len({*block}) > 1:
                return _first_lines(text, start + length)
    return text


def repeated_words(text: str, cursor: Cursor) -> str:
    """The same few characters, five times and more, at the end of a line: a loop that the limit of tokens cut."""
    before, line_end, last = text.rpartition("\n")
    found = _WORDS.search(last) if len(last) <= _LONGEST_LINE else None
    if not found or not any(map(str.isalnum, found.group(1))):
        return text
    end = found.end(1)
    while 0 < end < len(last) and _WORD.fullmatch(last[end - 1 : end + 1]):
        end -= 1
    return before + line_end + last[:end]


def whole_lines(text: str, cursor: Cursor) -> list[str]:
    """The lines of `text`, the first one with the indentation that stands before the cursor."""
    return ((cursor.line_before if cursor.line_before.isspace() else "") + text).split("\n")


def _first_lines(text: str, count: int) -> str:
    return "\n".join(text.split("\n")[:count])
