"""What the syntax at the cursor, from the real syntax process, changes in completions of real engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.scripted_model import scripted_model
from turnstile_lsp.agents.coder.complete import Coder
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.coder.syntax.base import NO_SYNTAX, Syntax
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess
from turnstile_lsp.lsp_server.text_document import TextDocument

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODEL = "deepseek-coder-v2-lite-base"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def process() -> AsyncIterator[SyntaxProcess]:
    running = SyntaxProcess(deadline=20.0)
    running.start()
    while running.process_id is None:  # noqa: ASYNC110  # nothing tells of it
        await asyncio.sleep(0.01)
    yield running
    await running.stop()


class At:
    """The place of ‸ in a document that the process has."""

    def __init__(self, process: SyntaxProcess, marked: str, language: str) -> None:
        self.offset = marked.index("‸")
        self.text = marked.replace("‸", "")
        self.document = CompletionDocument(text=self.text, path="a", language_id=language)
        before = marked[: self.offset]
        process.open("a", language, "a", TextDocument("a", self.text))
        self.process = process
        self.place = (before.count("\n"), len(before) - before.rfind("\n") - 1)

    @property
    def syntax(self) -> Syntax:
        """As it is known by now."""
        return self.process.at("a", self.place)

    async def texts(self, coder: Coder, *, automatic: bool, syntax: Syntax | None = None) -> list[str]:
        found = await coder.complete(
            self.document, self.offset, automatic=automatic, syntax=self.syntax if syntax is None else syntax
        )
        return [completion.text for completion in found]


async def test_in_a_comment_and_in_a_string_a_model_is_not_asked_unasked(process: SyntaxProcess) -> None:
    with scripted_model(["one"], name=MODEL) as model:
        coder = Coder(model.engine(), locally=False)
        for marked in ("# what ‸\n", "x = 'a‸\n", 'x = """\na ‸\n"""\n'):
            place = At(process, marked, "python")
            assert await place.texts(coder, automatic=True) == []
            assert model.prompts == []
            assert await place.texts(coder, automatic=False) == ["one"]
            model.prompts.clear()
        assert await At(process, "x = ‸\n", "python").texts(coder, automatic=True) == ["one"]


FAR = "import parts\n\n\ndef weld(seam, heat=2):\n    return seam\n\n\ndef unused():\n    pass\n\n\nclass Bridge(parts.Span):\n"
METHODS = "".join(f"    def step_{number}(self):\n        return {number}\n\n" for number in range(400))


async def test_imports_scopes_and_signatures_that_the_window_does_not_show_are_in_the_prompt(
    process: SyntaxProcess,
) -> None:
    place = At(process, f"{FAR}{METHODS}    def close(self):\n        return weld(‸)\n", "python")
    expected = "#a\nimport parts\ndef weld(seam, heat=2)\nclass Bridge(parts.Span)\n#a\n"
    with scripted_model(["seam"], name=MODEL) as model:
        async with asyncio.timeout(20):
            while not (model.prompts and expected in model.prompts[-1]):  # outlines come when there is time
                await place.texts(Coder(model.engine(), locally=False), automatic=False)
        assert "def unused" not in model.prompts[-1]
        near = At(process, f"{FAR}    def close(self):\n        return weld(‸)\n", "python")
        await near.texts(Coder(model.engine(), locally=False), automatic=False)
        assert model.prompts[-1].count("import parts") == model.prompts[-1].count("class Bridge") == 1


async def test_an_answer_stops_with_the_block_that_it_is_in(process: SyntaxProcess) -> None:
    """Also where indentation does not tell."""
    answer = "return 1;\n}\nint g() {\nreturn 2;\n}"
    with scripted_model([answer], name=MODEL) as model:
        coder = Coder(model.engine(), locally=False)
        place = At(process, "int f() {\n‸\n}\n", "c")
        assert await place.texts(coder, automatic=False) == ["return 1;"]
        (longer,) = await place.texts(coder, automatic=False, syntax=NO_SYNTAX)
        assert len(longer) > len("return 1;")


async def test_unasked_an_empty_block_is_filled_and_else_a_line(process: SyntaxProcess) -> None:
    with scripted_model(["a()\n    b()"], name=MODEL) as model:
        coder = Coder(model.engine(), locally=False)
        assert await At(process, "def f():\n    ‸\n", "python").texts(coder, automatic=True) == ["a()\n    b()"]
        await At(process, "def f():\n    a()\n    ‸\n", "python").texts(coder, automatic=True)
        await At(process, "def f():\n    a(‸)\n", "python").texts(coder, automatic=False)
        assert model.stops == [[], ["\n"], ["\n"]]
