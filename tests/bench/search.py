"""Stages and search algorithms at equal budgets: the same statements for all, by turns on the same Lean, so that what the
machine is busy with meets all alike. No model: whole proofs drawn from the symbolic policy stand in for one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from msgspec import Struct

from tests.bench.report import Report, count, measure, proportion
from tests.core_theorems import Theorem, load
from tests.warm_lean import embedded_toolchain
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.prover.attempt import Attempt
from turnstile_lsp.agents.prover.results import ProveRequest
from turnstile_lsp.agents.prover.sampling import last_hole, search_samples
from turnstile_lsp.agents.prover.search.options import ModelOptions
from turnstile_lsp.agents.prover.search.scores import ALGORITHMS
from turnstile_lsp.agents.prover.stage import Scene

BUDGET, SHORT_BUDGET = 3.0, 1.0
"""Seconds for each statement."""
EVERY, SHORT_EVERY = 2, 70
"""Of the held-out half's true statements, in the order of level and area, every so many-th."""
UNLIMITED = 1_000_000
MEMORY = 1500 << 20
"""Bytes at which Lean is started anew, as the daemon does."""
CURVE = (1, 4, 16, 64)
STAGES = {
    "portfolio": ("portfolio",),
    "best_first": ("search",),
    "all_stages": ("refute", "portfolio", "search"),
}


class Solved(Struct, frozen=True):
    """`seconds` until the gate had verified it, and, of a search over whole proofs, the `expansions` until then."""

    seconds: float
    expansions: int = 0


async def equal_budgets(report: Report, short: bool) -> None:
    """Solved and times by stage and by algorithm; for the algorithms also how many in so many expansions."""
    chosen, budget = _statements()[:: SHORT_EVERY if short else EVERY], SHORT_BUDGET if short else BUDGET
    contestants = [*STAGES, *ALGORITHMS]
    outcomes: dict[str, list[Solved | None]] = {name: [] for name in contestants}
    session = LeanSession(embedded_toolchain(), memory_limit=MEMORY)
    try:
        for number, theorem in enumerate(chosen):
            first = number % len(contestants)
            for name in (*contestants[first:], *contestants[:first]):
                outcomes[name].append(await _solve(session, theorem, name, budget))
    finally:
        await session.close()
    report.add("equal.budget", count(budget, "s"))
    for name, found in outcomes.items():
        _tell(report, name, found)


def _statements() -> list[Theorem]:
    true = [each for each in load() if each.split == "test" and each.true]
    return sorted(true, key=lambda each: (each.level, each.area, each.name))


def _tell(report: Report, name: str, outcomes: Sequence[Solved | None]) -> None:
    solved = [each for each in outcomes if each is not None]
    report.add(f"equal.{name}_solved", proportion(len(solved), len(outcomes)))
    if solved:
        seconds = [each.seconds for each in solved]
        report.add(f"equal.{name}_seconds", measure(seconds, "s"))
        report.add(f"equal.{name}_seconds_p90", measure(seconds, "s", share=0.9))
    if name in ALGORITHMS:
        for limit in CURVE:
            within = sum(each.expansions <= limit for each in solved)
            report.add(f"equal.{name}_solved_by_{limit}", proportion(within, len(outcomes)))


async def _solve(session: LeanSession, theorem: Theorem, name: str, budget: float) -> Solved | None:
    """Nothing is learned from one contestant to the next."""
    request = ProveRequest(
        text=theorem.open_text,
        budget=budget,
        stages=STAGES.get(name, ()),
        model_options=ModelOptions(
            algorithm=name if name in ALGORITHMS else None, expansions=UNLIMITED, policy=name not in ALGORITHMS
        ),
        remember=False,
    )
    await session.statistics()  # waits for what the contestant before left Lean to do
    scene = await last_hole(session, None, request)
    return await (_by_search(scene) if name in ALGORITHMS else _by_stages(scene))


async def _by_stages(scene: Scene) -> Solved | None:
    attempt = Attempt(scene)
    async with aclosing(attempt.run()) as turns:
        async for _ in turns:
            pass
    return Solved(attempt.proof.seconds) if attempt.proof is not None else None


async def _by_search(scene: Scene) -> Solved | None:
    try:
        async with asyncio.timeout(scene.left):
            sampled = await search_samples(scene)
    except TimeoutError:
        return None
    return Solved(scene.seconds, sampled.samples) if sampled.correct else None
