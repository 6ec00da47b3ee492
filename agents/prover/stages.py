"""The stages that there are, in the order in which they begin."""

from __future__ import annotations

from turnstile_lsp.agents.prover import best_first, model_stages, portfolio, refute, repair, store
from turnstile_lsp.agents.prover.search import stage as search
from turnstile_lsp.agents.prover.stage import Stage

STAGES = (
    Stage(name="repair", turns=repair.turns, head_start=3.0),
    Stage(name="refute", turns=refute.turns, share=1.0, after=0.1),
    Stage(name="store", turns=store.turns),
    Stage(name="portfolio", turns=portfolio.turns),
    Stage(name="search", turns=best_first.turns, share=4.0, after=0.4),
    Stage(name="model", turns=model_stages.whole_proofs, after=1.0, beside=True),
    Stage(name="search", turns=search.turns, after=2.0, beside=True),
)
