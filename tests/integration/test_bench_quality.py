"""The quality bench asks any model with and without each source of context: what is said reaches its prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.quality import sources, told, with_syntax
from tests.integration.scripted_model import scripted_model
from tools.held_out import Place, packages, rests_of_lines
from tools.train_nano_coder.corpus import SourceFile
from turnstile_lsp.agents.coder.context import Context, Snippet
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess

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


async def test_a_named_model_is_asked_with_what_the_syntax_says() -> None:
    text = "import far_above\n" + "filler = 1\n" * 2000 + "last = far_above.total\n"
    place = Place(SourceFile("long.py", text, "", "held_out"), "python", len(text) - 6, "total")
    process = SyntaxProcess(deadline=20.0)
    with scripted_model(["total"], name="deepseek-coder-v2-lite-base") as server:
        engine = server.engine()
        answers = [
            await answer(place)
            for asked in (
                sources(engine, "index", told, single_line=True),
                with_syntax(engine, process, single_line=True),
            )
            for name, answer in asked.items()
            if name.startswith("model")
        ]
        await engine.close()
        await process.stop()
        prompts = server.prompts
    assert [found[0].text for found in answers] == ["total"] * 3
    assert ["import far_above" in prompt for prompt in prompts] == [False, False, True]
