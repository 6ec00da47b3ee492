"""Ghost text from the real nano-coder in its real worker."""

import asyncio
import inspect
import textwrap
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from msgspec.structs import replace

from turnstile_lsp.agents.coder.complete import Coder, Completion
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.estimates import calibrations
from turnstile_lsp.agents.coder.prompt import PromptBuilder
from turnstile_lsp.agents.coder.prompt_budget import budgets
from turnstile_lsp.agents.engine.base import Request, Sampling
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.errors import ModelNotFound
from turnstile_lsp.agents.models.names import LocalModel, resolve

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE = inspect.getsource(textwrap)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine() -> AsyncIterator[LlamaCppEngine]:
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    engine = LlamaCppEngine(model)
    yield engine
    await engine.close()


async def complete(
    engine: LlamaCppEngine,
    text: str,
    offset: int | None = None,
    *,
    automatic: bool = False,
    language: str = "python",
    single_line: bool | None = None,
) -> list[Completion]:
    document = CompletionDocument(text=text, path="a.py", language_id=language)
    place = len(text) if offset is None else offset
    return await Coder(engine).complete(document, place, automatic=automatic, single_line=single_line)


async def test_whoever_asks_gets_an_answer_and_who_gave_it(engine: LlamaCppEngine) -> None:
    text = "import os\n\n\ndef exists(path):\n    retu\n"
    offset = len(text) - 1
    (completion,) = await complete(engine, text, offset)
    assert completion.text
    assert (completion.start, completion.end) == (offset, offset)
    assert completion.model == "nano-coder"
    assert completion.confidence is not None
    assert 0 < completion.confidence <= 1
    assert completion.milliseconds > 0


async def test_whoever_asks_gets_an_answer_everywhere(engine: LlamaCppEngine) -> None:
    """Also where the model says what stands behind the cursor already."""
    for offset in range(400, len(SOURCE), len(SOURCE) // 60):
        assert await complete(engine, SOURCE, offset), SOURCE[offset - 40 : offset]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os\n\n\ndef read(path):\n    with open(path) as \n    # a comm\n    x = 'a str'\n"),
        ("rust", 'fn main() {\n    println!("{}", a);\n}\n'),
        ("json", '{\n  "a": [1, 2]\n}\n'),
        ("plaintext", "\n\n"),
        ("nothing that is known", ""),
    ],
)
async def test_whoever_asks_gets_an_answer_in_odd_places_too(engine: LlamaCppEngine, language: str, text: str) -> None:
    """In the midst of a word, a comment or a string, in front of everything, behind it, and where nothing is."""
    for offset in range(len(text) + 1):
        assert await complete(engine, text, offset, language=language), text[:offset]


def places() -> list[tuple[str, int]]:
    """Texts with the rest of a line taken away, and the place where it was."""
    offsets = [index for index, character in enumerate(SOURCE) if character in "(.= " and index < 4000][::12]
    return [(SOURCE[: offset + 1] + SOURCE[SOURCE.index("\n", offset) :], offset + 1) for offset in offsets]


async def test_unasked_shows_only_what_is_likely_to_be_right(engine: LlamaCppEngine) -> None:
    coder = Coder(engine, locally=False)
    shown = 0
    for text, offset in places():
        document = CompletionDocument(text=text, path="a.py", language_id="python")
        asked = await coder.complete(document, offset, automatic=False, single_line=True)
        unasked = await coder.complete(document, offset, automatic=True)
        if not asked or asked[0].estimate < calibrations().shown_above:
            assert unasked == []
        elif unasked:
            assert unasked[0].text == asked[0].text
            assert unasked[0].estimate >= calibrations().shown_above
        shown += len(unasked)
    assert 0 < shown < len(places())


async def test_the_file_speaks_where_the_model_is_not_sure(engine: LlamaCppEngine) -> None:
    said = {
        completion.model
        for text, offset in places()
        for completion in await complete(engine, text, offset, automatic=True)
    }
    assert said == {"nano-coder", "this file"}


async def test_the_file_speaks_in_languages_the_model_is_silent_in(engine: LlamaCppEngine) -> None:
    repeated = "export function first(): void {}\n" * 3 + "export func"
    (completion,) = await complete(engine, repeated, automatic=True, language="typescript")
    assert (completion.text, completion.model) == ("tion first(): void {}", "this file")


