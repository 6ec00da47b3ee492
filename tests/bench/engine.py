"""From a cancel to an idle engine."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

from tests.bench.report import Report, count, measure
from turnstile_lsp.agents.engine.base import Priority, Request, Sampling
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


async def beside_search(report: Report, short: bool) -> None:
    """A completion's time while a search keeps the model busy, against the same alone, in turn."""
    reference = resolve("nano-coder")
    assert isinstance(reference, LocalModel)
    engine = LlamaCppEngine(reference)
    alone, beside = [], []
    try:
        for turn in range(20 if short else 120):
            alone.append(await _completed(engine, 2 * turn))
            searching = asyncio.create_task(_search(engine, turn))
            await asyncio.sleep(0.05)  # it is under way
            beside.append(await _completed(engine, 2 * turn + 1))
            searching.cancel()
            await asyncio.wait([searching])
    finally:
        await engine.close()
    ratios = [slow / fast for slow, fast in zip(beside[1:], alone[1:], strict=True)]
    report.add("engine.completion_beside_search", measure(ratios, "ratio", "<= 1.3"))


async def _search(engine: LlamaCppEngine, turn: int) -> None:
    sampling = Sampling(max_tokens=300, min_tokens=300, temperature=1.0, seed=turn)
    request = Request(text=f"class Searched{turn}:\n", sampling=sampling, n=16, priority=Priority.SEARCH)
    async with aclosing(engine.generate(request)) as chunks:
        async for _ in chunks:
            pass


async def _completed(engine: LlamaCppEngine, turn: int) -> float:
    """Milliseconds of one completion."""
    started = time.perf_counter()
    request = Request(text=f"def completed_{turn}(argument):\n    ", sampling=Sampling(max_tokens=24, min_tokens=24))
    async with aclosing(engine.generate(request)) as chunks:
        async for _ in chunks:
            pass
    return 1000 * (time.perf_counter() - started)
