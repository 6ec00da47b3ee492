"""Tactics for a cursor: each has run in Lean at that very goal before it is shown, with the goals that it leaves."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, suppress
from itertools import zip_longest

from msgspec import Struct

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.errors import LeanFailed, TurnstileError
from turnstile_lsp.agents.lean.base import Judgement, Lean, Session, Step, Toolchain, Verdict
from turnstile_lsp.agents.prover import model, portfolio
from turnstile_lsp.agents.prover.experience import gain, kind_of
from turnstile_lsp.agents.prover.goals import split_outside
from turnstile_lsp.agents.prover.model_stages import question
from turnstile_lsp.agents.prover.policy import tactics
from turnstile_lsp.agents.prover.prove import import_lines
from turnstile_lsp.agents.prover.results import Event, Finished, Progress, ProveRequest, Suggested
from turnstile_lsp.agents.prover.spot import Spot, find
from turnstile_lsp.agents.prover.stage import Scene, Trial
from turnstile_lsp.agents.prover.store import ProofStore

HEARTBEATS = 20_000
"""Of one tactic, in the unit of the option `maxHeartbeats`; the user's own limit holds where it is lower."""
QUICK_HEARTBEATS = 4_000
SECONDS = 20.0
CHEAP_SECONDS = 2.0
"""Of the portfolio's classes that are tried."""
MODEL_TACTICS = 8

_FIRST = re.compile(r"\bfirst \| (?P<alternatives>.*)$")


async def suggest(
    request: ProveRequest, lean: Lean, toolchain: Toolchain, engine: Engine | None
) -> AsyncGenerator[Event, None]:
    """Up to `request.suggestions` tactics for the `sorry` at the request's offset, or for the cursor there in a tactic
    block, within its budget: a `Suggested` for each as soon as it has run, at last `Finished`. Of tactics that leave the
    same goals the first counts. Raises what `prove` does."""
    session = await lean.session(toolchain, import_lines(request.text))
    try:
        yield Progress(stage="elaborate", message="Lean reads the document.")
        spot = await find(session, request.text, request.offsets[0] if request.offsets else None)
        count = 0
        with suppress(TimeoutError):
            async with aclosing(at_spot(spot, session, request, engine)) as found:
                async for each in found:
                    yield each
                    count += 1
                    if count == request.suggestions:
                        break
        yield Finished(text=request.text)
    finally:
        await session.close()


def at_spot(
    spot: Spot, session: Session, request: ProveRequest, engine: Engine | None, *, quick: bool = False
) -> AsyncGenerator[Suggested, None]:
    """What `suggest` finds at a spot, whose goal is released at the end. `quick`: nothing that may take a second."""
    scene = Scene(spot.draft, spot.target, session, request, engine)
    return _Suggestions(scene, spot, quick).run()


class _Idea(Struct, frozen=True):
    """`offers`: of a look-up, so many of the tactics that it offers are ideas too; None for all."""

    tactic: str
    finder: str
    offers: int | None = None


