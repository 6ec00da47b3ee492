"""The stages that there are, in the order in which they begin."""

from __future__ import annotations

from contextlib import aclosing

from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover import portfolio, prompts, store
from turnstile_lsp.agents.prover.stage import Scene, Stage, Turns


async def _portfolio(scene: Scene) -> Turns:
    for trial in portfolio.trials(portfolio.load(), scene.surroundings):
        yield trial


async def _model(scene: Scene) -> Turns:
    if scene.engine is None or scene.request.samples == 0:
        return
    now = scene.draft.candidate(scene.target, "", verbatim=True)
    hole = Hole(kind=scene.target.hole.kind, start=now.start, end=now.end)
    asked = prompts.question(scene.draft.pieces_before(scene.target), now.command, hole)
    async with aclosing(prompts.samples(scene.engine, asked, scene.request.samples)) as samples:
        async for trial in samples:
            yield trial


STAGES = (
    Stage(name="store", turns=store.turns),
    Stage(name="portfolio", turns=_portfolio),
    Stage(name="model", turns=_model, after=1.0, beside=True),
)
