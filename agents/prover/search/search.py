"""The search in a tree: jobs that each choose a node, get a proof for it, have Lean run it and put it into the tree."""

from __future__ import annotations

from random import Random
from typing import Protocol

from turnstile_lsp.agents.prover.search.log import Expansion, SearchLog
from turnstile_lsp.agents.prover.search.tree import Node, Prefix, Tree
from turnstile_lsp.agents.prover.search.verifier import Ran, Verifier


class Source(Protocol):
    """Where proofs come from: a model, the symbolic policy. `heartbeats`: what running one of them may cost."""

    heartbeats: int

    async def proof(self, node: Node, prefix: Prefix) -> str | None:
        """A whole proof, a tactic block that begins with the prefix; empty when nothing usable came; None when nothing
        more will come for this node. Raises the engine's errors."""
        ...


class Search:
    """One tree. `limit`: expansions, besides those of the log. `seed`: of the choices among equivalent prefixes."""

    def __init__(self, tree: Tree, log: SearchLog, verifier: Verifier, *, limit: int, seed: int = 0) -> None:
        self.tree = tree
        self._log, self._verifier = log, verifier
        self._seed = seed
        self.begun = 0
        for expansion in log.expansions:
            self.begun += 1
            node = tree.nodes[expansion.node]
            tree.begin(node)
            self._end(node, Ran(expansion.proof, expansion.path, expansion.complete))
        self._limit = self.begun + limit

    @property
    def ended(self) -> int:
        """Expansions that have ended, those of the log included."""
        return self.begun - self.tree.root.subtree.running

    async def work(self, source: Source) -> None:
        """One expansion after the other by a source, until the limit is reached or nothing more comes. Raises the source's
        errors."""
        barren: set[int] = set()
        while self.begun < self._limit and (node := self.tree.select(barren)) is not None:
            self.begun += 1
            self.tree.begin(node)
            try:
                prefix = self.tree.pick_prefix(node, Random(f"{self._seed}:{self.begun}"))
                proof = await source.proof(node, prefix)
                ran = await self._verifier.run(proof, source.heartbeats) if proof else Ran("")
            except BaseException:
                self.tree.abandon(node)
                raise
            if proof is None:
                self.tree.abandon(node)
                self.begun -= 1
                barren.add(node.number)
                continue
            self._end(node, ran)
            self._log.append(Expansion(node=node.number, proof=ran.proof, path=ran.path, complete=ran.complete))

    def _end(self, node: Node, ran: Ran) -> None:
        self.tree.end(node, ran.path)
        self._verifier.note(ran)
