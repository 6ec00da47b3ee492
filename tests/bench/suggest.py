"""Suggested tactics: how soon the first one is there on a warm Lean."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

from tests.bench.prove import LEMMAS
from tests.bench.report import Report, measure
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.prover.results import ProveRequest, Suggested, client_environment

PAUSE = 1.5
"""Seconds between two questions: nobody asks faster, and a process for the next job is ready by then."""


async def first(report: Report, short: bool) -> None:
    """Seconds from the question to the first suggestion, at the holes of `examples/`, the job's start included."""
    text = LEMMAS.read_text(encoding="utf-8")
    holes = [index for index in range(len(text)) if text.startswith("  sorry\n", index)]
    daemon = await Daemon.connect()
    try:
        await _seconds(daemon, text, holes[0])
        times = [await _seconds(daemon, text, hole + 2) for hole in holes[: 4 if short else None]]
        report.add("suggest.first", measure(times, "s", "<= 1.5"))
    finally:
        await daemon.close()


async def _seconds(daemon: Daemon, text: str, offset: int) -> float:
    await asyncio.sleep(PAUSE)
    began = time.perf_counter()
    asked = ProveRequest(text=text, task="suggest", offsets=[offset], suggestions=1, environment=client_environment())
    job = await daemon.prove(asked)
    async with aclosing(daemon.attach(job)) as events:
        async for event in events:
            if isinstance(event, Suggested):
                return time.perf_counter() - began
    raise AssertionError("something can be done at every hole of the examples")
