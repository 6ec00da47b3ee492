"""What so many samples prove, as the papers measure provers: whole proofs of each problem, all of them judged, or a search
by as many."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec import Struct

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Judgement, Session, Verdict
from turnstile_lsp.agents.prover import model, prompts
from turnstile_lsp.agents.prover.draft import Draft, targets
from turnstile_lsp.agents.prover.model_stages import question
from turnstile_lsp.agents.prover.prove import refusal
from turnstile_lsp.agents.prover.results import ProveRequest
from turnstile_lsp.agents.prover.search.sources import POLICY_HEARTBEATS, DrawnProofs
from turnstile_lsp.agents.prover.search.stage import TreeSearch, policy_of
from turnstile_lsp.agents.prover.search.truncate import goal_text
from turnstile_lsp.agents.prover.stage import Scene, Trial


class Sampled(Struct, frozen=True, kw_only=True):
    """`correct` of the `samples` were verified; `proof`: the first of them. A search ends with the first."""

    samples: int
    correct: int
    proof: str | None = None


async def last_hole(session: Session, engine: Engine | None, request: ProveRequest) -> Scene:
    """The document's last hole. Raises what the session raises, `InvalidRequest` where there is none or it cannot be
    proved."""
    elaboration = await session.elaborate(request.text)
    holes = targets(request.text, elaboration, ())
    if not holes:
        raise InvalidRequest("Lean finds nothing to prove in this document.")
    if (refused := refusal(holes[-1])) is not None:
        raise InvalidRequest(refused[1])
    return Scene(Draft(request.text, elaboration), holes[-1], session, request, engine)


async def judge_samples(scene: Scene) -> Sampled:
    """Have the gate judge `request.samples` whole proofs, of the model or, without one, drawn from the policy. Raises the
    engine's errors."""
    verdicts: dict[str, Verdict] = {}
    correct, first = 0, None
    async with aclosing(_samples(scene)) as trials:
        async for trial in trials:
            candidate = scene.candidate(trial)
            if trial.tactics not in verdicts:
                verdicts[trial.tactics] = await scene.session.check(scene.state, candidate)
            if verdicts[trial.tactics].judgement is Judgement.VERIFIED:
                correct, first = correct + 1, first or candidate.replacement
    return Sampled(samples=scene.request.samples, correct=correct, proof=first)


async def search_samples(scene: Scene) -> Sampled:
    """Search by the request's algorithm until a proof is verified or its expansions are used up. Raises the engine's
    errors."""
    search = TreeSearch(scene)
    async with aclosing(search.proofs()) as proofs:
        async for proof in proofs:
            ended = search.ended  # the search goes on while the gate judges
            candidate = scene.candidate(Trial(tactics=proof, finder="search"))
            if (await scene.session.check(scene.state, candidate)).judgement is Judgement.VERIFIED:
                return Sampled(samples=ended, correct=1, proof=candidate.replacement)
    return Sampled(samples=search.ended, correct=0)


async def _samples(scene: Scene) -> AsyncGenerator[Trial, None]:
    count, options = scene.request.samples, scene.request.model_options
    if scene.engine is None:
        goals = goal_text(scene.target.hole.goals)
        source = DrawnProofs(policy_of(scene), goals)
        for drawn in (source.draw(goals) for _ in range(count)):
            if drawn is not None:
                yield Trial(tactics=drawn, finder="search", heartbeats=POLICY_HEARTBEATS)
        return
    formats = prompts.chosen_formats((await scene.engine.describe()).model, options.prompt, options.cot)
    async with aclosing(model.samples(scene.engine, question(scene), formats, count, distinct=False)) as proofs:
        async for proof in proofs:
            yield Trial(tactics=proof, finder="model")


def pass_at(k: int, samples: int, correct: int) -> float:
    """The chance that of `k` samples drawn from `samples`, of which `correct` are right, one at least is: the unbiased
    estimator of Chen et al. 2021, section 2.1."""
    return 1.0 - math.comb(samples - correct, k) / math.comb(samples, k)
