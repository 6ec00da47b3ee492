"""Which characters of a Lean text are comments, strings left alone."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
    (?P<line>--[^\n]*)
  | (?P<open>/-)
  | (?P<string>"(?:\\.|[^"\\])*(?:"|\Z))
  | (?P<raw>(?<!\w)r(?P<hashes>\#*)".*?(?:"(?P=hashes)|\Z))
  | (?P<character>(?<![\w'!?])'(?:\\.[^']*|[^\\'\n])')
    """,
    re.S | re.X,
)
_BLOCK = re.compile(r"/-|-/")


class Comments:
    """The comments of a text: `spans`, in order; a block comment that never ends reaches to the end of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.spans = list(_spans(text))

    def blanked(self) -> str:
        """The text with spaces in place of comments, line ends kept."""
        pieces, at = [], 0
        for start, end in self.spans:
            pieces += [self._text[at:start], re.sub(r"[^\n]", " ", self._text[start:end])]
            at = end
        return "".join([*pieces, self._text[at:]])

    def crosses(self, offset: int) -> bool:
        """Whether a comment begins before an offset, a line end, and goes on behind it."""
        return any(start < offset < end for start, end in self.spans)


def _spans(text: str) -> list[tuple[int, int]]:
    found = []
    at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        at = match.end()
        if match["line"] is not None:
            found.append(match.span())
        elif match["open"] is not None:
            at = _block_end(text, match.end())
            found.append((match.start(), at))
    return found


def _block_end(text: str, at: int) -> int:
    """Where a block comment ends whose opening ends at `at`; they nest."""
    depth = 1
    while depth and (match := _BLOCK.search(text, at)) is not None:
        depth += 1 if match[0] == "/-" else -1
        at = match.end()
    return len(text) if depth else at
