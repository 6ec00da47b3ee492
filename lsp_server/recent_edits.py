"""Where the user has edited lately: what is being changed in other places says what comes next in this one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lsprotocol.types import TextDocumentContentChangeEvent, TextDocumentContentChangePartial
from msgspec import Struct

_REGIONS = 6
_LINES_BEFORE, _LINES_AFTER = 4, 8
_SHOWN_ANYWAY = 60
"""Lines around the cursor that its own prompt shows."""


class Region(Struct):
    """Lines `first` to `end` of a document that was edited there."""

    uri: str
    line: int

    @property
    def first(self) -> int:
        return max(0, self.line - _LINES_BEFORE)

    @property
    def end(self) -> int:
        return self.line + _LINES_AFTER


class RecentEdits:
    """The latest regions of all documents, oldest first; edits close to each other are one."""

    def __init__(self) -> None:
        self._regions: deque[Region] = deque(maxlen=_REGIONS)

    def changed(self, uri: str, change: TextDocumentContentChangeEvent) -> None:
        """A document was edited. A new text for the whole document says nothing of a place."""
        if not isinstance(change, TextDocumentContentChangePartial):
            return
        line = change.range.start.line
        for region in self._regions:
            if region.uri == uri and region.first - _LINES_BEFORE <= line < region.end + _LINES_BEFORE:
                self._regions.remove(region)
                break
        self._regions.append(Region(uri, line))

    def elsewhere(self, uri: str, line: int) -> Iterator[Region]:
        """The regions that a cursor's own surroundings do not show."""
        return (region for region in self._regions if region.uri != uri or abs(region.line - line) > _SHOWN_ANYWAY)
