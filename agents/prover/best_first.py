"""Best-first search with the symbolic policy: single tactics on tactic states, the cheapest sequence first."""

from __future__ import annotations

import heapq
import itertools
import textwrap
from collections import Counter
from collections.abc import AsyncIterator, Container, Iterator, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.errors import InvalidRequest, LeanFailed
from turnstile_lsp.agents.lean import base
from turnstile_lsp.agents.lean.base import Session, TacticState
from turnstile_lsp.agents.prover import portfolio
from turnstile_lsp.agents.prover.assumption import Assumption, tries
from turnstile_lsp.agents.prover.experience import Experience, gain, kind_of
from turnstile_lsp.agents.prover.policy import Suggestion, tactics
from turnstile_lsp.agents.prover.results import SYMBOLIC
from turnstile_lsp.agents.prover.search.options import BEST_FIRST
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns
from turnstile_lsp.agents.prover.surroundings import Surroundings

HEARTBEATS = 4_000
"""Of one step, in the unit of the option `maxHeartbeats`."""
LOOK_UPS = 0.15
"""How much of the time goes to look-ups in the library as long as there is something else to do."""
OFFER_COST = 0.1
"""What each further tactic that a look-up offers costs more."""
SECONDS = 20.0
"""After which a step that its heartbeats should have ended is taken for hung."""
GOAL_COST = 0.3
"""What each goal more costs."""
MOST_GOALS = 8
STEPS_BEFORE_LAWS, SECONDS_BEFORE_LAWS = 40, 3.0
"""Laws about the definitions in the goal are assumed after so much in vain."""
CHEAP_SECONDS = 2.0
"""Of the portfolio's classes that count as tried."""
SLOW_MILLISECONDS = 1_000.0
SLOW_TRIES = 3
"""A move that took so long in vain so often is not tried any more."""


class Step(Struct, frozen=True):
    """A tactic that ran at the first goal, and how many goals it left of that one. `origin`: the goal's kind and the
    policy's move, for the experience; None of a law."""

    tactic: str
    goals: int
    origin: tuple[str, str] | None = None


class Node:
    """A tactic state on the way. `cost`: of the tactics that led there. `suggestions`: those not tried yet."""

    def __init__(
        self, state: TacticState, script: Sequence[Step], cost: float, suggestions: Iterator[Suggestion]
    ) -> None:
        self.state, self.script, self.cost = state, script, cost
        self._suggestions = suggestions
        self.next: Suggestion | None = None
        self.advance()

    @property
    def priority(self) -> float:
        """Smaller is sooner."""
        goals = GOAL_COST * len(self.state.goals)
        return self.cost + goals + (self.next.cost if self.next is not None else 0.0)

    def advance(self) -> None:
        """Go on to the next suggestion."""
        self.next = next(self._suggestions, None)


