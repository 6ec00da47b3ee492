"""How long to wait for the next keystroke before a model is asked."""

from __future__ import annotations

import asyncio

_SHARE = 0.3
_LONGEST = 0.25
_NOT_WORTH_WAITING = 0.01
_WEIGHT = 0.3


class Debounce:
    """Adapts to the model: one that answers at once is asked at each keystroke, a slow one once the user pauses."""

    def __init__(self) -> None:
        self._latency = 0.0

    @property
    def seconds(self) -> float:
        """The wait: a share of the usual latency, at most a quarter of a second."""
        wait = min(_LONGEST, _SHARE * self._latency)
        return wait if wait >= _NOT_WORTH_WAITING else 0.0

    def measured(self, seconds: float, *, finished: bool = True) -> None:
        """A model was asked `seconds` ago, and has answered, or was given up (which tells of slow ones alone)."""
        if finished or seconds > self._latency:
            self._latency += (_WEIGHT if self._latency else 1.0) * (seconds - self._latency)

    async def wait(self) -> None:
        """Wait; who is cancelled meanwhile asked for nothing."""
        await asyncio.sleep(self.seconds)
