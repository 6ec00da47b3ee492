"""`turnstile prove FILE[:LINE]`."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import EngineOptions, options_of
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover.results import (
    STAGES,
    Event,
    Finished,
    HoleResult,
    Progress,
    ProveRequest,
    Status,
    client_environment,
    outcome,
    plain,
)
from turnstile_lsp.agents.prover.search.options import model_options
from turnstile_lsp.command_line.location import Location, parse_location
from turnstile_lsp.command_line.running import (
    ALL_DONE,
    NOT_ALL_DONE,
    examples,
    read_lean,
    read_source,
    run,
    settings_for,
)

EXAMPLES = examples(
    "turnstile prove examples/Lemmas.lean",
    "turnstile prove Basic.lean:12 --write",
    "turnstile prove Basic.lean --json --budget 60 --shortest",
)


def prove(
    location: Annotated[
        str, typer.Argument(metavar="FILE[:LINE]", help="A Lean file; with a line only the lemma there.")
    ],
    write: Annotated[bool, typer.Option("--write", help="Put the proofs into the file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each hole.")] = False,
    budget: Annotated[float | None, typer.Option(help="Seconds for each hole.")] = None,
    shortest: Annotated[
        bool, typer.Option("--shortest", help="Use the whole budget, give the shortest proof.")
    ] = False,
    stages: Annotated[str | None, typer.Option(help=f"Some of {','.join(STAGES)}.")] = None,
    model: Annotated[str | None, typer.Option(help="A card's name, a .gguf file or URL#name.")] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Trust the file's folder this once: its Lake may run.")
    ] = False,
) -> None:
    """Prove what is missing in a Lean file. That is every `sorry` and every `by` with an error; Lean checks each proof."""
    run(prove_file(location, write, json, budget, shortest, stages, model, trust))


async def prove_file(
    argument: str,
    write: bool,
    json: bool,
    budget: float | None,
    shortest: bool,
    stages: str | None,
    model: str | None,
    trust: bool,
) -> int:
    """Ask the daemon, show what it says, and put the proofs into the file if wanted."""
    location = parse_location(argument)
    text = read_lean(location.path)
    chosen = stages.split(",") if stages is not None else None
    resolved, trusted = settings_for(
        location.path, trust=trust, prove__model=model, prove__budget=budget, prove__stages=chosen
    )
    settings = resolved.settings.prove
    request = ProveRequest(
        text=text,
        path=str(location.path.resolve()),
        offsets=() if location.line is None else (line_offset(location, text),),
        budget=settings.budget,
        stages=settings.stages,
        shortest=shortest,
        model=settings.model,
        samples=settings.samples,
        model_options=model_options(settings),
        trusted=trusted,
        environment=client_environment(),
    )
    finished = await follow(request, resolved.key(settings.model or ""), options_of(resolved.settings))
    show(location.path, finished, json)
    if write and finished.text != text:
        replace_file(location.path, text, finished.text)
    return ALL_DONE if all(result.status == Status.PROVED for result in finished.results) else NOT_ALL_DONE


def line_offset(location: Location, text: str) -> int:
    """The first character of the line that is not white space."""
    start = location.offset(text)
    line = text[start:].split("\n", 1)[0]
    return start + len(line) - len(line.lstrip())


async def follow(request: ProveRequest, key: str | None, options: EngineOptions) -> Finished:
    """Run the job in the daemon and wait for its end; an interrupt cancels the job."""
    daemon = await Daemon.connect()
    try:
        job = await daemon.prove(request, key, options)
        try:
            return await last_event(daemon.attach(job))
        except BaseException:
            await daemon.cancel(job)
            raise
    finally:
        await daemon.close()


async def last_event(events: AsyncIterator[Event]) -> Finished:
    """Show progress on a terminal until the job has finished."""
    progress = sys.stderr if sys.stderr.isatty() else None
    async for event in events:
        if isinstance(event, Finished):
            if progress:
                print("\r\033[K", end="", file=progress, flush=True)
            return event
        if progress and isinstance(event, Progress):
            line = f"hole {event.hole + 1} of {event.holes}, {event.stage}: {event.message}"
            print(f"\r\033[K{line[:100]}", end="", file=progress, flush=True)
    raise InvalidRequest("The job ended without a result; run the command again.")


def show(path: Path, finished: Finished, json: bool) -> None:
    """Print one line for each hole."""
    for result in finished.results:
        if json:
            print(msgspec.json.encode(plain(result)).decode())
        else:
            print(f"{path}:{result.line}:{result.column}: {sentence(result)}")
    for error in () if json else finished.new_errors:
        print(f"{path}: with the proofs in place Lean says: {error}")
    if not finished.results and not json:
        print(f"{path}: nothing to prove: no `sorry` and no unfinished `by` there.")


def sentence(result: HoleResult) -> str:
    """What happened at one hole, for a person."""
    name = result.title
    if result.status != Status.PROVED:
        return f"{name}: {outcome(result)}"
    axioms = f", axioms: {', '.join(result.axioms)}" if result.axioms else ""
    rest = f", {result.remaining} more to prove in it" if result.remaining else ""
    note = f". {result.message}" if result.message else ""
    proved = f"{name}: proved in {result.seconds:.1f} s by {result.finder}{axioms}{rest}{note}"
    return f"{proved}\n{indented(result.proof or '', result.column)}"


def indented(proof: str, column: int) -> str:
    """A proof that stands at a column of the file, or begins on the next line, moved to the left."""
    first, newline, below = proof.strip(" ").partition("\n")
    if not first.strip():
        return textwrap.indent(textwrap.dedent(below), " " * 4)
    rest = below.split("\n") if newline else []
    least = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    moved = column - 1 if least >= column - 1 else max(0, least - 2)
    return "\n".join(f"    {line}".rstrip() for line in [first, *(line[moved:] for line in rest)])


def replace_file(path: Path, expected: str, text: str) -> None:
    """Write the file whole or not at all. Raises `InvalidRequest` when it changed meanwhile or cannot be written."""
    if read_source(path) != expected:
        raise InvalidRequest(
            f"{path} changed while the proofs were searched, so it was left alone; run the command again."
        )
    scratch = path.with_name(f".{path.name}.turnstile")
    try:
        scratch.write_bytes(text.encode())
        scratch.chmod(path.stat().st_mode)
        os.replace(scratch, path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise InvalidRequest(f"{path} cannot be written ({error.strerror}); the proofs are printed above.") from None
