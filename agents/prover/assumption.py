"""Laws that definitions may obey are tried at small values, and the plausible ones proved one after the other at a tactic
state, so that they stand in the context of what follows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import islice

from msgspec import Struct

from turnstile_lsp.agents.lean.base import Step, TacticState
from turnstile_lsp.agents.prover import laws, policy
from turnstile_lsp.agents.prover.laws import Law
from turnstile_lsp.agents.prover.portfolio import fill_in
from turnstile_lsp.agents.prover.refute import any_of, counterexamples
from turnstile_lsp.agents.prover.small_values import Own
from turnstile_lsp.agents.prover.surroundings import Surroundings

MOST_MILLISECONDS = 8_000.0
"""For all laws together."""
FARTHEST, STRIDE = 60, 10
"""Which small values a law is tried at: every tenth choice, those with the smallest values first."""


class Tries(Struct, frozen=True):
    """Of one law. `refutation`: a tactic that succeeds where it is false at small values. `proofs`: tactics that bring it
    into the context, one for each way to prove it."""

    refutation: str
    proofs: Sequence[str]


def tries(around: Surroundings) -> list[Tries]:
    """For each law that definitions in the goal may obey."""
    return [
        Tries(_refutation(law, around), _proofs(law, around))
        for law in laws.about(around.goal.target, around.signatures, around.inductives)
    ]


def _refutation(law: Law, around: Surroundings) -> str:
    evaluated = any_of(["decide", f"simp [{', '.join(around.definitions)}]"])
    choices = counterexamples(f"⊢ {law.explicit}", Own(inductives=around.inductives))
    either = [f"  | {each.refutation([evaluated] * each.places)}" for each in islice(choices, 0, FARTHEST, STRIDE)]
    return "\n".join([f"have : ¬ ({law.explicit}) := by", "  intro h", "  first", *either])


def _proofs(law: Law, around: Surroundings) -> list[str]:
    names = {
        "definitions": ", ".join(around.definitions),
        "equations": ", ".join([*around.definitions, *(f"= {name}.eq_def" for name in around.recursive)]),
    }
    parts = {**law.names, **{name: text for name, text in names.items() if text}}
    proofs = [proof for text in policy.load().law_proofs for proof in fill_in(text, [[parts]])]
    return [f"have {law.name} : {law.statement} := by\n  intro {law.variables}\n  {proof}" for proof in proofs]


class Assumption:
    """`run`: runs a tactic at a state. `state`: the root with the laws that were proved so far. `tactics`: those that proved
    them."""

    def __init__(self, run: Callable[[TacticState, str], Awaitable[Step]], root: TacticState) -> None:
        self._run_at, self.state = run, root
        self.tactics: list[str] = []
        self._milliseconds = 0.0

    async def assume(self, each_law: Sequence[Tries]) -> AsyncIterator[None]:
        """Prove what holds of some laws; one that needs others behind it is tried once more after them. Yields after each
        try."""
        open_ = []
        for law in each_law:
            if (await self._run(law.refutation)).state is None:
                open_.append(law)
            yield
        known = -1
        while known < len(self.tactics):
            known, left = len(self.tactics), list[Tries]()
            for law in open_:
                async for _ in self._prove(law, left):
                    yield
            open_ = left

    async def _prove(self, law: Tries, left: list[Tries]) -> AsyncIterator[None]:
        for tactic in law.proofs:
            if self._milliseconds > MOST_MILLISECONDS:
                return
            step = await self._run(tactic)
            yield
            if step.state is not None:
                self.state = step.state
                self.tactics.append(tactic)
                return
        left.append(law)

    async def _run(self, tactic: str) -> Step:
        step = await self._run_at(self.state, tactic)
        self._milliseconds += step.milliseconds
        return step
