"""The judge of a session: a Lean process that elaborates the user's text alone and judges what candidates claim."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec

from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.document import DriverVerdict
from turnstile_lsp.agents.lean.replay import Replay


class Judge:
    """Judges what a session's process, where candidates run, says that they prove.

    No candidate is elaborated in its own process: what a candidate does to the process that it runs in (a hole in
    Lean's checks, memory written to) does not reach the verdict.
    """

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self._lock = asyncio.Lock()
        self._wanted: tuple[bytes, int] | None = None
        self._preparing: asyncio.Task[None] | None = None

    def start(self, text: bytes) -> None:
        """Begin to start it, with the text's imports, unless it runs: no verdict has to wait for that then."""
        if self.replay.process is None:
            self._wanted = None
            self.prepare(text, 0)

    def prepare(self, text: bytes, command: int) -> None:
        """Begin to elaborate the user's text up to a command: a verdict will be asked for there."""
        if self._wanted == (text, command):
            return
        self._wanted = (text, command)
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.create_task(self._prepare())

    async def judge(
        self, text: bytes, command: int, claim: msgspec.Raw, question: Mapping[str, Any], *, seconds: float
    ) -> DriverVerdict:
        """The verdict on a claim for a command of the text. Raises LeanStopped, DriverRefused."""
        self._wanted = (text, command)
        async with self._lock:
            process, state = await self.replay.state_before(text, command)
            raw = await process.request("judge", seconds=seconds, state=state, claim=claim, **question)
        return msgspec.json.decode(raw, type=DriverVerdict)

    async def close(self) -> None:
        """Kill the process; idempotent."""
        if self._preparing is not None:
            self._preparing.cancel()
        await self.replay.close()

    async def _prepare(self) -> None:
        prepared = None
        with contextlib.suppress(TurnstileError):  # whoever asks for a verdict is told
            while prepared != self._wanted and self._wanted is not None:
                prepared = self._wanted
                async with self._lock:
                    await self.replay.state_before(*prepared)
