"""The search's algorithms at equal numbers of expansions. With no prover's weights at hand, a stand-in writes the proofs:
tactics of the symbolic policy, drawn at random and put one behind the other, so that most are wrong somewhere."""

from __future__ import annotations

import json
import math
import random
import tempfile
import textwrap
from contextlib import aclosing
from pathlib import Path

from tests.bench.report import Report, count
from tests.warm_lean import embedded_toolchain
from turnstile_lsp.agents.lean.base import Judgement, Session
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.prover import policy
from turnstile_lsp.agents.prover.draft import Draft, targets
from turnstile_lsp.agents.prover.model_stages import Runner
from turnstile_lsp.agents.prover.problems import Problem, read_set
from turnstile_lsp.agents.prover.results import ProveRequest
from turnstile_lsp.agents.prover.search.log import Head, SearchLog
from turnstile_lsp.agents.prover.search.scores import ALGORITHMS
from turnstile_lsp.agents.prover.search.search import Search
from turnstile_lsp.agents.prover.search.tree import Node, Prefix, Tree
from turnstile_lsp.agents.prover.search.verifier import Verifier
from turnstile_lsp.agents.prover.stage import Scene, Trial
from turnstile_lsp.agents.prover.surroundings import Surroundings

CORE = Path(__file__).resolve().parents[1] / "data" / "core_theorems.jsonl"
EXPANSIONS = 60
LENGTH = 4
"""Most tactics of one proof that stand behind what it goes on from."""


class RandomProofs:
    """Implements `search.Source`."""

    heartbeats = 20_000

    def __init__(self, around: Surroundings, seed: int) -> None:
        self._around, self._random = around, random.Random(seed)

    async def proof(self, node: Node, prefix: Prefix) -> str | None:
        moves = policy.tactics(node.goal.split("\n\n")[0], self._around)
        moves = [each for each in moves if "?" not in each.text]
        if not moves:
            return ""
        weights = [math.exp(-each.cost) for each in moves]
        drawn = "\n".join(each.text for each in self._random.choices(moves, weights, k=self._random.randint(1, LENGTH)))
        return prefix.text + textwrap.indent(drawn, prefix.indent)


async def algorithms(report: Report, short: bool) -> None:
    """How many lemmas each algorithm proves in as many expansions."""
    problems = _true_ones()[:: 40 if short else 8]
    session = LeanSession(embedded_toolchain())
    try:
        for name in ALGORITHMS:
            solved = [await _solves(session, problem, name) for problem in problems]
            report.add(f"search.{name}", count(sum(solved), "lemmas"))
        report.add("search.lemmas", count(len(problems), "lemmas"))
    finally:
        await session.close()


def _true_ones() -> list[Problem]:
    """Those of the second level and above."""
    rows = [json.loads(line) for line in CORE.read_text(encoding="utf-8").splitlines()]
    names = {row["name"] for row in rows if row["true"] and row["level"] >= 2}
    return [each for each in read_set(CORE, "valid").problems if each.name in names]


async def _solves(session: Session, problem: Problem, algorithm: str) -> bool:
    text = problem.document()
    elaboration = await session.elaborate(text)
    scene = Scene(Draft(text, elaboration), targets(text, elaboration, ())[-1], session, ProveRequest(text=text), None)
    runner = Runner(scene)
    goal = await runner.root_goal()
    if goal is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        log = SearchLog(Path(folder) / "log.jsonl", Head(goal=goal, algorithm=algorithm))
        verifier = Verifier(goal, runner.run, _characters)
        search = Search(Tree(goal, ALGORITHMS[algorithm]), log, verifier, limit=EXPANSIONS)
        work = [search.work(RandomProofs(scene.surroundings, len(problem.name)))]
        async with aclosing(verifier.proofs(work)) as proofs:
            async for proof in proofs:
                candidate = scene.candidate(Trial(tactics=proof, finder="search"))
                if (await session.check(scene.state, candidate)).judgement is Judgement.VERIFIED:
                    return True
        log.close()
    return False


async def _characters(text: str) -> int:
    return len(text) // 3
