"""The stage `model`: whole proofs of a language model."""

from __future__ import annotations

from contextlib import aclosing

from turnstile_lsp.agents.lean.base import Hole, Judgement
from turnstile_lsp.agents.prover import model, prompts
from turnstile_lsp.agents.prover.prompts import Question
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns


async def whole_proofs(scene: Scene) -> Turns:
    """Samples, each judged as it comes; one with deprecated names once more under the new ones."""
    engine = scene.engine
    if engine is None or scene.request.samples == 0:
        return
    description = await engine.describe()
    options = scene.request.model_options
    formats = prompts.chosen_formats(description.model, options.prompt, options.cot)
    async with aclosing(model.samples(engine, question(scene), formats, scene.request.samples)) as proofs:
        async for proof in proofs:
            finder = f"model:{description.model}"
            verdict = yield Trial(tactics=proof, finder=finder)
            if verdict is not None and verdict.judgement is Judgement.REJECTED:
                renamed = await model.modernised(scene.session, scene.state, proof)
                if renamed is not None:
                    yield Trial(tactics=renamed, finder=finder)


def question(scene: Scene) -> Question:
    """What a model is asked at the hole."""
    now = scene.draft.candidate(scene.target, "", verbatim=True)
    hole = Hole(kind=scene.target.hole.kind, start=now.start, end=now.end)
    return prompts.question(scene.draft.pieces_before(scene.target), now.command, hole)
