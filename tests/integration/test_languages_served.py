"""Every language of the table is served: a well-formed prompt, and a cleaned answer by the real nano-coder."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from turnstile_lsp.agents.coder.complete import Coder
from turnstile_lsp.agents.coder.context import Context, Snippet
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.filters import FILTERS, LINE, clean
from turnstile_lsp.agents.coder.languages import Language, languages
from turnstile_lsp.agents.coder.prompt import PromptBuilder
from turnstile_lsp.agents.engine.base import Excerpt
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel, resolve

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine() -> AsyncIterator[LlamaCppEngine]:
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    engine = LlamaCppEngine(model)
    yield engine
    await engine.close()


def sample(language: Language, line_end: str = "\n") -> tuple[CompletionDocument, int]:
    """A tiny file in a language, and a place in it."""
    comments = [f"{mark} one" for mark in language.line_comments]
    comments += [f"{opening} two {closing}" for opening, closing in language.block_comments]
    quote = language.quotes[-1] if language.quotes else ""
    before = line_end.join([*comments, f"first = {quote}a{quote}", "second = "])
    path = next((pattern.replace("*", "sample") for pattern in language.patterns), "sample")
    document = CompletionDocument(text=f"{before}{line_end}third", path=path, language_id=language.ids[0])
    return document, len(before)


async def test_a_file_of_each_language_gets_a_well_formed_prompt(engine: LlamaCppEngine) -> None:
    description = await engine.describe()
    fim = description.fim
    assert fim
    context = Context(snippets=[Snippet("other.txt", "one\ntwo\n")])
    for language in languages():
        document, offset = sample(language)
        begin, *excerpts, end = PromptBuilder().build(description, Cursor(document, offset), 64, context)
        assert (begin, end) == (fim.begin, fim.end), language.name
        assert excerpts.count(fim.hole) == 1, language.name
        hole = excerpts.index(fim.hole)
        prefix, suffix = excerpts[hole - 1], excerpts[hole + 1]
        assert isinstance(prefix, Excerpt)
        assert isinstance(suffix, Excerpt)
        assert prefix.text.endswith("second = "), language.name
        assert suffix.text == "\nthird", language.name


async def test_a_file_of_each_language_gets_a_cleaned_answer(engine: LlamaCppEngine) -> None:
    coder = Coder(engine, max_tokens=3, locally=False)
    for index, language in enumerate(languages()):
        document, offset = sample(language, "\r\n" if index % 2 else "\n")
        (completion,) = await coder.complete(document, offset, automatic=False, single_line=bool(index % 3))
        assert completion.model == "nano-coder"
        assert completion.start == completion.end == offset
        assert completion.text == completion.text.rstrip()
        cursor = Cursor(document, offset)
        assert cursor.language is language or language.name == "Text"
        assert clean(completion.text, cursor, LINE if index % 3 else FILTERS) in ("", completion.text), language.name


async def test_nothing_is_offered_while_a_lean_abbreviation_is_typed(engine: LlamaCppEngine) -> None:
    coder = Coder(engine, max_tokens=3)
    for language_id in ("lean", "lean4"):
        for text, offered in (("theorem a : \\al", 0), ("theorem a : \\alpha ", 1)):
            document = CompletionDocument(text=text, path="a.lean", language_id=language_id)
            assert len(await coder.complete(document, len(text), automatic=False)) == offered
    assert await coder.complete(
        CompletionDocument(text="x = \\al", path="a.py", language_id="python"), 7, automatic=False
    )