class BestFirst:
    """A search from one tactic state. `tried`: tactics that did not close it, as is known; `failed`: those that end in an
    error there."""

    def __init__(
        self,
        session: Session,
        around: Surroundings,
        root: TacticState,
        experience: Experience,
        tried: Container[str] = (),
        failed: Container[str] = (),
    ) -> None:
        self._session, self._around, self._experience = session, around, experience
        self._tried, self._failed_at_root, self._root = tried, failed, root
        self._slow: Counter[str] = Counter()
        self._seen: set[tuple[str, ...]] = set()
        self._failed: set[tuple[str, str]] = set()
        self._offers: dict[tuple[str, str], Sequence[str]] = {}
        self._look_ups: list[tuple[float, int, Node, Suggestion]] = []
        self._running = self._looking_up = 0.0
        self._queue: list[tuple[float, int, Node]] = []
        self._order = itertools.count()
        self._add(root, (), 0.0)

    async def assume_laws(self) -> AsyncIterator[None]:
        """Prove laws that definitions in the goal obey, and search below them too. Yields after each try."""
        assumption = Assumption(self._run, self._root)
        async for _ in assumption.assume(tries(self._around)):
            yield
        if assumption.tactics:
            self._add(assumption.state, [Step(tactic, 1) for tactic in assumption.tactics], 0.0)

    async def without_needless(self, script: Sequence[Step]) -> Sequence[Step]:
        """The script without what it brings into the context and can do without."""
        for step in script:
            if step.tactic.startswith("have ") and step.goals == 1:
                shorter = [each for each in script if each is not step]
                run = await self._session.step(self._root, render(shorter), heartbeats=HEARTBEATS, seconds=SECONDS)
                script = shorter if run.state is not None and not run.goals else script
        return script

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left to try."""
        return not self._queue and not self._look_ups

    @property
    def seconds(self) -> float:
        """That steps have taken."""
        return self._running / 1000

    async def step(self) -> Sequence[Step] | None:
        """Try one tactic; the steps of a whole proof when it closes the last goal."""
        if self._look_ups and (not self._queue or self._looking_up <= LOOK_UPS * self._running):
            await self._look_up()
            return None
        _, _, node = heapq.heappop(self._queue)
        suggestion = node.next
        if suggestion is None:
            return None
        node.advance()
        self._push(node)
        attempt = (node.state.goals[0], suggestion.text)
        if attempt in self._failed or self._slow[suggestion.move] >= SLOW_TRIES:
            return None
        if not node.script and self._is_known(suggestion):
            return None
        if suggestion.offers:
            heapq.heappush(self._look_ups, (node.cost + suggestion.cost, next(self._order), node, suggestion))
            return None
        step = await self._run(node.state, suggestion.text)
        if step.state is None:
            self._slow[suggestion.move] += step.milliseconds > SLOW_MILLISECONDS
            self._failed.add(attempt)
            return None
        before, after = len(node.state.goals), len(step.goals)
        origin = (kind_of(node.state.goals[0]), suggestion.move)
        script = (*node.script, Step(suggestion.text, after - before + 1, origin))
        if after == 0:
            return script
        closed = after < before
        if after <= MOST_GOALS and (closed or not suggestion.closes):
            self._add(step.state, script, node.cost + (0.0 if closed else suggestion.cost))
        return None

    async def _look_up(self) -> None:
        """Have the tactics that the cheapest look-up offers at its node's first goal tried there, as steps of their own."""
        _, _, node, suggestion = heapq.heappop(self._look_ups)
        asked = (node.state.goals[0], suggestion.text)
        if asked not in self._offers:
            step = await self._run(node.state, suggestion.text)
            self._looking_up += step.milliseconds
            self._offers[asked] = step.suggestions[: suggestion.offers]
        offers = [
            replace(suggestion, text=text, cost=suggestion.cost + OFFER_COST * number, offers=0)
            for number, text in enumerate(self._offers[asked])
        ]
        self._push(Node(node.state, node.script, node.cost, iter(offers)))

    async def _run(self, state: TacticState, tactic: str) -> base.Step:
        step = await self._session.step(state, tactic, heartbeats=HEARTBEATS, seconds=SECONDS)
        self._running += step.milliseconds
        return step

    def _is_known(self, suggestion: Suggestion) -> bool:
        text = suggestion.text
        return text in self._failed_at_root or (suggestion.closes and text in self._tried)

    def _add(self, state: TacticState, script: Sequence[Step], cost: float) -> None:
        key = tuple(state.goals)
        if key not in self._seen:
            self._seen.add(key)
            worked = self._experience.worked(kind_of(state.goals[0]))
            suggestions = tactics(state.goals[0], self._around, lambda move: gain(worked, move))
            self._push(Node(state, script, cost, iter(suggestions)))

    def _push(self, node: Node) -> None:
        if node.next is not None:
            heapq.heappush(self._queue, (node.priority, next(self._order), node))


def render(script: Sequence[Step]) -> str:
    """The tactic block that runs steps one after the other, each at the first goal. Several goals get a bullet each,
    unless a step closed more than its own, by what it put for something that others were still to find."""
    if any(step.goals < 0 for step in script):
        return "\n".join(step.tactic for step in script)
    return "\n".join(_block(iter(script)))


def _block(steps: Iterator[Step]) -> list[str]:
    """The lines that close one goal."""
    lines: list[str] = []
    for step in steps:
        lines += step.tactic.split("\n")
        if step.goals == 0:
            return lines
        if step.goals > 1:
            for _ in range(step.goals):
                bullet = "\n".join(_block(steps))
                lines += ("· " + textwrap.indent(bullet, "  ").lstrip()).split("\n")
            return lines
    return lines


def _first_of_portfolio(scene: Scene) -> set[str]:
    """What the portfolio tries before this stage begins, or beside it."""
    if "portfolio" not in scene.request.stages:
        return set()
    trials = portfolio.trials(portfolio.load(), scene.surroundings)
    return {trial.tactics for trial in trials if trial.seconds <= CHEAP_SECONDS}


async def turns(scene: Scene) -> Turns:
    """See `Stage.turns`."""
    options = scene.request.model_options
    if not options.policy or options.algorithm not in (None, BEST_FIRST):
        return
    place = scene.draft.candidate(scene.target, "", verbatim=True)
    with suppress(InvalidRequest):  # no goal is at the hole
        root = await scene.session.open_goal(scene.state, place)
        try:
            known = _first_of_portfolio(scene)
            search = BestFirst(scene.session, scene.surroundings, root, scene.experience, known, scene.failed)
            number, laws_assumed = 0, False
            while not (search.exhausted and laws_assumed):
                stuck = number >= STEPS_BEFORE_LAWS or search.seconds > SECONDS_BEFORE_LAWS or search.exhausted
                if stuck and not laws_assumed:
                    laws_assumed = True
                    async for _ in search.assume_laws():
                        yield None
                    continue
                number += 1
                proof = await search.step()
                if proof is None:
                    yield None
                    continue
                proof = await search.without_needless(proof)
                origins = [step.origin for step in proof if step.origin is not None]
                yield Trial(tactics=render(proof), finder=f"search:{SYMBOLIC}", origins=origins)
        finally:
            with suppress(LeanFailed):  # it may have been stopped in the midst of a step
                await scene.session.release(root)
