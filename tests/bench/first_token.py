"""From a request to its first token, at places where nothing of the prompt is in the KV cache."""

from __future__ import annotations

import random
import time
from pathlib import Path

from msgspec.structs import replace

from tests.bench.report import Report, measure
from turnstile_lsp.agents.coder.complete import Coder
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel, resolve

TARGETS = (0.5, 0.1, 0.03)
"""Seconds. The default, and two that leave this small model room for a part of its context only."""
CONTEXT_LENGTH = 8192
LEARNING = 6
"""Requests from which the coder learns how fast the model reads."""


async def first_token(report: Report, short: bool) -> None:
    """The shipped weights with the context of a large model: what such a context makes them say plays no part here."""
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    assert model.card is not None
    card = replace(
        model.card, context_length=CONTEXT_LENGTH, prefix_tokens=None, suffix_tokens=None, context_tokens=None
    )
    engine = LlamaCppEngine(replace(model, card=card))
    documents = _documents()
    try:
        for target in TARGETS:
            coder = Coder(engine, max_tokens=1, first_token_seconds=target, locally=False)
            times = [await _seconds(coder, text, target) for text in documents[: LEARNING + (20 if short else 60)]]
            milliseconds = [1000 * each for each in times[LEARNING:]]
            name, goal = f"first_token.{round(1000 * target)}_ms", f"<= {round(1000 * target)}"
            report.add(name, measure(milliseconds, "ms", goal))
            report.add(f"{name}_p95", measure(milliseconds, "ms", goal, 0.95))
    finally:
        await engine.close()


async def _seconds(coder: Coder, text: str, target: float) -> float:
    document = CompletionDocument(text=text, path=f"{target}.py", language_id="python")
    started = time.perf_counter()
    await coder.complete(document, len(text) // 2, automatic=False, single_line=False)
    return time.perf_counter() - started


def _documents() -> list[str]:
    """The standard library's longer modules, in a fixed order."""
    files = sorted(Path(random.__file__).parent.glob("*.py"))
    texts = [file.read_text(encoding="utf-8") for file in files if file.stat().st_size > 30_000]
    random.Random(1).shuffle(texts)
    return texts