async def test_whoever_asks_gets_up_to_three_different_candidates(engine: LlamaCppEngine) -> None:
    document = CompletionDocument(text="import os\n\n\ndef exists(path):\n    retu", path="a.py", language_id="python")
    coder = Coder(engine)
    (greedy,) = await coder.complete(document, len(document.text), automatic=False, single_line=True)
    several = await coder.complete(document, len(document.text), automatic=False, single_line=True, candidates=3)
    texts = [completion.text.strip() for completion in several]
    assert 1 < len(texts) <= 3
    assert len(set(texts)) == len(texts)
    assert texts[0] == greedy.text.strip()


async def test_without_a_model_the_file_answers_and_the_error_is_told() -> None:
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    missing = LlamaCppEngine(replace(model, path="missing.gguf"))
    repeated = "value = compute(first, second)\n" * 3 + "value = com"
    document = CompletionDocument(text=repeated, path="a.py", language_id="python")
    completions = Coder(missing).stream(document, len(repeated), automatic=True)
    completion = await anext(completions)
    assert (completion.text, completion.model) == ("pute(first, second)", "this file")
    with pytest.raises(ModelNotFound):
        await anext(completions)
    await missing.close()


async def test_in_other_languages_it_is_silent_unless_asked(engine: LlamaCppEngine) -> None:
    text = "function add(a, b) {\n    return "
    before = (await engine.statistics()).decoded
    assert await complete(engine, text, language="typescript", automatic=True) == []
    assert (await engine.statistics()).decoded == before
    assert await complete(engine, text, language="typescript")


async def test_inside_a_line_it_is_silent_unless_asked(engine: LlamaCppEngine) -> None:
    text = "import os\n\nprint(os.path)\n"
    before = (await engine.statistics()).decoded
    assert await complete(engine, text, text.index(".path"), automatic=True) == []
    assert (await engine.statistics()).decoded == before


async def test_typing_on_computes_the_new_tokens_and_the_suffix_only(engine: LlamaCppEngine) -> None:
    start = SOURCE.index("def _split(")
    suffix_budget = budgets(await engine.describe(), 64).suffix
    decoded = []
    for typed in range(start, start + 20):
        (completion,) = await complete(engine, SOURCE, typed, single_line=True)
        if completion.timings:
            decoded.append(completion.timings.prompt_decoded)
    whole_windows = [tokens for tokens in decoded[1:] if tokens > suffix_budget + 8]
    assert len(whole_windows) <= 2, "the window's start may move by a step or two meanwhile, not with each keystroke"


async def test_the_prompts_length_does_not_depend_on_the_documents(engine: LlamaCppEngine) -> None:
    description = await engine.describe()
    budget = budgets(description, 64)
    for text in (SOURCE, SOURCE * 2000, "x = 1; " * 1_500_000, "x" * 10_000_000, "\0\ufffd" * 5_000_000):
        cursor = Cursor(CompletionDocument(text=text, path="a.py", language_id="python"), len(text) // 2)
        request = Request(pieces=PromptBuilder().build(description, cursor, 64), sampling=Sampling(max_tokens=1))
        timings = [chunk.timings async for chunk in engine.generate(request)][-1]
        assert timings
        assert 4 < timings.prompt_reused + timings.prompt_decoded <= budget.prefix + budget.suffix + 4
    assert await complete(engine, SOURCE * 2000, len(SOURCE) * 1000 + SOURCE.index(" = width"))


@pytest.mark.parametrize("offset", [-1, 0, 5, 10**9])
@pytest.mark.parametrize("text", ["", "\n", "\r\n", "\0\x01\x02\udc80", "a = 1\r\nb = \r\n", "é😀\u2028"])
async def test_any_document_and_place_is_answered(engine: LlamaCppEngine, text: str, offset: int) -> None:
    for completion in await complete(engine, text, offset):
        assert 0 <= completion.start == completion.end <= len(text)


async def test_several_lines_have_the_documents_line_ends(engine: LlamaCppEngine) -> None:
    text = SOURCE[: SOURCE.index("def _split(")].replace("\n", "\r\n")
    (completion,) = await complete(engine, text, single_line=False)
    assert "\n" not in completion.text.replace("\r\n", "")


async def test_a_cancelled_completion_computes_nothing_more(engine: LlamaCppEngine) -> None:
    task = asyncio.create_task(complete(engine, SOURCE, 3000, single_line=False))
    while not (await engine.statistics()).running and not task.done():
        pass
    task.cancel()
    await asyncio.wait([task])
    while (statistics := await engine.statistics()).running:
        pass
    await asyncio.sleep(0.05)
    assert (await engine.statistics()).decoded == statistics.decoded
