"""`turnstile complete FILE:LINE:COL`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from turnstile_lsp.agents.coder.complete import Coder, Completion
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.command_line.location import Location, parse_location
from turnstile_lsp.command_line.running import ALL_DONE, NOT_ALL_DONE, examples, read_source, run, settings_for

EXAMPLES = examples(
    "turnstile complete app.py:12:8",
    "turnstile complete app.py:12:8 --json",
    "turnstile complete app.py:12:8 --model http://127.0.0.1:8000/v1#coder",
)


LANGUAGES = {".py": "python", ".ts": "typescript", ".js": "javascript", ".lean": "lean4", ".rs": "rust"}


def language_id(path: Path) -> str:
    """LSP's language id by the file's ending; the ending itself where they are the same word (`c`, `go`, `java`, …)."""
    return LANGUAGES.get(path.suffix, path.suffix.removeprefix(".") or "plaintext")


def complete(
    location: Annotated[str, typer.Argument(metavar="FILE:LINE:COL", help="A place in a file, counted from 1.")],
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    model: Annotated[str | None, typer.Option(help="A card's name, a .gguf file or URL#name.")] = None,
) -> None:
    """Print what a model would write at a place in a file. Exit code 1: nothing."""
    run(complete_at(parse_location(location), json, model))


async def complete_at(location: Location, json: bool, model: str | None) -> int:
    """Ask as a manual trigger does."""
    text = read_source(location.path)
    resolved, _ = settings_for(location.path, trust=False, complete__model=model)
    name = resolved.settings.complete.model
    daemon = await Daemon.connect()
    try:
        engine = daemon.engine(name, resolved.key(name), options_of(resolved.settings))
        coder = Coder(engine, max_tokens=resolved.settings.complete.max_tokens)
        document = CompletionDocument(text=text, path=str(location.path), language_id=language_id(location.path))
        completions = await coder.complete(document, location.offset(text), automatic=False)
    finally:
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
        line, column = place(text, completion.start)
        end_line, end_column = place(text, completion.end)
        ends = {"line": line, "column": column, "endLine": end_line, "endColumn": end_column}
        items.append({"text": completion.text, **ends})
    first = completions[0] if completions else None
    return {
        "items": items,
        "model": first.model if first else model,
        "milliseconds": round(first.milliseconds, 1) if first else 0.0,
    }


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column from 1 of a code point offset."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
