"""Notebooks: what stands in the other cells is the text before and behind a cell."""

from __future__ import annotations

from collections.abc import Iterable

BETWEEN = "\n\n"
_MOST_BEFORE, _MOST_AFTER = 40_000, 10_000
"""Characters; whole cells, the nearest first."""


def around(above: Iterable[str], below: Iterable[str]) -> tuple[str, str]:
    """The text to put before and behind a cell, of the cells above and below it in its language, the nearest first."""
    before, after = _fitting(above, _MOST_BEFORE), _fitting(below, _MOST_AFTER)
    return "".join(text + BETWEEN for text in reversed(before)), "".join(BETWEEN + text for text in after)


def _fitting(texts: Iterable[str], characters: int) -> list[str]:
    fitting = []
    for text in texts:
        characters -= len(text)
        if characters < 0:
            break
        if text.strip():
            fitting.append(text.rstrip("\n"))
    return fitting
