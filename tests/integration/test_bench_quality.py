"""The quality bench asks any model with and without each source of context: what is said reaches its prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.quality import sources, told
from tests.integration.scripted_model import scripted_model
from tools.held_out import packages, rests_of_lines
from turnstile_lsp.agents.coder.context import Context, Snippet

CONTEXTS = {
    "edits": Context(edits=[Snippet("other.py", "edited_lately = 1")]),
    "diagnostics": Context(diagnostics=['error: Name "edited_lately" is not defined']),
}


@pytest.mark.parametrize("source", CONTEXTS)
async def test_a_named_model_is_asked_with_and_without_it(source: str) -> None:
    place = replace(rests_of_lines(packages()[:20], 1, "python")[0], context=CONTEXTS[source])
    with scripted_model(["x"], name="deepseek-coder-v2-lite-base") as server:
        engine = server.engine()
        asked = sources(engine, source, told, single_line=True)
        for name in ("model", f"model_and_{source}", "all", f"all_without_{source}"):
            await asked[name](place)
        await engine.close()
        prompts = server.prompts
    assert ["edited_lately" in prompt for prompt in prompts] == [False, True, True, False]
