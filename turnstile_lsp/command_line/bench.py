"""`turnstile bench prove`."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from turnstile_lsp import __version__
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.problems import Problem, read_set
from turnstile_lsp.agents.prover.prove import import_lines
from turnstile_lsp.agents.prover.results import Finished, ProveRequest, Status, client_environment
from turnstile_lsp.agents.prover.sampling import judge_samples
from turnstile_lsp.agents.prover.search.options import model_options
from turnstile_lsp.agents.settings import Resolved
from turnstile_lsp.command_line.bench_results import Outcome, Results, Run
from turnstile_lsp.command_line.running import ALL_DONE, examples, run, settings_for

application = typer.Typer(help="Measure the prover on a set of problems.", no_args_is_help=True)


@application.command(
    epilog=examples(
        "turnstile bench prove --set minif2f.jsonl --split test --budget 60",
        "turnstile bench prove --set minif2f.jsonl --model prover.gguf --samples 32 --out runs/pass32",
        "turnstile bench prove --set minif2f.jsonl --model prover.gguf --stages search --algorithm uct",
    )
)
def prove(
    problems: Annotated[Path, typer.Option("--set", metavar="FILE", help="Problems, one JSON object a line.")],
    split: Annotated[str | None, typer.Option(help="Only the problems of this split.")] = None,
    budget: Annotated[float | None, typer.Option(help="Seconds for each problem.")] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="Judge so many whole proofs of the model for each problem: pass@k.")
    ] = None,
    stages: Annotated[str | None, typer.Option(help="See `turnstile prove`.")] = None,
    algorithm: Annotated[str | None, typer.Option(help="Of the search: rmaxts, uct, ucb1 or single-pass.")] = None,
    model: Annotated[str | None, typer.Option(help="A card's name, a .gguf file or URL#name.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results; a run begun there goes on.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Trust the set's folder: its Lean project is used.")] = False,
) -> None:
    """Try every problem of a set in the format of miniF2F (name, header, formal_statement) and write outcomes, figures and
    a curve of solved problems by time, or of pass@k, into a folder."""
    overrides = {
        "prove__model": model,
        "prove__budget": budget,
        "prove__stages": stages.split(",") if stages is not None else None,
        "prove__algorithm": algorithm,
    }
    run(_bench(problems, split, samples, out or problems.with_suffix(".results"), trust, overrides))


async def _bench(
    file: Path, split: str | None, samples: int | None, out: Path, trust: bool, overrides: Mapping[str, object]
) -> int:
    problems = read_set(file, split)
    resolved, trusted = settings_for(file, trust=trust, **overrides)
    settings = resolved.settings.prove
    if samples is not None and settings.model is None:
        raise InvalidRequest("Samples are drawn from a prover model; name one with --model.")
    described = Run(
        digest=problems.digest,
        split=split,
        budget=settings.budget,
        samples=samples,
        stages=tuple(settings.stages),
        algorithm=settings.algorithm,
        model=settings.model,
        turnstile=__version__,
    )
    results = Results(out, described)
    daemon = await Daemon.connect()
    try:
        for problem in problems.problems:
            if problem.name in results.done:
                continue
            request = _request(problem, file, resolved, samples, trusted)
            if samples is None:
                outcome = await _solve(daemon, problem, request, resolved)
            else:
                outcome = await _sample(daemon, problem, request, resolved)
            results.add(outcome)
            print(f"{len(results.outcomes)}/{len(problems.problems)} {_sentence(outcome)}", flush=True)
    finally:
        await daemon.close()
    print(msgspec.json.format(msgspec.json.encode(results.write_summary())).decode())
    return ALL_DONE


def _request(problem: Problem, file: Path, resolved: Resolved, samples: int | None, trusted: bool) -> ProveRequest:
    settings = resolved.settings.prove
    return ProveRequest(
        text=problem.document(),
        path=str(file.resolve().with_suffix(".lean")),
        budget=settings.budget,
        stages=settings.stages,
        model=settings.model,
        samples=settings.samples if samples is None else samples,
        model_options=model_options(settings),
        trusted=trusted,
        environment=client_environment(),
    )


async def _solve(daemon: Daemon, problem: Problem, request: ProveRequest, resolved: Resolved) -> Outcome:
    """The prover, as `turnstile prove` runs it."""
    job = await daemon.prove(request, resolved.key(request.model or ""), options_of(resolved.settings))
    async for event in daemon.attach(job):
        if isinstance(event, Finished):
            return _outcome(problem, event)
    raise AssertionError("a job ends with Finished")


async def _sample(daemon: Daemon, problem: Problem, request: ProveRequest, resolved: Resolved) -> Outcome:
    """All samples, each judged."""
    assert request.model is not None
    engine = daemon.engine_for(resolved, request.model)
    path = None if request.path is None else Path(request.path)
    toolchain = await discover(path, request.text, environment=os.environ, trusted=request.trusted)
    session = await daemon.lean().session(toolchain, import_lines(request.text))
    started = time.monotonic()
    try:
        sampled = await judge_samples(session, engine, request)
    finally:
        await session.close()
    return Outcome(
        name=problem.name,
        status=Status.PROVED if sampled.correct else Status.UNPROVED,
        seconds=time.monotonic() - started,
        finder=f"model:{request.model}" if sampled.correct else None,
        proof=sampled.proof,
        correct=sampled.correct,
    )


def _outcome(problem: Problem, finished: Finished) -> Outcome:
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
