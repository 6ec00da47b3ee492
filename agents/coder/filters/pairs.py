"""Brackets and quotes, against what closes behind the cursor already."""

from __future__ import annotations

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.lexical import code_of, open_quote, string_end

_OPENING, _CLOSING = "([{", ")]}"


def unbalanced_closing(text: str, cursor: Cursor) -> str:
    """A bracket that would close what the rest of the line closes already, or nothing at all, ends the answer."""
    if open_and_closed(cursor.line_after)[1]:
        free = free_to_close(cursor)
    elif is_closed(cursor):
        free = 0
    else:
        return text
    opened = closed = 0
    for index, character in enumerate(text):
        if character in _OPENING:
            opened += 1
        elif character in _CLOSING:
            opened, closed = (opened - 1, closed) if opened else (0, closed + 1)
            if closed > free:
                return text[:index]
    return text


def closed_string(text: str, cursor: Cursor) -> str:
    """In a string that is closed behind the cursor, the quote that would close it a first time ends the answer."""
    quote = open_quote(cursor.language, cursor.line_before)
    if quote is None or quote not in cursor.line_after:
        return text
    end = string_end(text, quote)
    if end is None or open_quote(cursor.language, text[end:]) == quote:
        return text
    return text[: end - len(quote)] if text[:end].endswith(quote) else text[: end - 1]


def open_and_closed(text: str) -> tuple[int, int]:
    """How many brackets `text` opens and does not close, and how many it closes without having opened them."""
    opened = closed = 0
    for character in text:
        if character in _OPENING:
            opened += 1
        elif character in _CLOSING:
            opened, closed = (opened - 1, closed) if opened else (0, closed + 1)
    return opened, closed


def is_closed(cursor: Cursor) -> bool:
    """Whether surely no bracket is open at the cursor, in a language in which brackets come in pairs (a shell's `case` has
    some that do not)."""
    language = cursor.language
    if language.grammar is None or language.blocks not in ("braces", "indent"):
        return False
    if not cursor.sees_beginning or cursor.within != "code":
        return False
    return not open_and_closed(code_of(language, cursor.lines_before))[0]


def free_to_close(cursor: Cursor) -> int:
    """How many brackets the cursor's line opens before the cursor and does not close behind it."""
    return max(0, open_and_closed(cursor.line_before)[0] - open_and_closed(cursor.line_after)[1])
