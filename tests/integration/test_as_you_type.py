"""Completing for a person who types, with the real nano-coder: what is asked ahead, waited for, or done without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from turnstile_lsp.agents.coder.as_you_type import AsYouType, Question
from turnstile_lsp.agents.coder.complete import Coder, Completion
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.errors import ModelNotFound
from turnstile_lsp.agents.models.names import LocalModel, resolve

LINES = "        total = total + value\n        values.append(total)\n"
TEXT = (
    f"for value in first:\n{LINES}\nfor value in second:\n{LINES}\nfor value in third:\n        total = total + value\n"
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def coder() -> AsyncIterator[Coder]:
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    engine = LlamaCppEngine(model)
    coder = Coder(engine)
    await engine.describe()
    yield coder
    await engine.close()


def question(text: str, offset: int | None = None) -> Question:
    document = CompletionDocument(text=text, path="a.py", language_id="python")
    place = len(text) - 1 if offset is None else offset
    return Question(document=document, offset=place, model="nano-coder", automatic=True)


async def answers(typing: AsYouType, asked: Question, coder: Coder) -> list[Completion]:
    async def there() -> Coder:
        return coder

    return [completion async for completion in typing.stream(asked, there)]


async def ask_ahead(typing: AsYouType, coder: Coder) -> Question:
    """Accept the end of the text; the question once the user has pressed Enter there."""

    async def there() -> Coder:
        return coder

    typing.ask_ahead(question(TEXT), there)
    return question(TEXT[:-1] + "\n        \n")


async def test_the_next_line_is_there_when_the_user_is(coder: Coder) -> None:
    typing = AsYouType()
    later = await ask_ahead(typing, coder)
    await asyncio.sleep(0.5)
    (completion,) = await answers(typing, later, coder)
    assert (completion.text, completion.typed_ahead) == ("values.append(total)", True)


async def test_the_editors_own_next_question_at_the_same_place_does_not_end_it(coder: Coder) -> None:
    typing = AsYouType()
    later = await ask_ahead(typing, coder)
    await answers(typing, question(TEXT), coder)
    await asyncio.sleep(0.5)
    (completion,) = await answers(typing, later, coder)
    assert completion.typed_ahead


async def test_it_is_given_up_when_the_user_goes_elsewhere(coder: Coder) -> None:
    typing = AsYouType()
    later = await ask_ahead(typing, coder)
    await answers(typing, question(TEXT, TEXT.index("\n")), coder)
    await asyncio.sleep(0.5)
    (completion,) = await answers(typing, later, coder)
    assert not completion.typed_ahead


async def test_the_file_answers_while_there_is_no_coder_yet() -> None:
    async def never() -> Coder:
        await asyncio.Event().wait()
        raise AssertionError

    said = [completion async for completion in AsYouType().stream(question(TEXT[:-1] + "\n        val\n"), never)]
    assert [(completion.text, completion.model) for completion in said] == [("ues.append(total)", "this file")]


async def test_the_file_answers_before_it_is_told_that_there_is_no_model() -> None:
    async def missing() -> Coder:
        raise ModelNotFound("There is no such model.")

    completions = AsYouType().stream(question(TEXT[:-1] + "\n        val\n"), missing)
    assert (await anext(completions)).model == "this file"
    with pytest.raises(ModelNotFound):
        await anext(completions)


async def test_who_types_on_while_a_slow_model_is_waited_for_has_asked_nobody() -> None:
    typing, asked = AsYouType(), 0

    async def slow() -> Coder:
        nonlocal asked
        asked += 1
        await asyncio.sleep(1)
        raise ModelNotFound("There is no such model.")

    async def ask(text: str) -> None:
        async for _ in typing.stream(question(text), slow):
            pass

    with pytest.raises(ModelNotFound):
        await ask("entirely = new\n")
    for typed in range(5):
        task = asyncio.create_task(ask("another = " + "x" * typed + "\n"))
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])
    assert asked == 1
