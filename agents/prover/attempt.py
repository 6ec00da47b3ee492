"""The search for a proof of one hole: stages that propose, the gate that judges, a budget that ends it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.errors import LeanFailed, TurnstileError
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Verdict
from turnstile_lsp.agents.prover.linters import lint
from turnstile_lsp.agents.prover.stage import Scene, Stage, Trial
from turnstile_lsp.agents.prover.stages import STAGES

WARNED_SECONDS = 2.0
"""How long a proof without warnings is looked for when one with a warning is there."""


class Proof(Struct, frozen=True, kw_only=True):
    """A proof that the gate let through. `text` replaces the hole. `note`: a sentence about it for the user. `warnings`:
    what Lean says of it."""

    text: str
    verdict: Verdict
    finder: str
    seconds: float
    note: str = ""
    warnings: Sequence[str] = ()

    @property
    def rank(self) -> tuple[int, int]:
        """Smaller is better."""
        return len(self.warnings), len(self.text)


class Attempt:
    """One hole. `proof`: the best so far. `refutation`: a proof that what the hole states is false. `unfinished`: a proof
    that rests on unfinished lemmas. `tried`: candidates judged. `exhausted`: nothing was left to try. `undecided`: why
    the gate could say neither yes nor no, empty once it has said no. `trouble`: what went wrong with a stage, a
    sentence. `stage`: the one at work."""

    def __init__(self, scene: Scene, stages: Sequence[Stage] = STAGES) -> None:
        self.proof: Proof | None = None
        self.refutation: Proof | None = None
        self.unfinished: Proof | None = None
        self.tried = 0
        self.exhausted = False
        self.undecided = ""
        self.trouble = ""
        self.stage = "proposal"
        self._refused = False
        self._hurried = False
        self._scene = scene
        self._urgent: deque[Trial] = deque(
            Trial(tactics=text, finder="proposal", verbatim=True) for text in scene.request.proposals
        )
        self._runners = [_Runner(stage, scene) for stage in stages if stage.name in scene.request.stages]
        self._seen: set[tuple[str, bool]] = set()

    @property
    def seconds(self) -> float:
        """Since the attempt began."""
        return self._scene.seconds

    async def run(self) -> AsyncGenerator[None, None]:
        """Search until a proof or a refutation is found (until the budget is used up, where the shortest proof is
        wanted). Yields after each turn of a stage."""
        try:
            while self._scene.left > 0:
                try:
                    async with asyncio.timeout(self._scene.left):
                        going = await self._turn()
                except TimeoutError:
                    return
                if not going:
                    self.exhausted = not self._hurried
                    return
                if self.refutation is not None or self._is_content:
                    return
                yield
        finally:
            for runner in self._runners:
                await runner.close()

    @property
    def _is_content(self) -> bool:
        """Whether there is a proof, and no better one is wanted."""
        if self.proof is None or self._scene.request.shortest:
            return False
        return not self.proof.warnings or self.seconds > self.proof.seconds + WARNED_SECONDS

    async def _turn(self) -> bool:
        """Let one stage have its turn and judge what it proposes. False when there is nothing left to do."""
        if self._urgent:
            await self._judge(self._urgent.popleft())
            return True
        runner = await self._next_runner()
        if runner is None:
            return False
        began = self.seconds
        try:
            trial = await runner.turn()
            if trial is not None:
                runner.verdict = await self._judge(trial)
        except LeanFailed:
            raise
        except TurnstileError as error:
            self.trouble = f"The stage `{runner.stage.name}` could not go on: {error.message}"
        runner.spent += (self.seconds - began) / runner.stage.share
        if runner.ended:
            self._runners.remove(runner)
        return True

    async def _next_runner(self) -> _Runner | None:
        """Whose turn it is: who has had least of its share of the time, but a stage beside that has something goes
        first. Waits where only such stages are left; None when there are none."""
        first = [runner for runner in self._runners if self.seconds < runner.stage.head_start]
        due = first or [runner for runner in self._runners if runner.begun or runner.stage.after <= self.seconds]
        due = due or self._runners  # nothing else is left to do: they need not wait
        for runner in due:
            runner.begin(min((other.spent for other in due if other.begun), default=0.0))
        waiting = [runner.waiting for runner in due if runner.waiting is not None]
        ready = [runner for runner in due if runner.ready]
        if not ready and waiting:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            ready = [runner for runner in due if runner.ready]
        return min(ready, key=lambda runner: (not runner.stage.beside, runner.spent), default=None)

    async def _judge(self, trial: Trial) -> Verdict | None:
        """The gate's verdict, and what follows from it; None when the trial is not worth one."""
        self.stage = trial.finder.split(":", 1)[0]
        if trial.seconds / 2 > self._scene.left:  # Lean could only be stopped by killing it
            self._hurried = True
            return None
        candidate = self._scene.candidate(trial)
        text, best = candidate.replacement, self.proof if not trial.negates else None
        if (text, trial.negates) in self._seen or (best is not None and best.rank <= (0, len(text))):
            return None
        self._seen.add((text, trial.negates))
        verdict = await self._scene.session.check(self._scene.state, candidate)
        self.tried += 1
        if verdict.unfinished and self._scene.draft.stale:
            await self._scene.draft.refresh(self._scene.session)
            verdict = await self._scene.session.check(self._scene.state, candidate)
        proof = Proof(text=text, verdict=verdict, finder=trial.finder, seconds=self.seconds, note=trial.note)
        verified = verdict.judgement is Judgement.VERIFIED
        if trial.negates:
            self.refutation = proof if verified else None
        elif verdict.unfinished:
            self.unfinished = self.unfinished or proof
        elif verified:
            self._scene.experience.note(trial.origins)
            await self._take(candidate, proof)
        else:
            if not (verdict.goals or verdict.suggestions):
                self._scene.failed.add(trial.tactics)
            self._refused |= verdict.judgement is Judgement.REJECTED
            self.undecided = "" if self._refused else verdict.reason
            self._urgent += [replace(trial, tactics=text, verbatim=True) for text in verdict.suggestions]
        return verdict

    async def _take(self, candidate: Candidate, proof: Proof) -> None:
        """Take a proof, without what Lean warns of in it, unless the one that is there is better."""
        best = self.proof
        self.proof = best or proof  # the time may be over before Lean has said what it warns of
        try:
            linted = await lint(self._scene.session, self._scene.state, candidate, proof.verdict)
        except LeanFailed:
            return  # what was verified stays so
        proof = replace(proof, text=linted.candidate.replacement, verdict=linted.verdict, warnings=linted.warnings)
        if linted.warnings:
            warning = linted.warnings[0].split("\n")[0]
            proof = replace(proof, note=f"{proof.note} Lean warns of something in this proof: {warning}".strip())
        if best is None or proof.rank < best.rank:
            self.proof = proof


