"""A stage of the prover: a source of things to try at one hole. `stages.py` lists them, `attempt.py` runs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import cached_property

from msgspec import Struct

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.lean.base import Candidate, Session, Verdict
from turnstile_lsp.agents.prover.draft import Draft, Target
from turnstile_lsp.agents.prover.experience import Experience, default_file
from turnstile_lsp.agents.prover.results import ProveRequest
from turnstile_lsp.agents.prover.surroundings import Surroundings, surroundings


class Trial(Struct, frozen=True, kw_only=True):
    """Something to try at a hole. `tactics`: a tactic block's body; or, where `verbatim`, the text that replaces the
    hole. `finder`: who had the idea, "stage:detail". `heartbeats`: what the try may cost, in the unit of the option
    `maxHeartbeats`, None for the file's own limit. `seconds`: how long one that uses them up takes, about, on the
    embedded Lean. `negates`: the tactics prove the negation of what the hole states, closed over its locals. `note`: a
    sentence for the user, if it is verified. `origins`: what it was made of, kinds of goals with the entry or move that
    was used there, for the experience."""

    tactics: str
    finder: str
    heartbeats: int | None = None
    seconds: float = 0.0
    verbatim: bool = False
    negates: bool = False
    note: str = ""
    origins: Sequence[tuple[str, str]] = ()


class Scene:
    """One hole, as its stages see it. `failed`: tactics that the gate has judged and that ended in an error there; with as
    many heartbeats or fewer they end so again."""

    def __init__(
        self, draft: Draft, target: Target, session: Session, request: ProveRequest, engine: Engine | None
    ) -> None:
        self.draft, self.target, self.session, self.request, self.engine = draft, target, session, request, engine
        self._began = asyncio.get_running_loop().time()
        self.failed: set[str] = set()

    @property
    def seconds(self) -> float:
        """Since the attempt at this hole began."""
        return asyncio.get_running_loop().time() - self._began

    @property
    def left(self) -> float:
        """Seconds left of the budget."""
        return self.request.budget - self.seconds

    @property
    def state(self) -> int:
        """The command state before the hole's command."""
        return self.draft.state(self.target)

    @cached_property
    def experience(self) -> Experience:
        """What worked before."""
        return Experience(default_file() if self.request.remember else None)

    @cached_property
    def surroundings(self) -> Surroundings:
        """Of the hole, as the document stands when this is first asked for."""
        before = self.draft.commands_before(self.target)
        return surroundings(self.draft.elaborated_text, before, self.target.hole.goals)

    def candidate(self, trial: Trial) -> Candidate:
        """What the gate is asked; its heartbeats fit the time that is left."""
        heartbeats = trial.heartbeats
        if heartbeats is not None and trial.seconds > self.left:
            heartbeats = max(1, int(heartbeats * self.left / trial.seconds))
        return self.draft.candidate(
            self.target, trial.tactics, verbatim=trial.verbatim, heartbeats=heartbeats, negated=trial.negates
        )


Turns = AsyncGenerator[Trial | None, Verdict | None]
"""A stage at work on one hole. It yields a trial and is sent the gate's verdict on it (None when it was not judged: the
same text was before, or it is longer than what is sought). It yields None after a piece of work of its own, such as a
few tactic steps, so that the others have their turn. It ends when it has nothing more."""


class Stage(Struct, frozen=True, kw_only=True):
    """`turns`: begins the work on a hole. `share`: of the time, relative to the other stages'. `after`: seconds of the
    attempt before its first turn, unless the others end sooner. `beside`: it waits for something other than Lean, a
    model, so its turns run beside the others'; it is given the verdicts all the same. `head_start`: seconds that it has to
    itself, unless it ends sooner."""

    name: str
    turns: Callable[[Scene], Turns]
    share: float = 1.0
    after: float = 0.0
    beside: bool = False
    head_start: float = 0.0
