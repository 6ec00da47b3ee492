"""Code points of the caller's text and bytes of the text that Lean reads, one to the other.

Lean refuses a carriage return in a text that does not come from a file, so CRLF becomes LF on the way in.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate


class Positions:
    """Maps offsets of one text. A position inside CRLF is taken for the one before it, one past the end for the end."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in self._lines), initial=0))
        self._lean_lines = [line.removesuffix("\r").encode() for line in self._lines[:-1]] + [self._lines[-1].encode()]
        self._lean_starts = list(accumulate((len(line) + 1 for line in self._lean_lines), initial=0))
        self.lean = b"\n".join(self._lean_lines)
        """The text as Lean reads it, in UTF-8."""

    def to_byte(self, offset: int) -> int:
        """The byte of `lean` for an offset in code points."""
        line = self._line(self._starts, offset)
        start = self._starts[line]
        within = self._lines[line][: max(0, offset - start)].encode()
        return self._lean_starts[line] + min(len(within), len(self._lean_lines[line]))

    def to_offset(self, byte: int) -> int:
        """The offset in code points for a byte of `lean`."""
        line = self._line(self._lean_starts, byte)
        within = self._lean_lines[line][: max(0, byte - self._lean_starts[line])]
        return self._starts[line] + len(within.decode(errors="ignore"))

    def column(self, offset: int) -> int:
        """Code points between the start of the line and an offset."""
        return offset - self._starts[self._line(self._starts, offset)]

    def _line(self, starts: list[int], position: int) -> int:
        return min(max(bisect_right(starts, position) - 1, 0), len(self._lines) - 1)


def common_prefix(a: bytes, b: bytes) -> int:
    """How many bytes two texts begin with in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
