"""One proof made shorter, step by step; each step is a text that the gate has verified."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, suppress

from msgspec.structs import replace

from turnstile_lsp.agents.errors import InvalidRequest, LeanFailed
from turnstile_lsp.agents.lean.base import Candidate, Command, Judgement, RanTactic, Session, TacticState, Verdict
from turnstile_lsp.agents.prover import portfolio
from turnstile_lsp.agents.prover.best_first import CHEAP_SECONDS, HEARTBEATS, SECONDS
from turnstile_lsp.agents.prover.blocks import inside, outermost, run_replacement, without
from turnstile_lsp.agents.prover.linters import lint
from turnstile_lsp.agents.prover.surroundings import surroundings

MOST_ROUNDS = 4
"""A shorter proof may show what else is not needed."""
GRACE = 60.0

_SEARCHING = re.compile(r"(?:simp_all|simpa|dsimp|simp)(?![\w.?!'])(?!\s+only\b)")
_SEVERAL = re.compile(r"[;\n]")
_ALTERNATIVE = re.compile(r"\n[ ]*\|")


class Shortening:
    """`proof`: the shortest so far, with the gate's `verdict` on it. `axioms`: what it rested on at first. `tried`: how often
    Lean was asked. `text` and `before`: the document and the commands in front of the theorem's."""

    def __init__(
        self, session: Session, state: int, candidate: Candidate, text: str, before: Sequence[Command]
    ) -> None:
        self._session, self._state = session, state
        self._candidate = replace(candidate, seconds=GRACE)
        self._text, self._before = text, before
        self._refused: set[str] = set()
        self.proof = candidate.replacement
        self.verdict: Verdict | None = None
        self.axioms: Sequence[str] = ()
        self.tried = 0

    async def run(self, until: float) -> AsyncGenerator[None, None]:
        """Until the loop's clock shows `until`. Yields between tries."""
        if not await self._accept_as_it_stands():
            return
        self.axioms = self.verdict.axioms if self.verdict is not None else ()
        for work in (self._shorter(), self._stable()):
            async with aclosing(work) as tries:
                async for _ in tries:
                    yield
                    if asyncio.get_running_loop().time() > until:
                        return
        await self._lint()

    async def _accept_as_it_stands(self) -> bool:
        """Whether the gate lets the proof through, what it only searches for put in."""
        self.verdict = await self._session.check(self._state, self._candidate)
        for found in self.verdict.suggestions:
            if await self._take(found):
                return True
        return self.verdict.judgement is Judgement.VERIFIED

    async def _shorter(self) -> AsyncGenerator[None, None]:
        for _ in range(MOST_ROUNDS):
            before = self.proof
            for work in (self._less(), self._one_tactic_for_all(), self._one_tactic_for_the_rest()):
                async with aclosing(work) as tries:
                    async for _ in tries:
                        yield
            if self.proof == before:
                return

    async def _one_tactic_for_all(self) -> AsyncGenerator[None, None]:
        tactics = await self._tactics()
        first, last = (tactics[0].start, tactics[0].end) if tactics else (0, len(self.proof))
        if len(tactics) > 1 or "\n" in self.proof[first:last]:
            async with aclosing(self._closed(range(len(self.proof)), "by ")) as tries:
                async for _ in tries:
                    yield

    async def _one_tactic_for_the_rest(self) -> AsyncGenerator[None, None]:
        """One tactic in the place of a tactic and all that follow in its block, the longest rest first."""
        for rest in await self._rests():
            before = self.proof
            async with aclosing(self._closed(rest, "")) as tries:
                async for _ in tries:
                    yield
            if self.proof != before:
                return  # all places have moved; the next round goes on

    async def _closed(self, place: range, lead: str) -> AsyncGenerator[None, None]:
        """A tactic that closes the goal at a place of the proof, where it is shorter than what stands there."""
        with suppress(InvalidRequest):  # no goal is there
            root = await self._session.open_goal(self._state, self._hole(place))
            try:
                around = surroundings(self._text, self._before, root.goals)
                for trial in portfolio.trials(portfolio.load(), around):
                    tactic = lead + trial.tactics
                    if len(tactic) >= len(place) or _SEVERAL.search(tactic) or trial.seconds > CHEAP_SECONDS:
                        continue
                    proof = self.proof[: place.start] + tactic + self.proof[place.stop :]
                    if await self._closes(root, trial.tactics) and await self._take(proof):
                        return
                    yield
            finally:
                with suppress(LeanFailed):
                    await self._session.release(root)

    async def _closes(self, root: TacticState, tactic: str) -> bool:
        self.tried += 1
        step = await self._session.step(root, tactic, heartbeats=HEARTBEATS, seconds=SECONDS)
        return step.state is not None and not step.goals and not step.suggestions

    async def _less(self) -> AsyncGenerator[None, None]:
        """Without each tactic in turn, the last one first: what follows the place stays as it was."""
        at = len(self.proof)
        while True:
            earlier = [each for each in await self._tactics() if each.start < at]
            if not earlier:
                return
            for each in sorted(earlier, key=lambda each: (-each.start, each.start - each.end)):
                at = each.start
                yield
                if await self._take(without(self.proof, each.start, each.end)):
                    break
            else:
                return

    async def _stable(self) -> AsyncGenerator[None, None]:
        """What each searching tactic found in its place, the last one first."""
        for each in sorted(await self._tactics(), key=lambda each: -each.start):
            tactic = self.proof[each.start : each.end]
            if (word := _SEARCHING.match(tactic)) is None:
                continue
            for found in await self._found(each, f"{word[0]}?{tactic[word.end() :]}"):
                if await self._take(self.proof[: each.start] + found + self.proof[each.end :]):
                    break
            yield

    async def _found(self, place: RanTactic, asking: str) -> Sequence[str]:
        """What a `?`-tactic says at a place of the proof."""
        self.tried += 1
        root = await self._session.open_goal(self._state, self._hole(range(place.start, place.end)))
        try:
            step = await self._session.step(root, asking, heartbeats=HEARTBEATS, seconds=SECONDS)
        finally:
            with suppress(LeanFailed):
                await self._session.release(root)
        return [found for found in step.suggestions if "\n" not in found]

    def _hole(self, place: range) -> Candidate:
        """A place of the proof as a hole."""
        start, stop = self._candidate.start + place.start, self._candidate.start + place.stop
        return replace(
            self._candidate, command=self._with(self.proof).text(), start=start, end=stop, replacement="sorry"
        )

    async def _lint(self) -> None:
        assert self.verdict is not None
        linted = await lint(self._session, self._state, self._with(self.proof), self.verdict)
        self.proof, self.verdict = linted.candidate.replacement, linted.verdict

    async def _take(self, proof: str) -> bool:
        """Go on with another proof if the gate verifies it."""
        if proof in self._refused:
            return False
        self.tried += 1
        verdict = await self._session.check(self._state, self._with(proof))
        if verdict.judgement is not Judgement.VERIFIED:
            self._refused.add(proof)
            return False
        self.proof, self.verdict = proof, verdict
        return True

    def _with(self, proof: str) -> Candidate:
        return replace(self._candidate, replacement=proof)

    async def _tactics(self) -> Sequence[RanTactic]:
        return (await run_replacement(self._session, self._state, self._with(self.proof))).tactics

    async def _rests(self) -> list[range]:
        """Each tactic of a block with those that follow it, but single ones on a line of their own; the longest first."""
        tactics = await self._tactics()
        ends = {each.start: block[-1].end for block in _blocks(self.proof, tactics) for each in block}
        rests = [range(start, end) for start, end in ends.items()]
        held = [
            rest
            for rest in rests
            if sum(each.start in rest for each in tactics) > 1 or "\n" in self.proof[rest.start : rest.stop]
        ]
        return sorted(held, key=len, reverse=True)


def _blocks(proof: str, tactics: Sequence[RanTactic]) -> Iterator[list[RanTactic]]:
    """The tactics of each block; `tactics` are those of all blocks."""
    for held in [tactics, *(inside(tactics, each) for each in tactics)]:
        block: list[RanTactic] = []
        for each in outermost(held):
            if block and (
                _ALTERNATIVE.search(proof, block[-1].end, each.start) or "·" in proof[block[-1].end : each.start]
            ):
                yield block
                block = []
            block.append(each)
        if block:
            yield block
