"""`turnstile complete FILE:LINE:COL`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from turnstile_lsp.agents.coder.coders import Coders
from turnstile_lsp.agents.coder.complete import Completion
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.coder.index.ignore import Withheld
from turnstile_lsp.agents.coder.languages import language_of
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess, lines_and_place
from turnstile_lsp.agents.daemon.client import DaemonWhenNeeded
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.command_line.location import parse_location
from turnstile_lsp.command_line.running import ALL_DONE, NOT_ALL_DONE, examples, read_source, run, settings_for

EXAMPLES = examples(
    "turnstile complete app.py:12:8",
    "turnstile complete app.py:12:8 --json",
    "turnstile complete app.py:12:8 --model http://127.0.0.1:8000/v1#coder",
)


PARSING_SECONDS = 2.0
"""How long the document's syntax is waited for: a command has no second chance to use it."""


def complete(
    location: Annotated[str, typer.Argument(metavar="FILE:LINE:COL", help="A place in a file, counted from 1.")],
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    model: Annotated[str | None, typer.Option(help="A card's name, a .gguf file or URL#name.")] = None,
) -> None:
    """Print what a model would write at a place in a file. Exit code 1: nothing."""
    run(complete_at(location, json, model))


async def complete_at(argument: str, json: bool, model: str | None) -> int:
    """Ask as a manual trigger does."""
    location = parse_location(argument)
    text = read_source(location.path)
    if location.line is None or location.column is None:
        raise InvalidRequest(f"Say which line and column: turnstile complete {location.path}:LINE:COLUMN")
    if location.path in Withheld():
        raise InvalidRequest(
            f"{location.path} is sent to no model, as its name or a .turnstileignore says; complete another file."
        )
    offset = location.offset(text)
    resolved, _ = settings_for(location.path, trust=False, complete__model=model)
    name = resolved.settings.complete.model
    daemon = DaemonWhenNeeded()
    syntax = SyntaxProcess(deadline=PARSING_SECONDS)
    try:
        coder = await Coders(daemon.completing).of(resolved)
        language_id = next(iter(language_of("", str(location.path)).ids), "plaintext")
        document = CompletionDocument(text=text, path=str(location.path), language_id=language_id)
        lines, place = lines_and_place(text, offset)
        syntax.open(document.path, document.language_id, document.path, lines)
        at = await syntax.read(document.path, place)
        completions = await coder.complete(document, offset, automatic=False, syntax=at)
    finally:
        await syntax.stop()
        await daemon.close()
    if json:
        print(msgspec.json.encode(as_object(text, completions, name)).decode())
    else:
        for completion in completions:
            print(completion.text)
    return ALL_DONE if completions else NOT_ALL_DONE


def as_object(text: str, completions: list[Completion], model: str) -> dict[str, Any]:
    """The JSON object: places count from 1, columns in code points."""
    items = []
    for completion in completions:
        line, column = line_and_column(text, completion.start)
        end_line, end_column = line_and_column(text, completion.end)
        ends = {"line": line, "column": column, "endLine": end_line, "endColumn": end_column}
        items.append({"text": completion.text, **ends})
    first = completions[0] if completions else None
    return {
        "items": items,
        "model": first.model if first else model,
        "milliseconds": round(first.milliseconds, 1) if first else 0.0,
    }


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column from 1 of a code point offset."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
