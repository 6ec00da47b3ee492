"""What stands around the cursor already is not said again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.filters.pairs import free_to_close, open_and_closed
from turnstile_lsp.agents.coder.filters.repetition import whole_lines
from turnstile_lsp.agents.coder.lexical import open_quote

_CHARACTERS_COMPARED = 4000
_LINES_COMPARED = 3
_TELLING = 8
_CLOSER = re.compile(r"[\W_]*(?:end|fi|done|esac)?[\W_]*")


def duplicated_prefix(text: str, cursor: Cursor) -> str:
    """The line up to the cursor, said again."""
    said_before = cursor.line_before.strip()
    if len(said_before) < _TELLING or not text.lstrip().startswith(said_before):
        return text
    rest = text.lstrip()[len(said_before) :]
    return rest.lstrip(" \t") if cursor.line_before[-1].isspace() else rest


def duplicated_suffix(text: str, cursor: Cursor) -> str:
    """The rest of the cursor's line, or the lines below."""
    rest = cursor.line_after.strip()
    if rest:
        first, more, _ = text.partition("\n")
        shorter = _without_overlap(first.rstrip(), cursor, whole=bool(more))
        if not more or shorter != first.rstrip():
            return shorter
    below = [line for line in map(_essence, cursor.after(_CHARACTERS_COMPARED).split("\n")[1:]) if line]
    said = [(index, line) for index, whole in enumerate(whole_lines(text, cursor)) if (line := _essence(whole))]
    for start, (index, _) in enumerate(said):
        if _said_already([line for _, line in said[start:]], below, at_cursor=index == 0):
            return "\n".join(text.split("\n")[:index])
    return text


def _said_already(said: Sequence[str], below: Sequence[str], *, at_cursor: bool) -> bool:
    """Whether lines are those below: all of them, or so many that it is no chance."""
    if not said or not below:
        return False
    if said == below[: len(said)]:
        return len(said) > 1 or len(said[0].strip()) > 1 or not at_cursor
    count = min(_LINES_COMPARED, len(below))
    return list(said[:count]) == list(below[:count]) and sum(map(str.isalnum, "".join(said[:count]))) >= _TELLING


def _essence(line: str) -> str:
    """What counts of a line: its indentation only where it does no more than close something."""
    if not line.strip():
        return ""
    return line.rstrip().expandtabs() if _CLOSER.fullmatch(line) else line.strip()


def _without_overlap(text: str, cursor: Cursor, *, whole: bool) -> str:
    """`text` without an end that is how the rest of the line begins; only all of the rest where more lines follow."""
    rest = cursor.line_after.strip()
    opened, closed = open_and_closed(text)
    shortest = len(rest) if whole else 2 if rest[0].isalnum() else 1
    for length in range(min(len(text), len(rest)), shortest - 1, -1):
        overlap, before = rest[:length], text[:-length]
        if text.endswith(overlap) and open_and_closed(before)[0] <= opened:
            return text if _is_needed(overlap, text, closed, cursor) else before
    return text


def _is_needed(overlap: str, text: str, closed: int, cursor: Cursor) -> bool:
    """Whether what stands behind the cursor is needed twice: brackets that the line has open, or a quote that opens a
    further string."""
    quote = open_quote(cursor.language, cursor.line_before)
    if quote and overlap == quote and open_quote(cursor.language, cursor.line_before + text) == quote:
        return True
    return 0 < closed <= free_to_close(cursor) and set(overlap) <= {*")]}"}
