"""The search at one hole: a tree for each source of proofs, what Lean runs for it, and the stage `search` that it makes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.lean.base import ProofRun
from turnstile_lsp.agents.places import data_folder
from turnstile_lsp.agents.prover import model, prompts
from turnstile_lsp.agents.prover.model_stages import question
from turnstile_lsp.agents.prover.policy import Suggestion, tactics
from turnstile_lsp.agents.prover.results import SYMBOLIC
from turnstile_lsp.agents.prover.search.layout import TWO_LINES, Layout
from turnstile_lsp.agents.prover.search.log import Head, SearchLog, file_of, key
from turnstile_lsp.agents.prover.search.options import BEST_FIRST
from turnstile_lsp.agents.prover.search.scores import ALGORITHMS
from turnstile_lsp.agents.prover.search.search import Search, Source
from turnstile_lsp.agents.prover.search.sources import MODEL_HEARTBEATS, DrawnProofs, ModelSource, Policy, PolicySource
from turnstile_lsp.agents.prover.search.tree import Tree
from turnstile_lsp.agents.prover.search.truncate import NO_GOALS, goal_text
from turnstile_lsp.agents.prover.search.verifier import Count, Verifier, is_complete
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns

RUN_SECONDS = 30.0
"""How long running one proof of the search may take; Lean is stopped then, which costs a start."""


async def turns(scene: Scene) -> Turns:
    """Stage `search`: truncate and resume, until a proof is verified; with a model, or where an algorithm is named. A search
    that was cancelled, or killed, is gone on with when the same is asked again."""
    engine, algorithm = scene.engine, scene.request.model_options.algorithm
    if algorithm == BEST_FIRST or (engine is None and algorithm is None):
        return
    finder = f"search:{SYMBOLIC if engine is None else (await engine.describe()).model}"
    async with aclosing(TreeSearch(scene).proofs()) as proofs:
        async for proof in proofs:
            yield Trial(tactics=proof, finder=finder)


class TreeSearch:
    """Searches in one tree for each way in which the model is asked, which share jobs and expansions; without a model in one
    tree, by proofs drawn from the policy."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._options = scene.request.model_options
        self._algorithm = self._options.algorithm or "rmaxts"
        self._trees: list[Search] = []
        self._logs: list[SearchLog] = []

    @property
    def ended(self) -> int:
        """Expansions that have ended."""
        return sum(each.ended for each in self._trees)

    async def proofs(self) -> AsyncGenerator[str, None]:
        """What Lean has nothing against, for the gate to judge. Ends when the expansions are used up. Raises the engine's
        errors."""
        runner = Runner(self._scene)
        goal = await runner.root_goal() if self._options.expansions else None
        if goal is None:
            return
        engine = self._scene.engine
        verifier = Verifier(goal, runner.run, _counter(engine))
        try:
            sources = await self._sources(goal)
            work = []
            jobs = 1 if engine is None else self._options.jobs  # Lean runs one proof after the other
            for (source, log), number, limit in zip(
                sources, _shared(jobs, sources), _shared(self._options.expansions, sources), strict=True
            ):
                tree = Search(Tree(goal, ALGORITHMS[self._algorithm]), log, verifier, limit=limit)
                self._trees.append(tree)
                work += [tree.work(source) for _ in range(max(1, number))]
                if self._options.policy:
                    work.append(tree.work(PolicySource(policy_of(self._scene))))
            async with aclosing(verifier.proofs(work)) as proofs:
                async for proof in proofs:
                    yield proof
        finally:
            for log in self._logs:
                log.close()

    async def _sources(self, goal: str) -> list[tuple[Source, SearchLog]]:
        """One for each tree."""
        engine = self._scene.engine
        if engine is None:
            log = self._log(goal, SYMBOLIC)
            return [(DrawnProofs(policy_of(self._scene), f"{len(log.expansions)} {goal}"), log)]
        description = await engine.describe()
        asked = question(self._scene)
        return [
            (
                await ModelSource.create(engine, description, prompt_format, asked),
                self._log(goal, description.model, prompt_format.name),
            )
            for prompt_format in prompts.chosen_formats(description.model, self._options.prompt, self._options.cot)
        ]

    def _log(self, goal: str, *source: str) -> SearchLog:
        asked = question(self._scene)
        name = key(asked.statement, asked.lead, asked.after, *asked.before, self._algorithm, *source)
        path = file_of(data_folder(), name) if self._scene.request.remember else None
        self._logs.append(SearchLog(path, Head(goal=goal, algorithm=self._algorithm)))
        return self._logs[-1]


def policy_of(scene: Scene) -> Policy:
    """The symbolic policy at the first of some goals, without look-ups that offer steps instead of a proof."""

    def at(goals: str) -> Iterable[Suggestion]:
        found = tactics(goals.split("\n\n")[0], scene.surroundings) if goals != NO_GOALS else []
        return (each for each in found if each.closes or not each.offers)

    return at


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


def _counter(engine: Engine | None) -> Count:
    async def count(text: str) -> int:
        return len(await engine.tokenize(text)) if engine is not None else 0  # no context to overflow

    return count
