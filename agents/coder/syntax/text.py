"""A document's text in blocks of UTF-8, so that the cost of an edit does not depend on the document's length.

Blocks begin, where there is a choice, at lines that begin something: a block can be parsed without those before it.
Lines end as in LSP; a lone `\\r` is kept as `\\n`, so that rows are lines for tree-sitter too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Generic, TypeVar

BLOCK_BYTES = 16 * 1024
_MOST_BYTES = 3 * BLOCK_BYTES

_LONE_RETURN = re.compile(rb"\r(?!\n)")
_DEFINITION = re.compile(
    rb"\n(?=([ \t]*)(?:@\w|(?:(?:async|export|default|public|private|protected|internal|static|final|abstract|pub|local|"
    rb"override|virtual|inline|extern|unsafe)\b[^\n]{0,12} )*(?:def|class|func|fun|fn|function|interface|struct|enum|trait|impl|"
    rb"module|namespace|package|object|type|sub|proc|void|int|theorem|lemma|defmodule)\b)[^.\n]*(?:[:{(\])=]|\n))"
)
_PARAGRAPH = re.compile(rb"\n[ \t]*\r?\n(?=[^\s)}\]])")
_LINE = re.compile(rb"\n(?=([ \t]*)[^\s)}\]#*/])")

Facts = TypeVar("Facts")


class Block(Generic[Facts]):
    """A piece of a text. `facts`: what was found out about it, perhaps before its latest edit (then `stale`)."""

    __slots__ = ("facts", "newlines", "source", "stale")

    def __init__(self, source: bytes, facts: Facts | None = None) -> None:
        self.source = source
        self.newlines = source.count(b"\n")
        self.facts = facts
        self.stale = True


class Text(Generic[Facts]):
    """A text that is edited in place. Offsets count bytes."""

    def __init__(self) -> None:
        self.blocks: list[Block[Facts]] = [Block(b"")]
        self.length = 0

    def append(self, source: bytes) -> None:
        """More text at the end, which may begin and end inside a character."""
        self.replace(self.length, self.length, source)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line (from 0) and a column in code points; the end where there is no such place."""
        start = self._line_start(line)
        ascii_part = self.slice(start, start + column)
        if ascii_part.isascii():
            return start + len(ascii_part)
        characters = self.slice(start, start + 4 * column).decode("utf-8", "ignore")[:column]
        return start + len(characters.encode())

    def slice(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`."""
        parts = []
        for at, block in self._from(start):
            if at >= end:
                break
            parts.append(block.source[max(0, start - at) : end - at])
        return b"".join(parts)

    def replace(self, start: int, end: int, new: bytes) -> bytes:
        """Put `new` in the place of what is between; `new` as it is kept. What ends a line stands in one piece."""
        first = next(index for index, (at, block) in enumerate(self.all()) if start <= at + len(block.source))
        at = sum(len(block.source) for block in self.blocks[:first])
        last, reach = first, at + len(self.blocks[first].source)
        while reach < end:
            last += 1
            reach += len(self.blocks[last].source)
        head = self.blocks[first].source[: start - at]
        tail = self.blocks[last].source[len(self.blocks[last].source) - (reach - end) :] if reach > end else b""
        new = _LONE_RETURN.sub(b"\n", new)
        merged = head + new + tail
        if len(merged) <= _MOST_BYTES:
            pieces = [Block(merged, self.blocks[first].facts)]
        else:
            pieces = [Block(piece) for piece in cut(merged)]
        self.blocks[first : last + 1] = pieces if merged else []
        self.blocks = self.blocks or [Block(b"")]
        self.length += len(new) - (end - start)
        return new

    def around(self, start: int, end: int) -> tuple[int, bytes]:
        """The text of all blocks that hold some of what lies between, and the offset at which it begins."""
        found = [(at, block) for at, block in self._from(start) if at <= end]
        return found[0][0], b"".join(block.source for _, block in found)

    def _line_start(self, line: int) -> int:
        at = 0
        for block in self.blocks:
            if line <= block.newlines:
                place = 0
                for _ in range(line):
                    place = block.source.index(b"\n", place) + 1
                return at + place
            line -= block.newlines
            at += len(block.source)
        return at

    def all(self) -> Iterator[tuple[int, Block[Facts]]]:
        """All blocks with the offsets at which they begin."""
        at = 0
        for block in self.blocks:
            yield at, block
            at += len(block.source)

    def _from(self, start: int) -> Iterator[tuple[int, Block[Facts]]]:
        """The blocks from the one on that holds the byte at `start` (the last one where there is none)."""
        last = len(self.blocks) - 1
        for index, (at, block) in enumerate(self.all()):
            if start < at + len(block.source) or index == last:
                yield at, block


def cut(source: bytes) -> Iterator[bytes]:
    """`source` in pieces of one to two times `BLOCK_BYTES` that begin at good places."""
    start = 0
    while len(source) - start > 2 * BLOCK_BYTES:
        place = _good_place(source, start + BLOCK_BYTES, start + 2 * BLOCK_BYTES)
        yield source[start:place]
        start = place
    yield source[start:]


def _good_place(source: bytes, first: int, last: int) -> int:
    """The least indented definition, as prose may stand in a comment or a string; else the end of a paragraph at column
    0, else the least indented line, else a place between two characters."""
    if definitions := list(_DEFINITION.finditer(source, first, last)):
        return min(definitions, key=lambda line: len(line[1])).end()
    if paragraph := _PARAGRAPH.search(source, first, last):
        return paragraph.end()
    if lines := list(_LINE.finditer(source, first, last)):
        return min(lines, key=lambda line: len(line[1])).end()
    if line := source.find(b"\n", first, last) + 1:
        return line
    while source[last] & 0xC0 == 0x80:
        last -= 1
    return last
