"""`turnstile suggest FILE:LINE[:COLUMN]`."""

from __future__ import annotations

from contextlib import aclosing
from typing import Annotated, Any

import msgspec
import typer

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import EngineOptions, options_of
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover.cursor import of_line
from turnstile_lsp.agents.prover.results import (
    ProveRequest,
    Suggested,
    client_environment,
    place_of,
    plain,
)
from turnstile_lsp.agents.prover.search.options import model_options
from turnstile_lsp.agents.prover.suggested import answer, as_object, outcome, rank
from turnstile_lsp.command_line.location import parse_location
from turnstile_lsp.command_line.running import ALL_DONE, NOT_ALL_DONE, examples, read_lean, run, settings_for
from turnstile_lsp.lsp_server.lean_text import declaration_before

EXAMPLES = examples("turnstile suggest Basic.lean:12", "turnstile suggest Basic.lean:12:5 --json --budget 3")
MOST = 20
SECONDS = 10.0


def suggest(
    location: Annotated[
        str, typer.Argument(metavar="FILE:LINE[:COLUMN]", help="A `sorry`, or where a tactic could stand.")
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    budget: Annotated[float, typer.Option(help="Seconds for all.", min=0.1)] = SECONDS,
    model: Annotated[str | None, typer.Option(help="A card's name, a .gguf file or URL#name.")] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Trust the file's folder this once: its Lake may run.")
    ] = False,
) -> None:
    """Tactics for a place in a proof. Each has run in Lean and is shown with the goals that it leaves. Without a column
    the place is the line's `sorry`, else in front of what stands there."""
    run(_suggest(location, json, budget, model, trust))


async def _suggest(argument: str, json: bool, budget: float, model: str | None, trust: bool) -> int:
    location = parse_location(argument)
    if location.line is None:
        raise InvalidRequest(f"Say which line of {location.path}: turnstile suggest {location.path}:LINE")
    text = read_lean(location.path)
    offset = location.offset(text)
    offset = of_line(text, offset) if location.column is None else offset
    resolved, trusted = settings_for(location.path, trust=trust, prove__model=model)
    settings = resolved.settings.prove
    request = ProveRequest(
        text=text,
        task="suggest",
        path=str(location.path.resolve()),
        offsets=(offset,),
        budget=budget,
        model=settings.model,
        model_options=model_options(settings),
        suggestions=MOST,
        trusted=trusted,
        environment=client_environment(),
    )
    found = sorted(await _found(request, resolved.key(settings.model or ""), options_of(resolved.settings)), key=rank)
    declaration = declaration_before(text, offset)
    result = answer(text, offset, (declaration and declaration.name) or None, found)
    if json:
        suggestions = [_with_range(text, each) for each in found]
        print(msgspec.json.encode({**plain(result), "suggestions": suggestions}).decode())
    else:
        print(f"{location.path}:{result.line}:{result.column}: {result.message}")
        for each in found:
            print(f"  {outcome(each):24} {each.tactic}".replace("\n", "\n" + " " * 27))
    return ALL_DONE if found else NOT_ALL_DONE


async def _found(request: ProveRequest, key: str | None, options: EngineOptions) -> list[Suggested]:
    daemon = await Daemon.connect()
    try:
        job = await daemon.prove(request, key, options)
        try:
            async with aclosing(daemon.attach(job)) as events:
                return [event async for event in events if isinstance(event, Suggested)]
        except BaseException:
            await daemon.cancel(job)
            raise
    finally:
        await daemon.close()


def _with_range(text: str, suggested: Suggested) -> dict[str, Any]:
    """A suggestion with its range; lines and columns from 1, columns in code points."""
    start, end = (place_of(text, offset) for offset in (suggested.start_offset, suggested.end_offset))
    return {**as_object(suggested), "range": {"start": start, "end": end}}
