"""A model's vocabulary: what becomes of a prompt in pieces, and of user text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.prompt import PromptBuilder
from turnstile_lsp.agents.engine.base import Description, Excerpt
from turnstile_lsp.agents.engine.llama_cpp.model import Model
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.models.names import LocalModel, resolve
from turnstile_lsp.agents.settings import LocalOptions


@pytest.fixture(scope="module")
def model() -> Model:
    reference = resolve("nano-coder")
    assert isinstance(reference, LocalModel)
    return Model(reference.path, LocalOptions())


def whole(model: Model, text: str) -> list[int]:
    """The tokens of user text in one go; without special tokens in it they are a prompt's."""
    return model.text_tokens(text)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(["\n", "\r\n", " ", "    ", "\t", "a", "f(x)", "é", "中", "9", "}", ".", "\x0c"])).map(
        "".join
    )
)
def test_user_text_has_the_same_tokens_line_by_line_as_in_one_go(model: Model, text: str) -> None:
    assert model.user_tokens(text) == whole(model, text)


def test_fim_tokens_in_a_document_are_text(model: Model) -> None:
    fim, bos = model.describe().fim, model.describe().bos
    assert fim
    text = 'HOLE = "<｜fim▁hole｜>"\nEND = "<｜fim▁end｜><｜end▁of▁sentence｜>"\nprint()\n'
    cursor = Cursor(CompletionDocument(text=text, path="a.py", language_id="python"), text.index(")"))
    prompt = model.prompt(PromptBuilder().build(Description(model="", context_length=512, fim=fim), cursor, 64))
    for token in (fim.begin, fim.hole, fim.end, bos):
        assert prompt.count(token) == 1  # type: ignore[arg-type]
    assert prompt[0] == bos


def test_a_special_token_may_be_given_by_its_text(model: Model) -> None:
    fim = model.describe().fim
    assert fim
    assert model.prompt(["<｜fim▁hole｜>"])[1:] == [fim.hole]


@pytest.mark.parametrize("keep_end", [False, True])
@given(st.integers(0, 40), st.integers(0, 90))
def test_an_excerpt_is_cut_to_its_budget(model: Model, keep_end: bool, most: int, length: int) -> None:
    text = "x = 1\n" * length
    tokens = model.user_tokens(text)
    kept = model.prompt([Excerpt(text=text, tokens=most, keep_end=keep_end)])[1:]
    assert len(kept) <= most
    assert kept == (tokens[len(tokens) - len(kept) :] if keep_end else tokens[: len(kept)])
    assert len(kept) > min(len(tokens), most - most // 4 if keep_end else most) - 1


@pytest.mark.parametrize("token", [-1, 10**6])
def test_a_token_that_the_model_does_not_have_is_refused(model: Model, token: int) -> None:
    with pytest.raises(InvalidRequest, match="vocabulary"):
        model.prompt([token])
