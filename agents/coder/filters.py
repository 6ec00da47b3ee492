"""What is done to a model's raw answer before it is shown: an ordered list of small pure functions.

Each takes the text and the cursor and gives the text that remains; an empty one shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from turnstile_lsp.agents.coder.document import Cursor

Filter = Callable[[str, Cursor], str]

_FENCED = re.compile(r"\s*```[\w+-]*(?:\n(.*?))?(?:\n```.*)?\s*", re.DOTALL)
_SPECIAL_TOKEN = re.compile(r"<｜[^｜\n]*｜>")
_OPENING, _CLOSING = "([{", ")]}"
_MOST_EQUAL_LINES = 2
_LINES_COMPARED = 400


def code_fences(text: str, cursor: Cursor) -> str:
    """A model that chats puts its code between fences; only the code counts."""
    fenced = None if cursor.document.language_id == "markdown" else _FENCED.fullmatch(text)
    return fenced.group(1) or "" if fenced else text


def special_tokens(text: str, cursor: Cursor) -> str:
    """Special tokens written out end an answer."""
    return _SPECIAL_TOKEN.split(text, maxsplit=1)[0]


def repeated_lines(text: str, cursor: Cursor) -> str:
    """A model caught in a loop says the same line again and again; the first two may stay."""
    kept: list[str] = []
    for line in text.split("\n"):
        if line.strip() and kept[-_MOST_EQUAL_LINES:] == [line] * _MOST_EQUAL_LINES:
            break
        kept.append(line)
    return "\n".join(kept)


def duplicated_suffix(text: str, cursor: Cursor) -> str:
    """What already stands behind the cursor is not said again: the rest of its line, or the lines below."""
    rest = cursor.line_after.strip()
    if rest and "\n" not in text:
        return _without_overlap(text.rstrip(), rest)
    below = [line.strip() for line in cursor.after(_LINES_COMPARED * 10).split("\n")[1:] if line.strip()]
    lines = text.split("\n")
    for index in range(len(lines)):
        said = [line.strip() for line in lines[index:] if line.strip()]
        if said and said == below[: len(said)] and (len(said) > 1 or len(said[0]) > 1 or index > 0):
            return "\n".join(lines[:index])
    return text


def unbalanced_closing(text: str, cursor: Cursor) -> str:
    """A bracket that would close what the rest of the line closes already ends the answer."""
    _, closed_behind = _open_and_closed(cursor.line_after)
    if not closed_behind:
        return text
    free = _open_and_closed(cursor.line_before)[0] - closed_behind
    for index, character in enumerate(text):
        if character in _CLOSING and _open_and_closed(text[: index + 1])[1] > max(0, free):
            return text[:index]
    return text


def trailing_space(text: str, cursor: Cursor) -> str:
    """White space at the end helps nobody."""
    return text.rstrip()


def line_ends(text: str, cursor: Cursor) -> str:
    """Line ends as the document has them."""
    return text.replace("\n", "\r\n") if cursor.uses_crlf else text


FILTERS: Sequence[Filter] = (
    code_fences,
    special_tokens,
    repeated_lines,
    duplicated_suffix,
    unbalanced_closing,
    trailing_space,
    line_ends,
)


WHOEVER_ASKS: Sequence[Filter] = (code_fences, special_tokens, trailing_space, line_ends)
"""For an answer of which the others leave nothing: who asks gets an answer, even one that says what stands there already."""


def clean(text: str, cursor: Cursor, filters: Sequence[Filter] = FILTERS) -> str:
    """`text` after all filters, in their order."""
    for filter_ in filters:
        text = filter_(text, cursor)
    return text


def _without_overlap(text: str, rest: str) -> str:
    opened, _ = _open_and_closed(text)
    shortest = 2 if rest[0].isalnum() else 1
    for length in range(min(len(text), len(rest)), shortest - 1, -1):
        if text.endswith(rest[:length]) and _open_and_closed(text[:-length])[0] <= opened:
            return text[:-length]
    return text


def _open_and_closed(text: str) -> tuple[int, int]:
    """How many brackets `text` opens and does not close, and how many it closes without having opened them."""
    opened = closed = 0
    for character in text:
        if character in _OPENING:
            opened += 1
        elif character in _CLOSING:
            opened, closed = (opened - 1, closed) if opened else (0, closed + 1)
    return opened, closed
