"""`turnstile minimise FILE:LINE`."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover.results import ProveRequest, Status, client_environment, plain
from turnstile_lsp.command_line.location import parse_location
from turnstile_lsp.command_line.prove import follow, indented, line_offset, replace_file
from turnstile_lsp.command_line.running import ALL_DONE, NOT_ALL_DONE, examples, read_lean, run, settings_for

EXAMPLES = examples("turnstile minimise Basic.lean:12", "turnstile minimise Basic.lean:12 --write")


def minimise(
    location: Annotated[str, typer.Argument(metavar="FILE:LINE", help="A line of a finished theorem.")],
    write: Annotated[bool, typer.Option("--write", help="Put the shorter proof into the file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    budget: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Trust the file's folder this once: its Lake may run.")
    ] = False,
) -> None:
    """Make the proof of a finished theorem shorter. Tactics that are not needed go, one tactic takes their place where
    that works, `simp only [...]` that of a search. Lean checks what comes out."""
    run(_minimise(location, write, json, budget, trust))


async def _minimise(argument: str, write: bool, json: bool, budget: float | None, trust: bool) -> int:
    location = parse_location(argument)
    if location.line is None:
        raise InvalidRequest(f"Say which line of {location.path}: turnstile minimise {location.path}:LINE")
    text = read_lean(location.path)
    resolved, trusted = settings_for(location.path, trust=trust, prove__budget=budget)
    request = ProveRequest(
        text=text,
        task="minimise",
        path=str(location.path.resolve()),
        offsets=(line_offset(location, text),),
        budget=resolved.settings.prove.budget,
        trusted=trusted,
        environment=client_environment(),
    )
    finished = await follow(request, None, options_of(resolved.settings))
    (result,) = finished.results
    if json:
        print(msgspec.json.encode(plain(result)).decode())
    else:
        print(f"{location.path}:{result.line}:{result.column}: {result.title}: {result.message}")
        if finished.text != text:
            print(indented(result.proof or "", result.column))
    if write and finished.text != text:
        replace_file(location.path, text, finished.text)
    return ALL_DONE if result.status is Status.PROVED else NOT_ALL_DONE
