"""Single-pass sampling, as the papers measure provers: so many whole proofs of each problem, all of them judged."""

from __future__ import annotations

import math
from contextlib import aclosing

from msgspec import Struct

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Judgement, Session, Verdict
from turnstile_lsp.agents.prover import model, prompts
from turnstile_lsp.agents.prover.draft import Draft, targets
from turnstile_lsp.agents.prover.model_stages import question
from turnstile_lsp.agents.prover.results import ProveRequest
from turnstile_lsp.agents.prover.stage import Scene, Trial


class Sampled(Struct, frozen=True, kw_only=True):
    """`correct` of the samples were verified; `proof`: the first of them."""

    correct: int
    proof: str | None


async def judge_samples(session: Session, engine: Engine, request: ProveRequest) -> Sampled:
    """Sample `request.samples` proofs of the document's last hole and have the gate judge each. Raises what the engine and
    the session raise, `InvalidRequest` for a document without a hole."""
    elaboration = await session.elaborate(request.text)
    holes = targets(request.text, elaboration, ())
    if not holes:
        raise InvalidRequest("Lean finds nothing to prove in this document.")
    scene = Scene(Draft(request.text, elaboration), holes[-1], session, request, engine)
    options = request.model_options
    formats = prompts.chosen_formats((await engine.describe()).model, options.prompt, options.cot)
    verdicts: dict[str, Verdict] = {}
    correct, first = 0, None
    asked = model.samples(engine, question(scene), formats, request.samples, distinct=False)
    async with aclosing(asked) as proofs:
        async for proof in proofs:
            candidate = scene.candidate(Trial(tactics=proof, finder="model"))
            if proof not in verdicts:
                verdicts[proof] = await session.check(scene.state, candidate)
            if verdicts[proof].judgement is Judgement.VERIFIED:
                correct, first = correct + 1, first or candidate.replacement
    return Sampled(correct=correct, proof=first)


def pass_at(k: int, samples: int, correct: int) -> float:
    """The chance that of `k` samples drawn from `samples`, of which `correct` are right, one at least is: the unbiased
    estimator of Chen et al. 2021, section 2.1."""
    return 1.0 - math.comb(samples - correct, k) / math.comb(samples, k)
