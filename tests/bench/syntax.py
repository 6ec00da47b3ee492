"""What the syntax process costs: a long document against a short one, the loop while one is parsed, an answer."""

from __future__ import annotations

import asyncio
import gc
import inspect
import time
from statistics import median
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tests.bench.editor import OURS, open_document, server
from tests.bench.report import Report, measure, proportion
from turnstile_lsp.agents.coder.syntax.client import DEADLINE, SyntaxProcess
from turnstile_lsp.lsp_server.text_document import TextDocument

SHORT_LINES, LONG_LINES, LONGEST_LINES = 1_000, 200_000, 400_000
PLACES = 120
_LONGEST = 10**6
_FILLER_LENGTH = 41


def source(lines: int) -> str:
    """A program of so many lines; in its middle stands the beginning of the standard library's `inspect`."""
    unit = inspect.getsource(inspect).split("\n")[:SHORT_LINES]
    others = lines // SHORT_LINES - 1
    before, after = (_filler(number) for number in (others - others // 2, others // 2))
    return "\n".join([*before, *unit, *after, ""])


def _filler(units: int) -> list[str]:
    """Lines of one length: the window before the cursor moves in steps, which then fall alike in all documents."""
    return [
        f"{line}  ".ljust(_FILLER_LENGTH, "#")
        for number in range(units * SHORT_LINES // 4)
        for line in (f"def f{number}(a{number}):", f"    b{number} = a{number} + {number}", f"    return b{number}", "")
    ]


async def document_length(report: Report, short: bool) -> None:
    """From a keystroke to its ghost text, in documents that are alike around the cursor. Each place is asked about in
    both, but at different times, so that neither profits from what was computed for the other."""
    texts = {lines: source(lines) for lines in (SHORT_LINES, LONG_LINES)}
    unit = texts[SHORT_LINES].split("\n")
    numbers = [number for number in range(200, 900) if len(unit[number]) > 20 and "#" not in unit[number]]
    numbers = numbers[:: max(1, len(numbers) // (30 if short else PLACES))]
    said: dict[int, dict[int, Any]] = {lines: {} for lines in texts}
    seconds: dict[int, list[float]] = {lines: [] for lines in texts}
    async with server(OURS) as (client, _):
        for lines, text in texts.items():
            open_document(client, f"file:///bench/{lines}.py", "python", text)
        await _complete(client, LONG_LINES, 2, 0, unit[0])  # loads the model
        await asyncio.sleep(3.0)
        for round_ in range(len(numbers)):
            for lines in sorted(texts, reverse=bool(round_ % 2)):
                number = numbers[(round_ + (len(numbers) // 2 if lines == LONG_LINES else 0)) % len(numbers)]
                line = number + (lines // SHORT_LINES // 2) * SHORT_LINES
                started = time.perf_counter()
                said[lines][number] = await _complete(client, lines, 2 * round_ + 3, line, unit[number])
                seconds[lines].append(time.perf_counter() - started)
                _change(client, lines, 2 * round_ + 4, line, 0, _LONGEST, unit[number])
    for lines, found in seconds.items():
        report.add(f"completion.milliseconds_in_{lines}_lines", measure([1000 * one for one in found], "ms"))
    parts = [slice(first, None, 10) for first in range(10)]
    ratios = [median(seconds[LONG_LINES][part]) / median(seconds[SHORT_LINES][part]) for part in parts]
    report.add("completion.ratio_of_lengths", measure(ratios, "ratio", "<= 1.2"))
    same = sum(said[SHORT_LINES][number] == said[LONG_LINES][number] for number in numbers)
    report.add("completion.same_text_in_both", proportion(same, len(numbers)))


async def loop(report: Report, short: bool) -> None:
    """How long the loop is held at most while a long document is sent and parsed, and while it is asked about."""
    document = TextDocument("long.py", source(LONGEST_LINES), language_id="python")
    held = []
    gc.freeze()  # as the server does
    for _ in range(2 if short else 5):
        process = SyntaxProcess(deadline=60.0)
        process.start()
        await asyncio.sleep(1.0)
        ticking = asyncio.create_task(_longest_turn())
        await asyncio.sleep(0)
        process.open("long.py", "python", "long.py", document)
        for line in range(1_000, LONGEST_LINES, LONGEST_LINES // 10):
            await process.at("long.py", (line, 4)).context()
        ticking.cancel()
        held.append(1000 * await ticking)
        await process.stop()
    report.add("syntax.loop_held_by_400000_lines", measure(held, "ms", "<= 10"))


async def answers(report: Report, short: bool) -> None:
    """From a keystroke to the syntax at the cursor, and how many come too late to be used."""
    document = TextDocument("a.py", source(SHORT_LINES), language_id="python")
    process = SyntaxProcess(deadline=60.0)
    document.on_splice = lambda splice: splice and process.change("a.py", *splice)
    process.open("a.py", "python", "a.py", document)
    await asyncio.sleep(1.5)
    milliseconds = []
    for number in range(50 if short else 400):
        line = 100 + 2 * number
        place = types.Position(line, 0)
        started = time.perf_counter()
        document.apply_change(types.TextDocumentContentChangePartial(range=types.Range(place, place), text="x"))
        await process.at("a.py", (line, 1)).context()
        milliseconds.append(1000 * (time.perf_counter() - started))
        await asyncio.sleep(0.02)
    await process.stop()
    late = sum(one > 1000 * DEADLINE for one in milliseconds)
    report.add("syntax.answer", measure(milliseconds, "ms"))
    report.add("syntax.answer_p95", measure(milliseconds, "ms", share=0.95))
    report.add("syntax.answers_too_late", proportion(late, len(milliseconds)))


async def _longest_turn() -> float:
    """Seconds of computing in one turn of the loop; until cancelled. Waiting for a processor does not count."""
    longest, last = 0.0, time.thread_time()
    try:
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, last = max(longest, now - last), now
    except asyncio.CancelledError:
        return longest


async def _complete(client: LanguageClient, lines: int, version: int, line: int, text: str) -> Any:
    """Cut a line's last third off, and ask for it."""
    kept = len(text) * 2 // 3
    _change(client, lines, version, line, kept, len(text), "")
    answer: Any = await client.text_document_inline_completion_async(
        types.InlineCompletionParams(
            text_document=types.TextDocumentIdentifier(f"file:///bench/{lines}.py"),
            position=types.Position(line, kept),
            context=types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked),
        )
    )
    items = answer.items if isinstance(answer, types.InlineCompletionList) else answer
    return items[0].insert_text if items else None


def _change(client: LanguageClient, lines: int, version: int, line: int, start: int, end: int, text: str) -> None:
    where = types.Range(types.Position(line, start), types.Position(line, end))
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version, f"file:///bench/{lines}.py"),
            [types.TextDocumentContentChangePartial(range=where, text=text)],
        )
    )
