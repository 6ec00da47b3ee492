"""Laws that definitions may obey are tried at small values, and the plausible ones proved one after the other at a tactic
state, so that they stand in the context of what follows."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import groupby, islice

from msgspec import Struct

from turnstile_lsp.agents.lean.base import Step, TacticState
from turnstile_lsp.agents.prover import laws, policy
from turnstile_lsp.agents.prover.goals import parse_goal
from turnstile_lsp.agents.prover.law import Law
from turnstile_lsp.agents.prover.portfolio import fill_in
from turnstile_lsp.agents.prover.refute import any_of, counterexamples
from turnstile_lsp.agents.prover.small_values import Own
from turnstile_lsp.agents.prover.surroundings import Surroundings

MOST_MILLISECONDS = 8_000.0
"""For all laws together."""
FARTHEST, STRIDE = 60, 10
"""Which small values a law is tried at: every tenth choice, those with the smallest values first."""


TOGETHER = 6
"""So many laws are tried at small values in one step."""


class Tries(Struct, frozen=True):
    """Of the law `name`, about `function`. `settles`: whether it says all of that one. `refutation`: a tactic that brings its negation into the context, under its name, where it is false
    at small values. `proofs`: tactics that bring
    it into the context, one for each way to prove it."""

    name: str
    function: str
    settles: bool
    refutation: str
    proofs: Sequence[str]


def tries(around: Surroundings) -> list[Tries]:
    """For each law that definitions in the goal may obey."""
    return [
        Tries(law.name, law.function, law.settles, _refutation(law, around), _proofs(law, around))
        for law in laws.about(around.goal.target, around.signatures, around.inductives)
    ]


def _refutation(law: Law, around: Surroundings) -> str:
    evaluated = any_of(["decide", f"simp [{', '.join(around.definitions)}]"])
    choices = counterexamples(f"⊢ {law.explicit}", Own(inductives=around.inductives))
    chosen = reversed(list(islice(choices, 0, FARTHEST, STRIDE)))  # larger values tell more
    either = [f"  | {each.refutation([evaluated] * each.places)}" for each in chosen]
    return "\n".join([f"have {law.name} : ¬ ({law.explicit}) := by", "  intro h", "  first", *either])


def _proofs(law: Law, around: Surroundings) -> list[str]:
    names = {
        "definitions": ", ".join(around.definitions),
        "equations": ", ".join([*around.definitions, *(f"= {name}.eq_def" for name in around.recursive)]),
    }
    parts = {**law.names, **{name: text for name, text in names.items() if text}}
    if law.function in around.definitions and law.function not in around.recursive:
        parts["unfolded"] = law.function
        parts.pop("call", None)
    proofs = [proof for text in policy.load().law_proofs for proof in fill_in(text, [[parts]])]
    return [f"have {law.name} : {law.statement} := by\n  intro {law.variables}\n  {proof}" for proof in proofs]


class Assumption:
    """`run`: runs a tactic at a state. `state`: the root with the laws that were proved so far. `tactics`: those that proved
    them."""

    def __init__(self, run: Callable[[TacticState, str], Awaitable[Step]], root: TacticState) -> None:
        self._run_at, self.state = run, root
        self.tactics: list[str] = []
        self._settled: set[str] = set()
        self._milliseconds = 0.0

    async def assume(self, each_law: Sequence[Tries]) -> AsyncIterator[None]:
        """Prove what holds of some laws, function by function; one that needs others behind it is tried once more after
        them. Yields after each try."""
        open_: list[Tries] = []
        for _, group in groupby(each_law, lambda law: law.function):
            laws = list(group)
            for first in range(0, len(laws), TOGETHER):
                some = self._unsettled(laws[first : first + TOGETHER])
                plausible = await self._plausible(some) if some else []
                yield
                async for _ in self._prove_each(plausible, open_):
                    yield
        known = -1
        while known < len(self.tactics):
            known, left = len(self.tactics), list[Tries]()
            async for _ in self._prove_each(open_, left):
                yield
            open_ = left

    async def _prove_each(self, some: Sequence[Tries], left: list[Tries]) -> AsyncIterator[None]:
        for law in some:
            if self._unsettled([law]):
                async for _ in self._prove(law, left):
                    yield

    def _unsettled(self, some: Sequence[Tries]) -> list[Tries]:
        """Those about functions of which it is not known yet what they are, as long as there is time."""
        late = self._milliseconds > MOST_MILLISECONDS
        return [] if late else [each for each in some if each.function not in self._settled]

    async def _plausible(self, some: Sequence[Tries]) -> list[Tries]:
        """Those that no small values refute. What Lean stopped at is tried again one by one."""
        step = await self._run("\n".join("try\n" + textwrap.indent(each.refutation, "  ") for each in some))
        if step.state is None:
            return [each for each in some if (await self._run(each.refutation)).state is None]
        refuted = {each.name for each in parse_goal(step.goals[0]).hypotheses}
        return [each for each in some if each.name not in refuted]

    async def _prove(self, law: Tries, left: list[Tries]) -> AsyncIterator[None]:
        for tactic in law.proofs:
            if self._milliseconds > MOST_MILLISECONDS:
                return
            step = await self._run(tactic)
            yield
            if step.state is not None:
                self.state = step.state
                self.tactics.append(tactic)
                if law.settles:
                    self._settled.add(law.function)
                return
        left.append(law)

    async def _run(self, tactic: str) -> Step:
        step = await self._run_at(self.state, tactic)
        self._milliseconds += step.milliseconds
        return step
