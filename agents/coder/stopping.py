"""Where a completion of several lines ends: with the block that the cursor is in."""

from __future__ import annotations

_CLOSERS = ("}", ")", "]", "end", "</")
_MOST_BLANK_LINES = 1


def block_end(line_before: str, text: str) -> int | None:
    """Where the block that `text` continues ends in it, or None while that is undecided.

    `line_before`: the cursor's line up to the cursor. On a fresh line (nothing but indentation before the cursor) the
    block goes on while lines are indented as much; after code, while they are indented more. A line that closes
    the block at the cursor's own indentation belongs to it.
    """
    base = _indentation(line_before)
    fresh = not line_before.strip()
    start = text.find("\n") + 1
    blank = 0
    while 0 < start < len(text):
        end = text.find("\n", start)
        line = text[start:] if end < 0 else text[start:end]
        if line.strip():
            blank = 0
            depth = _indentation(line)
            if depth == base and not fresh and line.lstrip().startswith(_CLOSERS):
                return end if end >= 0 else None
            if depth < base or (depth == base and not fresh):
                return start - 1
        elif end >= 0:
            blank += 1
            if blank > _MOST_BLANK_LINES:
                return start - 1
        start = end + 1
    return None


def _indentation(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
