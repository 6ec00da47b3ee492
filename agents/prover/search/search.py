"""The search: jobs in flight that each choose a node, get a proof for it, have Lean run it and put it into the tree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from random import Random
from typing import Protocol

from msgspec import Struct

from turnstile_lsp.agents.lean.base import ProofRun
from turnstile_lsp.agents.prover.search.log import Expansion, SearchLog
from turnstile_lsp.agents.prover.search.tree import Node, Prefix, Tree
from turnstile_lsp.agents.prover.search.truncate import NO_GOALS, Segment, merged, segments, state_comment

PREFIX_TOKENS = 2048
"""A prefix with its state comment is put into the tree only while it has fewer."""


class Source(Protocol):
    """Where proofs come from: a model, the symbolic policy. `heartbeats`: what running one of them may cost."""

    heartbeats: int

    async def proof(self, node: Node, prefix: Prefix, job: int) -> str | None:
        """A whole proof, a tactic block that begins with the prefix; empty when nothing usable came; None when nothing
        more will come for this node. `job`: a number, the same one never twice. Raises the engine's errors."""
        ...


class Ran(Struct, frozen=True):
    """What a proof is worth: its segments, merged, and whether Lean had nothing against it. `proof`: as it was run."""

    proof: str
    path: Sequence[Segment] = ()
    complete: bool = False


Run = Callable[[str, int], Awaitable[tuple[str, ProofRun]]]
"""Has Lean run a tactic block at the root's goal within so many heartbeats, or one that it mended. Returns what was run;
offsets are into it."""

Count = Callable[[str], Awaitable[int]]
"""How many tokens a text has."""


class Search:
    """`limit`: expansions, besides those of the log. `seed`: of the choices among equivalent prefixes."""

    def __init__(self, tree: Tree, log: SearchLog, run: Run, count: Count, *, limit: int, seed: int = 0) -> None:
        self.tree = tree
        self._log, self._run, self._count = log, run, count
        self._seed = seed
        self._known: dict[str, Sequence[Segment]] = {}
        self._found: asyncio.Queue[str | None] = asyncio.Queue()
        self.begun = 0
        for expansion in log.expansions:
            self.begun += 1
            node = tree.nodes[expansion.node]
            tree.begin(node)
            self._end(node, Ran(expansion.proof, expansion.path, expansion.complete))
        self._limit = self.begun + limit

    async def proofs(self, sources: Sequence[Source]) -> AsyncGenerator[str, None]:
        """Complete proofs as they are found, for the gate to judge; each source has one job in flight. Ends when the
        limit is reached or no source has anything more. Raises the sources' errors."""
        jobs = [asyncio.create_task(self._work(source)) for source in sources]
        for job in jobs:
            job.add_done_callback(lambda _: self._found.put_nowait(None))
        try:
            going = len(jobs)
            while going:
                found = await self._found.get()
                if found is not None:
                    yield found
                    continue
                going -= 1
                for job in jobs:
                    if job.done() and not job.cancelled() and (error := job.exception()) is not None:
                        raise error
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)

    async def _work(self, source: Source) -> None:
        barren: set[int] = set()
        while self.begun < self._limit and (node := self.tree.select(barren)) is not None:
            self.begun += 1
            self.tree.begin(node)
            try:
                prefix = self.tree.pick_prefix(node, Random(f"{self._seed}:{self.begun}"))
                proof = await source.proof(node, prefix, self.begun)
                ran = await self._ran(proof, source.heartbeats) if proof else Ran("")
            except BaseException:
                self.tree.abandon(node)
                raise
            if proof is None:
                self.tree.abandon(node)
                barren.add(node.number)
                continue
            self._end(node, ran)
            self._log.append(Expansion(node=node.number, proof=ran.proof, path=ran.path, complete=ran.complete))

    async def _ran(self, proof: str, heartbeats: int) -> Ran:
        """Run a proof, unless the same one was run before."""
        known = self._known.get(proof)
        if known is not None:
            return Ran(proof, known)
        proof, run = await self._run(proof, heartbeats)
        found = merged(segments(proof, run), self.tree.root.goal)
        complete = bool(found) and is_complete(run)
        if complete and found[-1].goal == NO_GOALS:
            found = found[:-1]  # nothing is left to resume
        elif found and found[-1].goal == NO_GOALS:  # it may have ended here, and gone on all the same
            self._found.put_nowait("".join(segment.text for segment in found).rstrip("\n"))
        return Ran(proof, await self._fitting(found), complete)

    async def _fitting(self, found: Sequence[Segment]) -> Sequence[Segment]:
        text = ""
        for index, segment in enumerate(found):
            text += segment.text
            if await self._count(text + state_comment(segment.goal, segment.indent)) >= PREFIX_TOKENS:
                return found[:index]
        return found

    def _end(self, node: Node, ran: Ran) -> None:
        self.tree.end(node, ran.path)
        self._known.setdefault(ran.proof, ran.path)
        if ran.complete:
            self._found.put_nowait(ran.proof)


def is_complete(run: ProofRun) -> bool:
    """Whether Lean had nothing against a candidate; whether it is a proof is for the gate to say."""
    return run.failure is None and not run.sorries and all(each.severity != "error" for each in run.messages)
