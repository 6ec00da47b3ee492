"""What an answer may repeat, for `Request.reference`: pieces of the document around the cursor, and of other files.

An engine keeps what it has worked out of a text, so a piece must stay the same while the user types elsewhere: pieces end
at lines chosen by their content alone, wherever they have moved to.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.document import CompletionDocument, unified

REACH = 8_000
"""Characters on both sides of the cursor."""

LINES = 32
"""Of so many lines one ends a piece, on average."""


def references(document: CompletionDocument, offset: int, snippets: Sequence[Snippet]) -> list[str]:
    """Whole pieces before and behind the cursor, the nearest first, then the snippets."""
    before = [*pieces(unified(document.text[max(0, offset - REACH) : offset]))]
    behind = [*pieces(unified(document.text[offset : offset + REACH]))]
    # The first piece of a stretch begins anywhere, and so does the last one of what is before the cursor end.
    inner = [*before[1:-1][::-1], *behind[1:-1]] if offset > REACH else [*before[:-1][::-1], *behind[1:-1]]
    return [*inner, *(snippet.text for snippet in snippets)]


def pieces(text: str) -> Iterator[str]:
    """The text in pieces that end at lines of a certain content."""
    piece: list[str] = []
    for line in text.splitlines(keepends=True):
        piece.append(line)
        if zlib.crc32(line.encode("utf-8", "replace")) % LINES == 0:
            yield "".join(piece)
            piece = []
    if piece:
        yield "".join(piece)
