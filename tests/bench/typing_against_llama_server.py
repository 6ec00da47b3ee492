"""The typing trace against llama.cpp's `/infill`, which an editor asks at each keystroke: time and tokens really decoded."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import httpx
from lsprotocol import types

from tests.bench.editor import OURS, open_document, server
from tests.bench.llama_server import FILL_IN_THE_MIDDLE, llama_server
from tests.bench.report import Report, count, measure, percentile
from tests.bench.typing import SHORT, Keystroke, ask, decoded_tokens, recorded
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.models.names import LocalModel, resolve
from turnstile_lsp.agents.settings import CompleteSettings

PREFIX, SUFFIX = 200, 45
"""Characters, about as many tokens as nano-coder's card allows."""


async def typing(report: Report, short: bool) -> None:
    """Keystroke by keystroke, first theirs, then ours; both give the rest of a line."""
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    trace, ours, theirs, their_tokens = recorded(), [], [], 0
    os.environ["TURNSTILE_COMPLETE_SINGLE_LINE"] = "true"
    daemon = await Daemon.connect()
    try:
        async with (
            llama_server(Path(model.path), threads=1, context=512, options=FILL_IN_THE_MIDDLE) as infill,
            server(OURS) as (client, _),
        ):
            for document in trace.documents:
                open_document(client, document.uri, document.language, document.text)
            await ask(client, next(trace.keystrokes()), types.InlineCompletionTriggerKind.Invoked)  # loads the model
            before = await decoded_tokens(daemon)
            for number, keystroke in enumerate(trace.keystrokes()):
                if short and number == SHORT:
                    break
                milliseconds, tokens = await _infill(infill, keystroke)
                theirs.append(milliseconds)
                their_tokens += tokens
                change = types.VersionedTextDocumentIdentifier(number + 2, keystroke.document.uri)
                started = time.perf_counter()
                client.text_document_did_change(types.DidChangeTextDocumentParams(change, [keystroke.event.change]))
                await ask(client, keystroke, types.InlineCompletionTriggerKind.Automatic)
                ours.append(1000 * (time.perf_counter() - started))
            our_tokens = await decoded_tokens(daemon) - before
    finally:
        del os.environ["TURNSTILE_COMPLETE_SINGLE_LINE"]
        await daemon.close()
    report.add("typing.infill_reply_p50", measure(theirs, "ms"))
    report.add("typing.against_infill_reply_p50", measure(ours, "ms"))
    report.add("typing.times_faster_than_infill", measure(_block_ratios(theirs, ours), "ratio", ">= 2"))
    report.add("typing.infill_decoded_tokens_per_keystroke", count(their_tokens / len(theirs), "tokens"))
    report.add("typing.against_infill_decoded_tokens_per_keystroke", count(our_tokens / len(ours), "tokens"))


def _block_ratios(theirs: list[float], ours: list[float], length: int = 20) -> list[float]:
    """Of medians over stretches of the trace: single keystrokes differ too much in kind."""
    starts = range(0, len(ours) - length + 1, length)
    return [
        percentile(theirs[start : start + length], 0.5) / percentile(ours[start : start + length], 0.5)
        for start in starts
    ]


async def _infill(client: httpx.AsyncClient, keystroke: Keystroke) -> tuple[float, int]:
    """Milliseconds, and tokens of prompt and answer that were computed."""
    body: dict[str, Any] = {
        "input_prefix": keystroke.before[-PREFIX:],
        "input_suffix": keystroke.after[:SUFFIX],
        "n_predict": CompleteSettings().max_tokens,
        "stop": ["\n"],
        "temperature": 0,
        "cache_prompt": True,
    }
    started = time.perf_counter()
    answer = await client.post("/infill", json=body)
    milliseconds = 1000 * (time.perf_counter() - started)
    answer.raise_for_status()
    timings = answer.json()["timings"]
    return milliseconds, timings["prompt_n"] + timings["predicted_n"]
