"""Where the search's proofs come from: a language model that goes on from a prefix, the symbolic policy."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator

from turnstile_lsp.agents.engine.base import Description, Engine
from turnstile_lsp.agents.prover import model
from turnstile_lsp.agents.prover.prompts import Asker, PromptFormat, Question
from turnstile_lsp.agents.prover.search.tree import Node, Prefix
from turnstile_lsp.agents.prover.search.truncate import state_comment, without_state_comments
from turnstile_lsp.agents.prover.search.verifier import PREFIX_TOKENS

Policy = Callable[[str], Iterable[str]]
"""Tactic blocks to try at a goal, best first."""


MODEL_HEARTBEATS = 200_000
POLICY_HEARTBEATS = 20_000


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
        self._tactics: dict[int, Iterator[str]] = {}

    async def proof(self, node: Node, prefix: Prefix) -> str | None:
        """See `search.Source`."""
        tactics = self._tactics.get(node.number)
        if tactics is None:
            tactics = self._tactics[node.number] = iter(self._policy(node.goal))
        tactic = next(tactics, None)
        return None if tactic is None else prefix.text + textwrap.indent(tactic, prefix.indent)
