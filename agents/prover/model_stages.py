"""The stages that ask a language model: whole proofs at once, and the search over whole proofs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import aclosing

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.lean.base import Hole, Judgement, ProofRun
from turnstile_lsp.agents.places import data_folder
from turnstile_lsp.agents.prover import model, prompts
from turnstile_lsp.agents.prover.policy import tactics
from turnstile_lsp.agents.prover.prompts import Question
from turnstile_lsp.agents.prover.search.layout import TWO_LINES, Layout
from turnstile_lsp.agents.prover.search.log import Head, SearchLog, file_of, key
from turnstile_lsp.agents.prover.search.scores import ALGORITHMS
from turnstile_lsp.agents.prover.search.search import Search, Source
from turnstile_lsp.agents.prover.search.sources import MODEL_HEARTBEATS, ModelSource, Policy, PolicySource
from turnstile_lsp.agents.prover.search.tree import Tree
from turnstile_lsp.agents.prover.search.truncate import NO_GOALS, goal_text
from turnstile_lsp.agents.prover.search.verifier import Count, Verifier, is_complete
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns
from turnstile_lsp.agents.prover.surroundings import Surroundings

RUN_SECONDS = 30.0
"""How long running one proof of the search may take; Lean is stopped then, which costs a start."""


async def whole_proofs(scene: Scene) -> Turns:
    """Stage `model`: samples, each judged as it comes; one with deprecated names once more under the new ones."""
    engine = scene.engine
    if engine is None or scene.request.samples == 0:
        return
    description = await engine.describe()
    options = scene.request.model_options
    formats = prompts.chosen_formats(description.model, options.prompt, options.cot)
    async with aclosing(model.samples(engine, question(scene), formats, scene.request.samples)) as proofs:
        async for proof in proofs:
            finder = f"model:{description.model}"
            verdict = yield Trial(tactics=proof, finder=finder)
            if verdict is not None and verdict.judgement is Judgement.REJECTED:
                renamed = await model.modernised(scene.session, scene.state, proof)
                if renamed is not None:
                    yield Trial(tactics=renamed, finder=finder)


async def search(scene: Scene) -> Turns:
    """Stage `search`: truncate and resume, until a proof is verified; in one tree for each way in which the model is asked,
    which share jobs and expansions. A search that was cancelled, or killed, is gone on with when the same is asked again."""
    engine = scene.engine
    options = scene.request.model_options
    if engine is None or options.expansions == 0:
        return
    runner = Runner(scene)
    goal = await runner.root_goal()
    if goal is None:
        return
    description = await engine.describe()
    verifier = Verifier(goal, runner.run, _counter(engine))
    formats = prompts.chosen_formats(description.model, options.prompt, options.cot)
    logs = [_log(scene, goal, description.model, each.name) for each in formats]
    try:
        work = []
        shares = zip(formats, logs, _shared(options.jobs, formats), _shared(options.expansions, formats), strict=True)
        for prompt_format, log, jobs, expansions in shares:
            tree = Search(Tree(goal, ALGORITHMS[options.algorithm]), log, verifier, limit=expansions)
            source: Source = await ModelSource.create(engine, description, prompt_format, question(scene))
            work += [tree.work(source) for _ in range(max(1, jobs))]
            if options.policy:
                work.append(tree.work(PolicySource(_policy(scene.surroundings))))
        async with aclosing(verifier.proofs(work)) as proofs:
            async for proof in proofs:
                yield Trial(tactics=proof, finder=f"search:{description.model}")
    finally:
        for log in logs:
            log.close()


def _log(scene: Scene, goal: str, model_name: str, prompt_format: str) -> SearchLog:
    asked, algorithm = question(scene), scene.request.model_options.algorithm
    name = key(asked.statement, asked.lead, asked.after, *asked.before, algorithm, model_name, prompt_format)
    return SearchLog(file_of(data_folder(), name), Head(goal=goal, algorithm=algorithm))


def _shared(number: int, among: Sequence[object]) -> Iterator[int]:
    """A number in parts that are as equal as can be."""
    return ((number + place) // len(among) for place in reversed(range(len(among))))


class Runner:
    """Has Lean run proofs at the hole."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    async def root_goal(self) -> str | None:
        """The goal at the hole, by verifying `sorry` there; None where it has none."""
        run = await self._run_once("sorry", MODEL_HEARTBEATS)
        return goal_text(run.sorries[0].goals) if run.failure is None and run.sorries else None

    async def run(self, proof: str, heartbeats: int) -> tuple[str, ProofRun]:
        """Run a proof, and where it fails its version under new names."""
        run = await self._run_once(proof, heartbeats)
        if is_complete(run):
            return proof, run
        renamed = await model.modernised(self._scene.session, self._scene.state, proof)
        return (proof, run) if renamed is None else (renamed, await self._run_once(renamed, heartbeats))

    async def _run_once(self, proof: str, heartbeats: int) -> ProofRun:
        scene = self._scene
        layout = Layout.of(scene.candidate(Trial(tactics=TWO_LINES, finder="search")))
        candidate = layout.candidate(proof, heartbeats=heartbeats, seconds=RUN_SECONDS)
        return layout.run_of_block(proof, await scene.session.run_proof(scene.state, candidate))


def _policy(around: Surroundings) -> Policy:
    """The symbolic policy at the first of some goals."""
    return lambda goals: [each.text for each in tactics(goals.split("\n\n")[0], around)] if goals != NO_GOALS else []


def _counter(engine: Engine) -> Count:
    async def count(text: str) -> int:
        return len(await engine.tokenize(text))

    return count


def question(scene: Scene) -> Question:
    """What a model is asked at the hole."""
    now = scene.draft.candidate(scene.target, "", verbatim=True)
    hole = Hole(kind=scene.target.hole.kind, start=now.start, end=now.end)
    return prompts.question(scene.draft.pieces_before(scene.target), now.command, hole)
