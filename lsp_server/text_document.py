"""A document as the editor has it: a list of lines, edited in place.

Line ends are those of LSP (`\\n`, `\\r\\n`, `\\r`) and no others, so that a form feed or U+2028 never shifts a line.
Positions from the client count code units of the negotiated encoding; inside, columns and offsets are code points.
The cost of a small edit does not depend on the size of the document.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from lsprotocol.types import (
    Position,
    PositionEncodingKind,
    Range,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)
from pygls.uris import to_fs_path

_SURROGATE = re.compile("[\ud800-\udfff]")
_CODECS = {PositionEncodingKind.Utf8: "utf-8", PositionEncodingKind.Utf16: "utf-16-le"}


class Edit(NamedTuple):
    """`[start, end)` of the text before the edit was replaced by `replacement`; offsets in code points."""

    start: int
    end: int
    replacement: str


class Splice(NamedTuple):
    """What lay between two places of the text before the edit, each a line and a column, was replaced. A column past a
    line's content counts its end too."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def split_lines(text: str) -> list[str]:
    """The lines with their ends; the last one has none, and is empty after a final line end."""
    lines = list(io.StringIO(text, newline=""))
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def content_length(line: str) -> int:
    """Length of a line without its end."""
    if line.endswith("\r\n"):
        return len(line) - 2
    return len(line) - line.endswith(("\n", "\r"))


