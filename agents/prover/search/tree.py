"""The search tree: nodes are goals, edges are what a proof's next segment leads to."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence
from random import Random

from msgspec import Struct

from turnstile_lsp.agents.prover.search.scores import Algorithm, Statistics, score
from turnstile_lsp.agents.prover.search.truncate import Segment


class Prefix(Struct, frozen=True):
    """The beginning of a proof that leads to a node: whole lines, and the indentation at which it goes on."""

    text: str
    indent: str = ""


class Node:
    """`number`: in the order of creation, the root's is 0. `goal`: also the key of the edge that leads here. `prefixes`:
    all beginnings of proofs that were seen to lead here, each once. `own`: statistics of ⊘, the action that expands
    this very node; `subtree`: what the parent sees."""

    def __init__(self, number: int, goal: str, parent: Node | None) -> None:
        self.number, self.goal, self.parent = number, goal, parent
        self.children: dict[str, Node] = {}
        self.prefixes: list[Prefix] = []
        self.own = Statistics()
        self.subtree = Statistics()

    def line(self) -> Iterator[Node]:
        """The node and its ancestors."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent


class Tree:
    """A tree of what proofs of one goal lead to. Deterministic: the same calls make the same tree."""

    def __init__(self, goal: str, algorithm: Algorithm) -> None:
        self.algorithm = algorithm
        self.nodes = [Node(0, goal, None)]
        self.root.prefixes.append(Prefix(""))

    @property
    def root(self) -> Node:
        return self.nodes[0]

    def select(self, barren: Container[int] = ()) -> Node | None:
        """The node to expand next: from the root down until ⊘ is the best action. Nodes of the numbers `barren` are left
        out; None when no others are there."""
        fertile = {each for node in self.nodes if node.number not in barren for each in node.line()}
        if self.root not in fertile:
            return None
        node = self.root
        while (child := self._best(node, barren, fertile)) is not None:
            node = child
        return node

    def begin(self, node: Node) -> None:
        """A job expands the node from now on: a virtual loss."""
        self._count(node, 1)

    def abandon(self, node: Node) -> None:
        """The job ended without a result."""
        self._count(node, -1)

    def end(self, node: Node, path: Sequence[Segment]) -> int:
        """The job's proof was run: insert its segments and count the visit. Returns how many nodes are new."""
        self._count(node, -1)
        added = self.insert(path)
        reward = float(added > 0) if self.algorithm.intrinsic else 0.0
        node.own.update(reward, self.algorithm.discount)
        for each in node.line():
            each.subtree.update(reward, self.algorithm.discount)
        return added

    def insert(self, path: Sequence[Segment]) -> int:
        """Put a proof's segments, `merged` from the root's goal on, into the tree. Returns how many nodes are new."""
        before = len(self.nodes)
        if not self.algorithm.tree:
            return 0
        node, text = self.root, ""
        for segment in path:
            text += segment.text
            child = node.children.get(segment.goal)
            if child is None:
                child = node.children[segment.goal] = Node(len(self.nodes), segment.goal, node)
                self.nodes.append(child)
            prefix = Prefix(text, segment.indent)
            if prefix not in child.prefixes:
                child.prefixes.append(prefix)
            node = child
        return len(self.nodes) - before

    def pick_prefix(self, node: Node, random: Random) -> Prefix:
        """One of the equivalent beginnings, uniformly."""
        return random.choice(node.prefixes)

    def scores(self, node: Node) -> list[float]:
        """Of ⊘, then of the children in the order in which they were inserted."""
        pairs = [each.with_losses(self.algorithm.discount) for each in self._actions(node)]
        total = sum(visits for _, visits in pairs)
        return [score(reward, visits, total) for reward, visits in pairs]

    def _best(self, node: Node, barren: Container[int], fertile: Container[Node]) -> Node | None:
        """The child to go on to; None for ⊘, which a tie goes to."""
        actions = [None, *node.children.values()]
        allowed = [node.number not in barren if each is None else each in fertile for each in actions]
        scores = [score if may else -math.inf for score, may in zip(self.scores(node), allowed, strict=True)]
        return actions[scores.index(max(scores))]

    def _actions(self, node: Node) -> list[Statistics]:
        return [node.own, *(child.subtree for child in node.children.values())]

    def _count(self, node: Node, jobs: int) -> None:
        node.own.running += jobs
        for each in node.line():
            each.subtree.running += jobs
