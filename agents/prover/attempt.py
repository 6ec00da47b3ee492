"""The search for a proof of one hole: stages that propose, the gate that judges, a budget that ends it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.base import Hole, Judgement, Session, Verdict
from turnstile_lsp.agents.prover import portfolio, prompts
from turnstile_lsp.agents.prover.draft import Draft, Target
from turnstile_lsp.agents.prover.portfolio import Trial
from turnstile_lsp.agents.prover.results import ProveRequest
from turnstile_lsp.agents.prover.surroundings import surroundings

ASK_MODEL_RANK = 2
"""The model is asked when this cost class begins: what is cheap has failed by then."""


class Proof(Struct, frozen=True, kw_only=True):
    """A proof that the gate let through. `text` replaces the hole."""

    text: str
    verdict: Verdict
    finder: str
    seconds: float


class Attempt:
    """One hole. `proof`: the best so far. `unfinished`: a proof that rests on unfinished lemmas. `tried`: candidates
    judged. `exhausted`: nothing was left to try. `undecided`: why the gate could say neither yes nor no, empty once it
    has said no. `trouble`: what went wrong with the model, a sentence."""

    def __init__(
        self, draft: Draft, target: Target, session: Session, request: ProveRequest, engine: Engine | None
    ) -> None:
        self.proof: Proof | None = None
        self.unfinished: Proof | None = None
        self.tried = 0
        self.exhausted = False
        self.undecided = ""
        self.trouble = ""
        self._refused = False
        self.stage = "proposal"
        self._draft, self._target, self._session, self._request = draft, target, session, request
        self._engine = engine if "model" in request.stages and request.samples > 0 else None
        self._urgent: deque[Trial] = deque(
            Trial(tactics=text, finder="proposal", verbatim=True) for text in request.proposals
        )
        self._portfolio = self._portfolio_trials()
        self._samples: asyncio.Queue[Trial | None] = asyncio.Queue()
        self._sampling: asyncio.Task[None] | None = None
        self._seen: set[str] = set()
        self._hurried = False
        self._began = asyncio.get_running_loop().time()

    @property
    def seconds(self) -> float:
        """Since the attempt began."""
        return asyncio.get_running_loop().time() - self._began

    async def run(self) -> AsyncGenerator[None, None]:
        """Search until a proof is found (the budget is used up, where the shortest is wanted). Yields after each
        candidate."""
        try:
            while self.seconds < self._request.budget:
                try:
                    async with asyncio.timeout(self._request.budget - self.seconds):
                        trial = await self._next()
                        if trial is None:
                            self.exhausted = not self._hurried
                            return
                        await self._try(trial)
                except TimeoutError:
                    return
                if self.proof is not None and not self._request.shortest:
                    return
                yield
        finally:
            await self._stop_sampling()

    async def _try(self, trial: Trial) -> None:
        self.stage = trial.finder.split(":", 1)[0]
        heartbeats = trial.heartbeats
        if heartbeats is not None:
            heartbeats = int(heartbeats * min(1.0, (self._request.budget - self.seconds) / trial.seconds))
        candidate = self._draft.candidate(self._target, trial.tactics, verbatim=trial.verbatim, heartbeats=heartbeats)
        text = candidate.replacement
        if text in self._seen or (self.proof is not None and len(text) >= len(self.proof.text)):
            return
        self._seen.add(text)
        verdict = await self._session.check(self._draft.state(self._target), candidate)
        self.tried += 1
        if verdict.unfinished and self._draft.stale:
            await self._draft.refresh(self._session)
            verdict = await self._session.check(self._draft.state(self._target), candidate)
        proof = Proof(text=text, verdict=verdict, finder=trial.finder, seconds=self.seconds)
        if verdict.unfinished:
            self.unfinished = self.unfinished or proof
        elif verdict.judgement is Judgement.VERIFIED:
            self.proof = proof
        else:
            self._refused |= verdict.judgement is Judgement.REJECTED
            self.undecided = "" if self._refused else verdict.reason
            self._urgent += [replace(trial, tactics=text, verbatim=True) for text in verdict.suggestions]

    async def _next(self) -> Trial | None:
        """The next thing to try: what is at hand first, and the model's samples as soon as they come."""
        if self._urgent:
            return self._urgent.popleft()
        if not self._samples.empty():
            sample = self._samples.get_nowait()
            if sample is not None:
                return sample
            self._samples.put_nowait(None)  # the end stays there to be seen
        trial = self._next_of_portfolio()
        if self._sampling is None and self._engine is not None and (trial is None or trial.rank >= ASK_MODEL_RANK):
            self._sampling = asyncio.create_task(self._sample(self._engine))
        if trial is None and self._sampling is not None:
            self.stage = "model"
            return await self._samples.get()
        return trial

    def _next_of_portfolio(self) -> Trial | None:
        """Nothing when what comes next would hardly end in time: Lean can only be stopped by killing it."""
        trial = next(self._portfolio, None)
        if trial is None or trial.seconds / 2 <= self._request.budget - self.seconds:
            return trial
        self._portfolio, self._hurried = iter(()), True
        return None

    async def _sample(self, engine: Engine) -> None:
        try:
            async with aclosing(prompts.samples(engine, self._question(), self._request.samples)) as trials:
                async for trial in trials:
                    self._samples.put_nowait(trial)
        except TurnstileError as error:
            self.trouble = f"The prover model could not be asked: {error.message}"
        finally:
            self._samples.put_nowait(None)

    async def _stop_sampling(self) -> None:
        if self._sampling is not None:
            self._sampling.cancel()
            with suppress(asyncio.CancelledError):
                await self._sampling

    def _portfolio_trials(self) -> Iterator[Trial]:
        if "portfolio" not in self._request.stages:
            return iter(())
        goals = self._target.hole.goals
        around = surroundings(self._draft.elaborated_text, self._draft.commands_before(self._target), goals)
        return portfolio.trials(portfolio.load(), around)

    def _question(self) -> prompts.Question:
        now = self._draft.candidate(self._target, "", verbatim=True, heartbeats=None)
        hole = Hole(kind=self._target.hole.kind, start=now.start, end=now.end)
        return prompts.question(self._draft.pieces_before(self._target), now.command, hole)