class TextDocument:
    """One document; pygls' workspace sets `version` and calls `apply_change`. `is_binary`: a NUL was in its text.
    `on_splice` hears of every edit once it is applied: None where the whole text was replaced."""

    def __init__(
        self,
        uri: str,
        text: str,
        *,
        version: int | None = None,
        language_id: str | None = None,
        encoding: PositionEncodingKind | str = PositionEncodingKind.Utf16,
    ) -> None:
        self.uri = uri
        self.version = version
        self.language_id = language_id
        self._codec = _CODECS.get(PositionEncodingKind(encoding))
        self._watches: list[list[Edit]] = []
        self.on_splice: Callable[[Splice | None], None] | None = None
        self._text: str | None = None
        self.is_binary = False
        self._replace_all(text)

    @property
    def path(self) -> str | None:
        """The file's absolute path; None for a document that was never saved."""
        return to_fs_path(self.uri) if self.uri.startswith("file:") else None

    @property
    def file_name(self) -> str:
        """The last part of the URI's path."""
        return os.path.basename(self.path or self.uri)

    @property
    def text(self) -> str:
        """The whole text. Lone halves of surrogate pairs, which no encoding can carry, read as U+FFFD."""
        if self._text is None:
            self._text = self._join(0, len(self.lines))
        return self._text

    def window(self, line: int, reach: int) -> tuple[str, int]:
        """The text of at least `reach` lines, where there are so many, on both sides, and the number of its first line.

        Its beginning stays while the cursor moves on, so that offsets in it, and what is derived from them, stay too.
        """
        first = max(0, line // reach - 1) * reach
        return self._join(first, line + reach + 1), first

    @contextmanager
    def watch(self) -> Iterator[list[Edit]]:
        """The edits made from now on, in order, in a list that grows while the context is open."""
        edits: list[Edit] = []
        self._watches.append(edits)
        try:
            yield edits
        finally:
            self._watches = [watch for watch in self._watches if watch is not edits]

    def apply_change(self, change: TextDocumentContentChangeEvent) -> None:
        """Apply one change of `textDocument/didChange`."""
        if isinstance(change, TextDocumentContentChangePartial):
            self._replace(change.range, change.text)
        elif self._watches:
            before = "".join(self.lines)
            self._replace_all(change.text)
            self._record(_difference(before, "".join(self.lines)))
        else:
            self._replace_all(change.text)
        if self.on_splice is not None and not isinstance(change, TextDocumentContentChangePartial):
            self.on_splice(None)

    def line_and_column(self, position: Position) -> tuple[int, int]:
        """A client's position as line and column in code points, moved into the document where it lies outside."""
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = self.lines[position.line]
        content = line[: content_length(line)]
        return position.line, self._code_points(content, position.character)

    def offset(self, position: Position) -> int:
        """A client's position as an offset in code points."""
        line, column = self.line_and_column(position)
        return sum(map(len, self.lines[:line])) + column

    def position(self, offset: int) -> Position:
        """An offset in code points as a position for the client; between `\\r` and `\\n` is before both."""
        line = 0
        while line < len(self.lines) - 1 and offset >= len(self.lines[line]):
            offset -= len(self.lines[line])
            line += 1
        return self.position_at(line, offset)

    def position_at(self, line: int, column: int) -> Position:
        """A line and a column in code points as a position for the client."""
        text = self.lines[line]
        return Position(line, self._code_units(text[: min(column, content_length(text))]))

    def range(self, start: int, end: int) -> Range:
        """A range of offsets for the client."""
        return Range(self.position(start), self.position(end))

    def _replace(self, where: Range, text: str) -> None:
        first, start = self.line_and_column(where.start)
        last, end = self.line_and_column(where.end)
        if (last, end) < (first, start):
            first, start, last, end = last, end, first, start
        prefix, suffix = self.lines[first][:start], self.lines[last][end:]
        new = self._merged(prefix + text + suffix)
        if self._watches:
            old_length = sum(map(len, self.lines[first : last + 1]))
            line_start = sum(map(len, self.lines[:first]))
            if len(new) == len(prefix) + len(text) + len(suffix):
                self._record(Edit(line_start + start, line_start + old_length - len(suffix), text))
            else:
                self._record(Edit(line_start, line_start + old_length, new))
        splice = Splice((first, start), (last, end), text)
        if text.endswith("\r"):  # what follows decides which line end this is
            splice = Splice((first, start), (last, len(self.lines[last])), text + suffix)
        if len(new) != len(prefix) + len(text) + len(suffix):
            splice = Splice((first, 0), (last, len(self.lines[last])), new)
        if new.startswith("\n") and first > 0 and self.lines[first - 1].endswith("\r"):
            first -= 1
            splice = Splice((first, len(self.lines[first]) - 1), (last, len(self.lines[last])), "\r" + new)
            new = self.lines[first] + new
        new_lines = split_lines(new)
        if last < len(self.lines) - 1:
            new_lines.pop()
        self.lines[first : last + 1] = new_lines
        self.is_binary = self.is_binary or "\0" in text
        self._text = None
        if self.on_splice is not None:
            self.on_splice(splice)

    def _join(self, first: int, end: int) -> str:
        text = "".join(self.lines[first:end])
        return _SURROGATE.sub("\ufffd", text) if self._has_surrogates else text

    def _replace_all(self, text: str) -> None:
        self._has_surrogates = False
        self._text = None
        self.lines = split_lines(self._merged(text))
        self.is_binary = "\0" in text

    def _merged(self, text: str) -> str:
        """Halves of a surrogate pair that meet, typed one after the other, are one code point."""
        if text.isascii() or not _SURROGATE.search(text):
            return text
        self._has_surrogates = True
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")

    def _record(self, edit: Edit) -> None:
        for edits in self._watches:
            edits.append(edit)

    def _code_points(self, content: str, units: int) -> int:
        """How many whole code points fit into so many code units."""
        if self._codec is None or content.isascii():
            return min(units, len(content))
        encoded = content.encode(self._codec, "surrogatepass")
        end = units * 2 if self._codec == "utf-16-le" else units
        while end < len(encoded) and self._inside_character(encoded, end):
            end -= 1
        return len(encoded[:end].decode(self._codec, "surrogatepass"))

    def _inside_character(self, encoded: bytes, index: int) -> bool:
        if self._codec == "utf-8":
            return encoded[index] & 0xC0 == 0x80
        if index % 2:
            return True
        low, high = encoded[index + 1] & 0xFC == 0xDC, encoded[index - 1] & 0xFC == 0xD8
        return index >= 2 and low and high

    def _code_units(self, text: str) -> int:
        if self._codec is None or text.isascii():
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // (2 if self._codec == "utf-16-le" else 1)


def _difference(before: str, after: str) -> Edit:
    """The smallest single edit from one text to another."""
    start = _common_length(before, after)
    tail = _common_length(before[start:][::-1], after[start:][::-1])
    return Edit(start, len(before) - tail, after[start : len(after) - tail])


def _common_length(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