class _Suggestions:
    """The search at one goal."""

    def __init__(self, scene: Scene, spot: Spot, quick: bool) -> None:
        self._scene, self._root, self._spot = scene, spot.root, spot
        self._quick, self._heartbeats = quick, QUICK_HEARTBEATS if quick else HEARTBEATS
        self._tried: set[str] = set()
        self._seen: set[tuple[str, ...]] = {tuple(spot.root.goals)}
        self._urgent: deque[_Idea] = deque()

    async def run(self) -> AsyncGenerator[Suggested, None]:
        """Ideas in their order, what a model says as soon as it comes, until the budget is used up."""
        asking = asyncio.create_task(self._ask_model())
        ideas = self._ideas()
        try:
            while self._scene.left > 0:
                idea = self._urgent.popleft() if self._urgent else next(ideas, None)
                if idea is None:
                    if asking.done() and not self._urgent:
                        return
                    await asyncio.wait([asking], timeout=min(0.05, self._scene.left))
                    continue
                if (found := await self._try(idea)) is not None:
                    yield found
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError, TurnstileError):
                await asking
            with suppress(LeanFailed):
                await self._scene.session.release(self._root)

    def _ideas(self) -> Iterator[_Idea]:
        """What closed this goal before, by turns the portfolio's cheap tactics and the policy's moves, then look-ups in the
        library, as they take seconds."""
        goals = self._scene.target.hole.goals
        for kept, finder in ProofStore().find(goals):
            yield _Idea(kept, f"store:{finder}")
        worked = self._scene.experience.worked(kind_of(self._root.goals[0]))
        data = self._scene.target.hole.is_proposition is False
        moves = tactics(self._root.goals[0], self._scene.surroundings, lambda move: gain(worked, move), data=data)
        steps = [_Idea(each.text, f"policy:{each.move}") for each in moves if not each.offers]
        for cheap, move in zip_longest(self._portfolio(worked), steps):
            yield from (idea for idea in (cheap, move) if idea is not None)
        if not self._quick:
            yield from (_Idea(each.text, f"policy:{each.move}", each.offers) for each in moves if each.offers)

    def _portfolio(self, worked: Mapping[str, int]) -> Iterator[_Idea]:
        for trial in portfolio.trials(portfolio.load(), self._scene.surroundings, worked):
            if trial.seconds <= CHEAP_SECONDS:
                yield _Idea(trial.tactics, trial.finder)

    async def _ask_model(self) -> None:
        if self._scene.engine is None:
            return
        asked = question(self._scene)
        header, goal = "".join(asked.before), self._root.goals[0]
        found = model.next_tactics(self._scene.engine, goal, header, asked.statement, MODEL_TACTICS)
        with suppress(TurnstileError):  # the other ideas are shown all the same
            name = (await self._scene.engine.describe()).model
            async with aclosing(found):
                async for tactic in found:
                    self._urgent.append(_Idea(tactic, f"model:{name}"))

    async def _try(self, idea: _Idea) -> Suggested | None:
        """Run an idea; None where it fails, changes nothing or leaves what another one leaves too."""
        if idea.tactic in self._tried:
            return None
        self._tried.add(idea.tactic)
        step = await self._step(idea)
        if step.suggestions:  # it searched: what it found is shown, not the search
            found = step.suggestions[: idea.offers]
            self._urgent.extendleft(_Idea(text, idea.finder) for text in reversed(found))
            return None
        goals = tuple(step.goals)
        if step.state is None or goals in self._seen:
            return None
        idea, step = await self._plain(idea, step)
        verdict = None if goals else await self._verdict(idea)
        if not goals and verdict is None:
            return None
        self._seen.add(goals)
        return self._suggested(idea, step, verdict)

    async def _step(self, idea: _Idea) -> Step:
        return await self._scene.session.step(self._root, idea.tactic, heartbeats=self._heartbeats, seconds=SECONDS)

    async def _plain(self, idea: _Idea, step: Step) -> tuple[_Idea, Step]:
        """An idea that ends in alternatives with the one that does the same alone, if one does."""
        for tactic in each_alternative(idea.tactic):
            plain = _Idea(tactic, idea.finder)
            other = await self._step(plain)
            if other.state is not None and other.goals == step.goals and not other.suggestions:
                return plain, other
        return idea, step

    async def _verdict(self, idea: _Idea) -> Verdict | None:
        """The gate's, if it lets the idea through."""
        candidate = self._scene.candidate(Trial(tactics=idea.tactic, finder=idea.finder))
        verdict = await self._scene.session.check(self._scene.state, candidate)
        return verdict if verdict.judgement is Judgement.VERIFIED else None

    def _suggested(self, idea: _Idea, step: Step, verdict: Verdict | None) -> Suggested:
        candidate = self._scene.candidate(Trial(tactics=idea.tactic, finder=idea.finder))
        hole = self._scene.target.hole
        suggested = Suggested(
            tactic=idea.tactic,
            replacement=candidate.replacement,
            start_offset=hole.start,
            end_offset=hole.end,
            goals=[*step.goals, *hole.goals[1:]],
            finder=idea.finder,
            milliseconds=step.milliseconds,
            verified=verdict is not None,
            axioms=verdict.axioms if verdict else (),
            remaining=verdict.remaining if verdict else 0,
        )
        return self._spot.in_document(suggested)


def each_alternative(tactic: str) -> list[str]:
    """Of a tactic that ends in `first | a | b`: the tactic with `a` in its place, and with `b`; of any other none."""
    found = _FIRST.search(tactic)
    if found is None:
        return []
    return [tactic[: found.start()] + each for each in split_outside(found["alternatives"], "|")]
