"""Proofs run by Lean, for all searches of one goal: each once, and those that Lean has nothing against are offered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any

from msgspec import Struct

from turnstile_lsp.agents.lean.base import ProofRun
from turnstile_lsp.agents.prover.search.truncate import NO_GOALS, Segment, merged, segments, state_comment

PREFIX_TOKENS = 2048
"""A prefix with its state comment is put into a tree only while it has fewer."""


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


class Verifier:
    """`goal`: the root's."""

    def __init__(self, goal: str, run: Run, count: Count) -> None:
        self._goal, self._run, self._count = goal, run, count
        self._known: dict[str, Sequence[Segment]] = {}
        self._found: asyncio.Queue[str | None] = asyncio.Queue()

    async def run(self, proof: str, heartbeats: int) -> Ran:
        """Run a proof, unless the same one was run before."""
        known = self._known.get(proof)
        if known is not None:
            await asyncio.sleep(0)  # a source that repeats itself lets others run, and a time limit be kept
            return Ran(proof, known)
        proof, run = await self._run(proof, heartbeats)
        found = merged(segments(proof, run), self._goal)
        complete = bool(found) and is_complete(run)
        if complete and found[-1].goal == NO_GOALS:
            found = found[:-1]  # nothing is left to resume
        elif found and found[-1].goal == NO_GOALS:  # it may have ended here, and gone on all the same
            self._found.put_nowait("".join(segment.text for segment in found).rstrip("\n"))
        return Ran(proof, await self._fitting(found), complete)

    def note(self, ran: Ran) -> None:
        """Take notice of what was run, now or by an earlier search."""
        self._known.setdefault(ran.proof, ran.path)
        if ran.complete:
            self._found.put_nowait(ran.proof)

    async def proofs(self, work: Iterable[Coroutine[Any, Any, None]]) -> AsyncGenerator[str, None]:
        """Complete proofs as jobs find them, for the gate to judge. Ends when all work is done; raises its errors."""
        jobs = [asyncio.create_task(each) for each in work]
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

    async def _fitting(self, found: Sequence[Segment]) -> Sequence[Segment]:
        text = ""
        for index, segment in enumerate(found):
            text += segment.text
            if await self._count(text + state_comment(segment.goal, segment.indent)) >= PREFIX_TOKENS:
                return found[:index]
        return found


def is_complete(run: ProofRun) -> bool:
    """Whether Lean had nothing against a candidate; whether it is a proof is for the gate to say."""
    return run.failure is None and not run.sorries and all(each.severity != "error" for each in run.messages)
