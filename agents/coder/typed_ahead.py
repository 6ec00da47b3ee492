"""Answers that were given already and that the user is typing along: served again without asking anyone."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.coder.complete import Completion
from turnstile_lsp.agents.coder.document import Cursor, unified

_BEFORE, _AFTER = 256, 64
_ENTRIES = 32
_COMPARED_FIRST = 32
_MOST_DELETED = 40
_CLOSERS = ")]}\"'`"
_MOST_CLOSED = 4
"""Brackets that the editor has closed by itself while they were typed."""


class _Entry(Struct, frozen=True):
    key: Hashable
    before: str
    after: str
    asked: bool
    completions: Sequence[Completion]


class TypedAhead:
    """The latest answers of one connection, known by the text around the cursor they were given at."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque(maxlen=_ENTRIES)

    def keep(self, key: Hashable, cursor: Cursor, completions: Sequence[Completion], *, asked: bool) -> None:
        """Remember what was answered at a cursor. `key`: what else an answer depends on: the document, the settings.
        `asked`: by the user, not by typing."""
        if completions:
            self._entries.append(_Entry(key, *_around(cursor), asked, completions))

    def find(self, key: Hashable, cursor: Cursor, *, asked: bool) -> list[Completion]:
        """What remains of the newest answer that the text typed or deleted since is part of; empty where none fits.
        To a question that the user asked only answers to such ones do."""
        before, after = _around(cursor)
        for entry in reversed(self._entries):
            if entry.key == key and entry.asked >= asked:
                remaining = (_remaining(entry, completion, before, after) for completion in entry.completions)
                found = [
                    replace(completion, text=text, start=cursor.offset, end=cursor.offset, typed_ahead=True)
                    for completion, text in zip(entry.completions, remaining, strict=True)
                    if text
                ]
                if found:
                    return found
        return []


def _around(cursor: Cursor) -> tuple[str, str]:
    return cursor.before(2 * _BEFORE)[-_BEFORE:], cursor.after(2 * _AFTER)[:_AFTER]


def _remaining(entry: _Entry, completion: Completion, before: str, after: str) -> str:
    """What is still to be shown of a completion; empty where it does not fit this cursor."""
    closed = next((count for count in range(_MOST_CLOSED) if after[count:] == entry.after[: _AFTER - count]), None)
    if closed is None or not completion.text.endswith(after[:closed]) or after[:closed].strip(_CLOSERS):
        return ""
    text = completion.text[: len(completion.text) - closed]
    if (deleted := _deleted(entry.before, before)) is not None:
        return deleted + text
    return _untyped(entry.before, text, before)


def _untyped(earlier: str, text: str, before: str) -> str:
    """What of `text`, which was offered behind `earlier`, is not typed yet; empty where `before` came about otherwise."""
    whole = earlier + unified(text)
    end = before[-_COMPARED_FIRST:]
    place = whole.find(end, max(0, len(earlier) + 1 - len(end)))
    while place >= 0:
        typed = place + len(end)
        if whole[:typed][-_BEFORE:] == before:
            remaining = whole[typed:]
            return remaining.replace("\n", "\r\n") if "\r\n" in text else remaining
        place = whole.find(end, place + 1)
    return ""


def _deleted(earlier: str, before: str) -> str | None:
    """What was deleted, within its line, of the text before the earlier cursor; "" where nothing was, None where that is
    not how `before` came about."""
    for length in range(min(_MOST_DELETED, len(earlier)) + 1):
        kept = len(earlier) - length
        if earlier[kept : kept + 1] == "\n":
            return None
        if earlier[kept - 1 : kept] == before[-1:] and (
            before == earlier[:kept] or (len(earlier) == _BEFORE and before.endswith(earlier[:kept]))
        ):
            return earlier[kept:]
    return None