class _Runner:
    """A stage at work on the hole. `verdict`: on its last trial, to be sent to it. `spent`: seconds, divided by its
    share. `waiting`: the turn under way of a stage beside."""

    def __init__(self, stage: Stage, scene: Scene) -> None:
        self.stage = stage
        self.verdict: Verdict | None = None
        self.spent = 0.0
        self.ended = False
        self.begun = False
        self.waiting: asyncio.Task[Trial | None] | None = None
        self._turns = stage.turns(scene)

    @property
    def ready(self) -> bool:
        """Whether a turn need not be waited for."""
        return self.waiting is None or self.waiting.done()

    def begin(self, spent: float) -> None:
        """Take part from now on, with no more claim to the time than those who have had `spent`."""
        if not self.begun:
            self.begun, self.spent = True, spent
        if self.stage.beside and self.waiting is None:
            self.waiting = asyncio.create_task(self._turn())

    async def turn(self) -> Trial | None:
        """What the stage proposes next, if anything."""
        if self.waiting is None:
            return await self._turn()
        waiting, self.waiting = self.waiting, None
        return await waiting

    async def close(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            with suppress(asyncio.CancelledError, TurnstileError):
                await self.waiting
        await self._turns.aclose()

    async def _turn(self) -> Trial | None:
        verdict, self.verdict = self.verdict, None
        try:
            return await self._turns.asend(verdict)
        except StopAsyncIteration:
            self.ended = True
        except TurnstileError:
            self.ended = True
            raise
        return None
