"""From tokens' bytes to text: UTF-8 and stop strings that are split across tokens."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextAssembler:
    """Text of one answer. What might be the beginning of a stop string is held back until that is decided."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = stops
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False

    def add(self, piece: bytes) -> str:
        """The text that is certain after `piece`; sets `stopped` where a stop string is complete."""
        self._held += self._decoder.decode(piece)
        starts = [start for stop in self._stops if (start := self._held.find(stop)) >= 0]
        if starts:
            self.stopped = True
            return self._release(min(starts))
        return self._release(len(self._held) - self._undecided())

    def finish(self) -> str:
        """What is left at the end of an answer that met no stop string."""
        self._held += self._decoder.decode(b"", final=True)
        return self._release(len(self._held))

    def _undecided(self) -> int:
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stops):
                return length
        return 0

    def _release(self, length: int) -> str:
        certain, self._held = self._held[:length], self._held[length:]
        return certain
