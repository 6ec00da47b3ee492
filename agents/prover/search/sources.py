"""Where the search's proofs come from: a language model that goes on from a prefix, the symbolic policy, which is asked for
one tactic after the other, or for whole proofs drawn at random."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Iterator
from random import Random

from turnstile_lsp.agents.engine.base import Description, Engine
from turnstile_lsp.agents.prover import model
from turnstile_lsp.agents.prover.policy import Suggestion
from turnstile_lsp.agents.prover.prompts import Asker, PromptFormat, Question
from turnstile_lsp.agents.prover.search.tree import Node, Prefix
from turnstile_lsp.agents.prover.search.truncate import state_comment, without_state_comments
from turnstile_lsp.agents.prover.search.verifier import PREFIX_TOKENS

Policy = Callable[[str], Iterable[Suggestion]]
"""Tactic blocks to try at goals, best first."""

MODEL_HEARTBEATS = 200_000
POLICY_HEARTBEATS = 20_000
MOST_DRAWN = 4
"""Tactics of a drawn proof behind its prefix."""


class ModelSource:
    """Goes on from a node's prefix and state comment with one sample."""

    heartbeats = MODEL_HEARTBEATS

    def __init__(self, engine: Engine, asker: Asker) -> None:
        self._engine, self._asker = engine, asker

    @classmethod
    async def create(
        cls, engine: Engine, description: Description, prompt_format: PromptFormat, asked: Question
    ) -> ModelSource:
        """The header is cut once for all jobs, so that their prompts share its cache."""
        return cls(engine, await Asker.create(engine, description, prompt_format, asked, PREFIX_TOKENS))

    async def proof(self, node: Node, prefix: Prefix) -> str | None:
        """See `search.Source`."""
        asker = self._asker
        asked = asker.question
        comment = state_comment(node.goal, asked.pad + prefix.indent) if prefix.text else ""
        statement = asked.going_on(prefix.text) + comment
        request = await asker.request(statement, 1)
        if request is None:
            return None
        async for answer in model.whole_answers(self._engine, request):
            proof = model.proof_of(asker, answer, statement.removeprefix(asked.statement))
            return "" if proof is None else without_state_comments(proof)
        return ""


class PolicySource:
    """One tactic block of the policy after the other, put behind a node's prefix."""

    heartbeats = POLICY_HEARTBEATS

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._tactics: dict[int, Iterator[Suggestion]] = {}

    async def proof(self, node: Node, prefix: Prefix) -> str | None:
        """See `search.Source`."""
        tactics = self._tactics.get(node.number)
        if tactics is None:
            tactics = self._tactics[node.number] = iter(self._policy(node.goal))
        tactic = next(tactics, None)
        return None if tactic is None else prefix.text + textwrap.indent(tactic.text, prefix.indent)


class DrawnProofs:
    """Whole proofs in place of a model's: tactics that the policy would try at a node's goal, drawn by their costs and put
    one behind the other. Like a model's its proofs differ each time, and what it writes far from the goal that it is shown is
    a guess."""

    heartbeats = POLICY_HEARTBEATS

    def __init__(self, policy: Policy, seed: str) -> None:
        self._policy, self._random = policy, Random(seed)
        self._weighted: dict[str, tuple[list[str], list[float]]] = {}

    async def proof(self, node: Node, prefix: Prefix) -> str | None:
        """See `search.Source`."""
        drawn = self.draw(node.goal)
        return None if drawn is None else prefix.text + textwrap.indent(drawn, prefix.indent)

    def draw(self, goals: str) -> str | None:
        """A block for some goals, None where the policy knows nothing to do."""
        if goals not in self._weighted:
            fit = [each for each in self._policy(goals) if not each.offers]
            self._weighted[goals] = [each.text for each in fit], [math.exp(-each.cost) for each in fit]
        tactics, weights = self._weighted[goals]
        if not tactics:
            return None
        return "\n".join(self._random.choices(tactics, weights, k=self._random.randint(1, MOST_DRAWN)))
