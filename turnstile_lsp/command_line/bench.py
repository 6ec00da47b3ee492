"""`turnstile bench prove`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from turnstile_lsp import __version__
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.prover.problems import Problem, read_set
from turnstile_lsp.agents.prover.results import Finished, ProveRequest, Status, client_environment
from turnstile_lsp.agents.settings import Resolved
from turnstile_lsp.command_line.bench_results import Outcome, Results, Run
from turnstile_lsp.command_line.running import ALL_DONE, examples, run, settings_for

application = typer.Typer(help="Measure the prover on a set of problems.", no_args_is_help=True)


@application.command(
    epilog=examples(
        "turnstile bench prove --set minif2f.jsonl --split test --budget 60",
        "turnstile bench prove --set minif2f.jsonl --model prover.gguf --stages model,search --out runs/one",
    )
)
def prove(
    problems: Annotated[Path, typer.Option("--set", metavar="FILE", help="Problems, one JSON object a line.")],
    split: Annotated[str | None, typer.Option(help="Only the problems of this split.")] = None,
    budget: Annotated[float | None, typer.Option(help="Seconds for each problem.")] = None,
    stages: Annotated[str | None, typer.Option(help="See `turnstile prove`.")] = None,
    model: Annotated[str | None, typer.Option(help="A card's name, a .gguf file or URL#name.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results; a run begun there goes on.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Trust the set's folder: its Lean project is used.")] = False,
) -> None:
    """Try every problem of a set in the format of miniF2F (name, header, formal_statement) and write outcomes, figures and
    a curve of solved problems by time into a folder."""
    run(_prove(problems, split, budget, stages, model, out or problems.with_suffix(".results"), trust))


async def _prove(
    file: Path, split: str | None, budget: float | None, stages: str | None, model: str | None, out: Path, trust: bool
) -> int:
    problems = read_set(file, split)
    chosen = stages.split(",") if stages is not None else None
    resolved, trusted = settings_for(file, trust=trust, prove__model=model, prove__budget=budget, prove__stages=chosen)
    settings = resolved.settings.prove
    results = Results(
        out,
        Run(
            digest=problems.digest,
            split=split,
            budget=settings.budget,
            samples=None,
            stages=tuple(settings.stages),
            algorithm=settings.algorithm,
            model=settings.model,
            turnstile=__version__,
        ),
    )
    daemon = await Daemon.connect()
    try:
        for problem in problems.problems:
            if problem.name not in results.done:
                outcome = await _one(daemon, problem, file, resolved, trusted)
                results.add(outcome)
                print(f"{len(results.outcomes)}/{len(problems.problems)} {_sentence(outcome)}", flush=True)
    finally:
        await daemon.close()
    print(msgspec.json.format(msgspec.json.encode(results.write_summary())).decode())
    return ALL_DONE


async def _one(daemon: Daemon, problem: Problem, file: Path, resolved: Resolved, trusted: bool) -> Outcome:
    settings = resolved.settings.prove
    request = ProveRequest(
        text=problem.document(),
        path=str(file.resolve().with_suffix(".lean")),
        budget=settings.budget,
        stages=settings.stages,
        model=settings.model,
        samples=settings.samples,
        trusted=trusted,
        environment=client_environment(),
    )
    job = await daemon.prove(request, resolved.key(settings.model or ""), options_of(resolved.settings))
    async for event in daemon.attach(job):
        if isinstance(event, Finished):
            return _outcome(problem, event)
    raise AssertionError("a job ends with Finished")


def _outcome(problem: Problem, finished: Finished) -> Outcome:
    """A statement has one hole; one without any was no problem, and one that Lean does not read is an error."""
    if not finished.results:
        return Outcome(name=problem.name, status=Status.ERROR, message="Lean finds nothing to prove in its statement.")
    result = finished.results[-1]
    return Outcome(
        name=problem.name,
        status=result.status,
        seconds=result.seconds,
        finder=result.finder,
        proof=result.proof,
        message=result.message,
    )


def _sentence(outcome: Outcome) -> str:
    found = f" in {outcome.seconds:.1f} s by {outcome.finder}" if outcome.finder else f" {outcome.message}"
    return f"{outcome.name}: {outcome.status}{found}"
