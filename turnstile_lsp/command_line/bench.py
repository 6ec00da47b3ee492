"""`turnstile bench prove`."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import replace

from turnstile_lsp import __version__
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Toolchain
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.problems import Problem, read_set
from turnstile_lsp.agents.prover.prove import import_lines
from turnstile_lsp.agents.prover.results import SYMBOLIC, Finished, ProveRequest, Status, client_environment
from turnstile_lsp.agents.prover.sampling import judge_samples, last_hole, search_samples
from turnstile_lsp.agents.prover.search.options import BEST_FIRST, model_options
from turnstile_lsp.agents.prover.search.scores import SINGLE_PASS
from turnstile_lsp.agents.settings import Resolved
from turnstile_lsp.command_line.bench_results import Outcome, Results, Run
from turnstile_lsp.command_line.running import ALL_DONE, examples, fail, run, settings_for

application = typer.Typer(help="Measure the prover on a set of problems.", no_args_is_help=True)


@application.command(
    epilog=examples(
        "turnstile bench prove --set minif2f.jsonl --split test --budget 60",
        "turnstile bench prove --set minif2f.jsonl --model prover.gguf --samples 32 --out runs/pass32",
        "turnstile bench prove --set minif2f.jsonl --model prover.gguf --samples 3200 --algorithm rmaxts",
        "turnstile bench prove --set core.jsonl --budget 5 --stages search --algorithm uct",
    )
)
def prove(
    problems: Annotated[Path, typer.Option("--set", metavar="FILE", help="Problems, one JSON object a line.")],
    split: Annotated[str | None, typer.Option(help="Only the problems of this split.")] = None,
    budget: Annotated[float | None, typer.Option(help="Seconds for each problem.")] = None,
    samples: Annotated[
        int | None,
        typer.Option(min=1, help="Whole proofs for each problem instead: pass@k, or what a search finds by them."),
    ] = None,
    stages: Annotated[str | None, typer.Option(help="See `turnstile prove`.")] = None,
    algorithm: Annotated[
        str | None,
        typer.Option(help="Of the search: best-first, rmaxts, uct, ucb1 or single-pass; with --samples single-pass."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="A card's name, a .gguf file or URL#name.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results; a run begun there goes on.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Trust the set's folder: its Lean project is used.")] = False,
) -> None:
    """Try every problem of a set in the format of miniF2F (name, header, formal_statement) and write outcomes, figures and
    a curve of solved problems by time, or of pass@k, into a folder. Nothing that was proved before is used. Without a model,
    proofs drawn from the tactics of Turnstile's own stand in for a model's."""
    if (budget is None) == (samples is None):
        fail(InvalidRequest("Say what each problem may cost: either --budget SECONDS or --samples N."))
    if samples is not None and stages is not None:
        fail(InvalidRequest("Samples are whole proofs, without other stages; leave out --stages, or give a --budget."))
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
    if samples is not None and settings.algorithm == BEST_FIRST:
        raise InvalidRequest(f"{BEST_FIRST} goes by single tactics, not by samples; give a --budget.")
    first = problems.problems[0].document()
    toolchain = await discover(_lean_file(file), first, environment=os.environ, trusted=trusted)
    _tell_versions(problems.problems, toolchain)
    described = Run(
        digest=problems.digest,
        split=split,
        budget=settings.budget if samples is None else None,
        samples=samples,
        stages=tuple(settings.stages) if samples is None else (),
        algorithm=settings.algorithm if samples is None else settings.algorithm or SINGLE_PASS,
        model=settings.model,
        lean=toolchain.version,
        turnstile=__version__,
    )
    results = Results(out, described)
    daemon = await Daemon.connect()
    try:
        engine = _engine(daemon, resolved)
        if engine is not None:
            await engine.describe()  # a model that is not there is told now, and does not make all problems unproved
        for problem in problems.problems:
            if problem.name in results.done:
                continue
            request = _request(problem, file, resolved, samples, trusted)
            if samples is None:
                outcome = await _solve(daemon, problem, request, resolved)
            else:
                outcome = await _sample(daemon, engine, problem, request)
            results.add(outcome)
            print(f"{len(results.outcomes)}/{len(problems.problems)} {_sentence(outcome)}", flush=True)
    finally:
        await daemon.close()
    print(msgspec.json.format(msgspec.json.encode(results.write_summary())).decode())
    return ALL_DONE


def _engine(daemon: Daemon, resolved: Resolved) -> Engine | None:
    name = resolved.settings.prove.model
    return None if name is None else daemon.engine(name, resolved.key(name), options_of(resolved.settings))


def _lean_file(file: Path) -> Path:
    """Where the problems' documents lie, as it were: beside the set."""
    return file.resolve().with_suffix(".lean")


def _tell_versions(problems: Sequence[Problem], toolchain: Toolchain) -> None:
    """Say so where the set was written for another Lean."""
    others = {problem.lean_version.removeprefix("v") for problem in problems if problem.lean_version is not None}
    others -= {toolchain.version}
    if others:
        print(
            f"turnstile: Lean {toolchain.version} runs; the set was written for {', '.join(sorted(others))}, so some "
            "statements may not be understood. They count as errors.",
            file=sys.stderr,
        )


def _request(problem: Problem, file: Path, resolved: Resolved, samples: int | None, trusted: bool) -> ProveRequest:
    settings, options = resolved.settings.prove, model_options(resolved.settings.prove)
    return ProveRequest(
        text=problem.document(),
        path=str(_lean_file(file)),
        budget=settings.budget if samples is None else math.inf,
        stages=settings.stages,
        model=settings.model,
        samples=settings.samples if samples is None else samples,
        model_options=options if samples is None else replace(options, expansions=samples, policy=False),
        remember=False,
        trusted=trusted,
        environment=client_environment(),
    )


async def _solve(daemon: Daemon, problem: Problem, request: ProveRequest, resolved: Resolved) -> Outcome:
    """The prover, as `turnstile prove` runs it; an interrupt cancels the job."""
    job = await daemon.prove(request, resolved.key(request.model or ""), options_of(resolved.settings))
    try:
        async for event in daemon.attach(job):
            if isinstance(event, Finished):
                return _outcome(problem, event)
    except BaseException:
        await daemon.cancel(job)
        raise
    raise AssertionError("a job ends with Finished")


async def _sample(daemon: Daemon, engine: Engine | None, problem: Problem, request: ProveRequest) -> Outcome:
    """All samples, each judged; or a search by as many."""
    path = None if request.path is None else Path(request.path)
    toolchain = await discover(path, request.text, environment=os.environ, trusted=request.trusted)
    session = await daemon.lean().session(toolchain, import_lines(request.text))
    started = time.monotonic()
    searches = request.model_options.algorithm not in (None, SINGLE_PASS)
    stage = "search" if searches or engine is None else "model"
    try:
        scene = await last_hole(session, engine, request)
        sampled = await (search_samples(scene) if searches else judge_samples(scene))
    except InvalidRequest as error:
        return Outcome(name=problem.name, status=Status.ERROR, message=error.message)
    finally:
        await session.close()
    return Outcome(
        name=problem.name,
        status=Status.PROVED if sampled.correct else Status.UNPROVED,
        seconds=time.monotonic() - started,
        finder=f"{stage}:{request.model or SYMBOLIC}" if sampled.correct else None,
        proof=sampled.proof,
        samples=sampled.samples,
        correct=sampled.correct,
        message="" if sampled.correct else f"None of {sampled.samples} samples is a proof.",
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
