"""An answer while it is being written."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.filters import Filter, clean

_EVERY = 0.1
"""Seconds: what is there sooner is not worth showing in pieces."""


class Growing:
    """Tells `grows` the cleaned beginning of an answer from time to time; each is the beginning of the next. The whole
    answer may still be another: filters see more of it."""

    def __init__(self, grows: Callable[[str], None], cursor: Cursor, filters: Sequence[Filter]) -> None:
        self._grows = grows
        self._cursor = cursor
        self._filters = filters
        self._told = ""
        self._told_at = time.monotonic()

    def heard(self, text: str) -> None:
        """The answer as far as it is written."""
        now = time.monotonic()
        if now - self._told_at < _EVERY:
            return
        self._told_at = now
        beginning = clean(text, self._cursor, self._filters)
        if len(beginning) > len(self._told) and beginning.startswith(self._told):
            self._told = beginning
            self._grows(beginning)
