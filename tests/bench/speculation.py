"""Drafts by look-up: how many are right, and what they are worth, on repetitive edits and on plain code."""

from __future__ import annotations

import inspect
import time
from contextlib import aclosing

from msgspec.structs import replace

from tests.bench.report import Report, count, measure
from turnstile_lsp.agents.engine.base import Chunk, Request, Sampling, Timings
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel, resolve
from turnstile_lsp.agents.settings import LocalOptions

PATTERNS = (
    '        self.{0} = arguments.pop("{0}")\n',
    '    assert result["{0}"] == expected["{0}"]\n',
    "    if options.{0} is not None:\n        command.append(options.{0})\n",
    '    parser.add_argument("--{0}", default=defaults.{0})\n',
    '        "{0}": lambda value: convert(value, "{0}"),\n',
    "        elif name == '{0}':\n            return self.visit_{0}(node)\n",
)
NAMES = ("width", "height", "colour", "title", "parent", "child", "label")


async def drafts(report: Report, short: bool) -> None:
    """Each prompt with and without drafts, in turn; the same text must come."""
    repetitive = [("".join(map(pattern.format, NAMES[:known]))) for pattern in PATTERNS for known in (3, 5, 7)]
    source = inspect.getsource(inspect)
    plain = [source[at : at + 240] for at in range(3000, 60_000, 4000)]
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    with_drafts = LlamaCppEngine(model, LocalOptions())
    without = LlamaCppEngine(model, LocalOptions(speculate=False))
    try:
        for name, prompts in (("repetitive", repetitive), ("plain", plain)):
            ratios, verifications, accepted = [], 0, 0
            for prompt in prompts[::4] if short else prompts * 5:
                request = Request(text=prompt, sampling=Sampling(max_tokens=64, min_tokens=64))
                for engine in (with_drafts, without):  # the prompt is in both caches then
                    await _ask(engine, replace(request, sampling=Sampling(max_tokens=1)))
                slow, _ = await _ask(without, request)
                fast, timings = await _ask(with_drafts, request)
                ratios.append(slow / fast)
                verifications += timings.verifications
                accepted += timings.accepted
            report.add(f"speculation.{name}_speed", measure(ratios, "ratio", ">= 1"))
            goal = ">= 2" if name == "repetitive" else None
            report.add(f"speculation.{name}_accepted", count(accepted / max(1, verifications), "drafts", goal))
    finally:
        await with_drafts.close()
        await without.close()


async def _ask(engine: LlamaCppEngine, request: Request) -> tuple[float, Timings]:
    started = time.perf_counter()
    last = Chunk()
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            last = chunk
    assert last.timings is not None
    return time.perf_counter() - started, last.timings
