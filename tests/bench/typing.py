"""A recorded typing trace against the real server: what each keystroke costs, and how soon ghost text is there.

`Trace` is for any server: it gives each keystroke with the text around the cursor after it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from lsprotocol import types
from msgspec import Struct
from pygls.lsp.client import LanguageClient

from tests.bench.editor import OURS, open_document, server
from tests.bench.report import Report, count, measure, proportion
from turnstile_lsp.agents.daemon.client import Daemon

TRACE = Path(__file__).parents[1] / "data" / "typing_trace.json"
SHORT = 300


class Document(Struct, frozen=True):
    """A file as it is before anything is typed."""

    name: str
    language: str
    text: str

    @property
    def uri(self) -> str:
        return f"file:///trace/{self.name}"


class Event(Struct, frozen=True):
    """One keystroke: `text` comes in the place of what is between `start` and `end` (line and column, ASCII)."""

    file: int
    start: tuple[int, int]
    end: tuple[int, int]
    text: str

    @property
    def change(self) -> types.TextDocumentContentChangePartial:
        """As an editor tells it."""
        where = types.Range(types.Position(*self.start), types.Position(*self.end))
        return types.TextDocumentContentChangePartial(range=where, text=self.text)


class Keystroke(Struct, frozen=True):
    """An event with the text before and after the cursor, as it then stands."""

    event: Event
    document: Document
    before: str
    after: str

    @property
    def position(self) -> types.Position:
        """The cursor."""
        return types.Position(self.before.count("\n"), len(self.before) - (self.before.rfind("\n") + 1))


class Trace(Struct, frozen=True):
    """What was recorded, see `tools/record_typing_trace.py`."""

    sources: str
    documents: Sequence[Document]
    events: Sequence[Event]

    def keystrokes(self) -> Iterator[Keystroke]:
        """All of them in order."""
        texts = [document.text for document in self.documents]
        for event in self.events:
            text = texts[event.file]
            start, end = _offset(text, event.start), _offset(text, event.end)
            texts[event.file] = text[:start] + event.text + text[end:]
            before, after = text[:start] + event.text, text[end:]
            yield Keystroke(event, self.documents[event.file], before, after)


def recorded() -> Trace:
    """The trace that comes with the tests."""
    return msgspec.json.decode(TRACE.read_bytes(), type=Trace)


async def typing(report: Report, short: bool) -> None:
    """Each keystroke asks for ghost text, as an editor does, and the next one follows when the answer is there."""
    trace = recorded()
    daemon = await Daemon.connect()
    try:
        async with server(OURS) as (client, _):
            for document in trace.documents:
                open_document(client, document.uri, document.language, document.text)
            await _reply(client, next(trace.keystrokes()), -1)  # Loads the model.
            before = await decoded_tokens(daemon)
            replies = []
            for number, keystroke in enumerate(trace.keystrokes()):
                if short and number == SHORT:
                    break
                change = types.VersionedTextDocumentIdentifier(number + 2, keystroke.document.uri)
                started = time.perf_counter()
                client.text_document_did_change(types.DidChangeTextDocumentParams(change, [keystroke.event.change]))
                replies.append(await _reply(client, keystroke, started))
            decoded = await decoded_tokens(daemon) - before
    finally:
        await daemon.close()
    shown = [(milliseconds, said) for milliseconds, said in replies if said is not None]
    again = [(milliseconds, said) for milliseconds, said in shown if said["typedAhead"]]
    report.add("typing.keystrokes", count(len(replies), "count", ">= 300"))
    report.add("typing.decoded_tokens_per_keystroke", count(decoded / len(replies), "tokens"))
    report.add("typing.shown", proportion(len(shown), len(replies)))
    report.add("typing.served_again", proportion(len(again), len(shown)))
    report.add("typing.ghost_text_p50", measure([milliseconds for milliseconds, _ in shown], "ms"))
    report.add("typing.ghost_text_p95", measure([milliseconds for milliseconds, _ in shown], "ms", share=0.95))
    report.add("typing.reply_p95", measure([milliseconds for milliseconds, _ in replies], "ms", share=0.95))
    report.add("typing.served_again_round_trip", measure([milliseconds for milliseconds, _ in again], "ms"))
    inside = [said["milliseconds"] for _, said in again]
    report.add("typing.served_again_in_server_p95", measure(inside, "ms", "<= 2", share=0.95))


async def _reply(client: LanguageClient, keystroke: Keystroke, started: float) -> tuple[float, Any]:
    """Milliseconds since `started`, and what the server says of its item; None where it shows nothing."""
    answer = await ask(client, keystroke, types.InlineCompletionTriggerKind.Automatic)
    milliseconds = 1000 * (time.perf_counter() - started)
    return milliseconds, answer.items[0].command.arguments[0] if answer.items else None


async def ask(client: LanguageClient, keystroke: Keystroke, trigger: types.InlineCompletionTriggerKind) -> Any:
    """Ghost text at the cursor."""
    return await client.text_document_inline_completion_async(
        types.InlineCompletionParams(
            text_document=types.TextDocumentIdentifier(keystroke.document.uri),
            position=keystroke.position,
            context=types.InlineCompletionContext(trigger),
        )
    )


async def decoded_tokens(daemon: Daemon) -> int:
    """Tokens that the daemon's models have computed so far."""
    return sum(model.decoded for model in (await daemon.status()).models)


def _offset(text: str, place: tuple[int, int]) -> int:
    start = 0
    for _ in range(place[0]):
        start = text.index("\n", start) + 1
    return start + place[1]
