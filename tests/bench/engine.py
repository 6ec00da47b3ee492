"""From a cancel to an idle engine."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

from tests.bench.report import Report, count, measure
from turnstile_lsp.agents.engine.base import Request, Sampling
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel, resolve


async def cancel(report: Report, short: bool) -> None:
    """Cancel in the middle of an answer; wait until the worker runs nothing; then see that nothing more is decoded."""
    reference = resolve("nano-coder")
    assert isinstance(reference, LocalModel)
    engine = LlamaCppEngine(reference)
    try:
        await engine.describe()
        times, decoded_after = [], 0
        for turn in range(8 if short else 60):
            times.append(await _cancelled(engine, turn))
            before = (await engine.statistics()).decoded
            await asyncio.sleep(0.05)
            decoded_after += (await engine.statistics()).decoded - before
    finally:
        await engine.close()
    report.add("engine.cancel_to_idle_p95", measure(times, "ms", "<= 20", share=0.95))
    report.add("engine.decoded_after_cancel", count(decoded_after, "count", "== 0"))


async def _cancelled(engine: LlamaCppEngine, turn: int) -> float:
    """Milliseconds from closing the stream until the worker is idle."""
    sampling = Sampling(max_tokens=400, temperature=1.0, seed=turn)
    request = Request(text=f"def function_{turn}(argument):\n    ", sampling=sampling)
    async with aclosing(engine.generate(request)) as chunks:
        await anext(chunks)
        started = time.perf_counter()
    while (await engine.statistics()).running:  # noqa: ASYNC110  # nothing tells when it is idle
        await asyncio.sleep(0.0005)
    return 1000 * (time.perf_counter() - started)
