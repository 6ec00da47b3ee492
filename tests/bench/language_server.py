"""Start of the language server, and what ghost text costs outside the model's own computing."""

from __future__ import annotations

import inspect
import time
from typing import Any

from lsprotocol import types

from tests.bench.editor import EMPTY, OURS, open_document, server
from tests.bench.report import Report, measure

URI = "file:///bench/example.py"


async def initialize(report: Report, short: bool) -> None:
    """The reply to `initialize` against an empty pygls server, in interleaved pairs."""
    ratios, ours, empty = [], [], []
    for _ in range(5 if short else 25):
        async with server(EMPTY) as (_, seconds):
            empty.append(seconds)
        async with server(OURS) as (_, seconds):
            ours.append(seconds)
        ratios.append(ours[-1] / empty[-1])
    report.add("lsp.initialize_seconds", measure(ours, "s"))
    report.add("lsp.initialize_empty_server_seconds", measure(empty, "s"))
    report.add("lsp.initialize_ratio", measure(ratios, "ratio", "<= 1.15"))


async def ghost_text(report: Report, short: bool) -> None:
    """Round trip of `textDocument/inlineCompletion` less the worker's computing, beyond 0.1 ms a generated token."""
    text = inspect.getsource(inspect)[:20_000]
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if len(line) > 16 and not line.lstrip().startswith("#")]
    outside, round_trips, beyond = [], [], []
    # One candidate: the computing of further ones is not in the first one's timings.
    async with server(OURS, {"complete": {"candidates": 1}}) as (client, _):
        open_document(client, URI, "python", text)
        for number in places[: 20 if short else 120]:
            started = time.perf_counter()
            answer: Any = await client.text_document_inline_completion_async(
                types.InlineCompletionParams(
                    text_document=types.TextDocumentIdentifier(URI),
                    position=types.Position(number, len(lines[number]) * 2 // 3),
                    context=types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked),
                )
            )
            milliseconds = 1000 * (time.perf_counter() - started)
            items = answer.items if isinstance(answer, types.InlineCompletionList) else answer
            if not items:
                continue
            (said,) = items[0].command.arguments
            round_trips.append(milliseconds)
            if said["engineMilliseconds"] is None:  # a block that was cut early: the engine was told to stop
                continue
            outside.append(milliseconds - said["engineMilliseconds"])
            beyond.append(outside[-1] - 0.1 * said["tokens"])
    report.add("completion.round_trip", measure(round_trips[1:], "ms"))
    report.add("completion.outside_computing", measure(outside[1:], "ms"))
    report.add("completion.outside_beyond_tokens", measure(beyond[1:], "ms", "<= 5"))
