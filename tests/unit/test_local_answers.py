"""What a file says of itself, without a model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.held_out import packages, rests_of_lines
from turnstile_lsp.agents.coder.complete import complete_locally
from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.estimates import Calibration, calibrations, either
from turnstile_lsp.agents.coder.local_answers import THE_INDEX, THIS_FILE, LocalAnswer, answer_locally
from turnstile_lsp.agents.models.store import shipped_cards


async def said(text: str, *snippets: str, language: str = "python") -> LocalAnswer | None:
    """The answer at the mark `|`."""
    before, after = text.split("|")
    document = CompletionDocument(text=before + after, path="a.py", language_id=language)
    return await answer_locally(Cursor(document, len(before)), [Snippet("b.py", snippet) for snippet in snippets])


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("self.first = first\nself.second = second\nself.first = |\n", "first"),
        ("    logger.info('one', exc_info=True)\n\nif x:\n        logger.in|\n", "fo('one', exc_info=True)"),
        ("def two(|\n\ndef one(self) -> None:\n    pass\n\ndef three(self) -> None:\n", "self) -> None:"),
        ("const total = items.length;\nconst other = items.le|", "ngth;"),
        ("f(x)\r\ng(x)\r\n\r\nf(|\r\n", "x)"),
    ],
)
async def test_lines_patterns_and_names_are_repeated(text: str, rest: str) -> None:
    answer = await said(text)
    assert answer is not None
    assert (answer.text, answer.source) == (rest, THIS_FILE)


async def test_the_more_often_it_was_so_the_surer_it_is() -> None:
    few = await said("run(first)\nrun(|\n")
    many = await said("run(first)\n" * 9 + "run(|\n")
    assert few is not None
    assert many is not None
    assert few.text == many.text == "first)"
    assert few.probability < many.probability < 1


async def test_the_index_is_named_where_it_knew() -> None:
    answer = await said("value = make_widget(|\n", "widget = make_widget(parent, name)\n" * 3)
    assert answer is not None
    assert (answer.text, answer.source) == ("parent, name)", THE_INDEX)


@pytest.mark.parametrize("text", ["|", "\n\n|\n\n", "entirely = new|", "\udc80|\udc80", "\0|", "a = |" + "x" * 200_000])
async def test_nothing_is_said_without_a_reason(text: str) -> None:
    assert await said(text) is None


@given(st.text(alphabet="ab(.\n é\t", max_size=60), st.text(alphabet="ab(.\n é\t", max_size=60))
async def test_an_answer_is_the_rest_of_a_line(before: str, after: str) -> None:
    answer = await said(before + "|" + after)
    if answer is not None:
        assert answer.text.strip()
        assert "\n" not in answer.text
        assert 0 < answer.probability <= 1


async def test_what_shows_without_a_model_is_mostly_right_in_files_nobody_trained_on() -> None:
    places = rests_of_lines([file for file in packages() if file.path.startswith("httpx/")], 400, "python")
    found = [(await complete_locally(place.document, place.offset, automatic=True), place.expected) for place in places]
    right = [answers[0].text == expected for answers, expected in found if answers]
    assert len(right) >= 0.15 * len(places)
    assert sum(right) >= 0.55 * len(right)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("def run(self):\n    pass\n" * 9 + "def |", None),
        ("export const total = 1;\n" * 9 + "export const t|", None),
        ("theorem add_zero : a + 0 = a\n" * 9 + "theorem |", None),
        ("def __init__(self):\n    pass\n" * 9 + "def |", "__init__(self):"),
        ("def run(self):\n    pass\n" * 9 + "def run|", "(self):"),
    ],
)
async def test_unasked_a_name_that_is_taken_is_not_given_again(text: str, rest: str | None) -> None:
    before, after = text.split("|")
    document = CompletionDocument(text=before + after, path="a.py", language_id="python")
    found = await complete_locally(document, len(before), automatic=True)
    assert [one.text for one in found] == ([rest] if rest else [])
    assert await complete_locally(document, len(before), automatic=False), "who asks is answered"


@given(st.floats(0, 1), st.floats(0, 1))
def test_estimates_are_probabilities_and_keep_the_order(one: float, other: float) -> None:
    for calibration in (calibrations().local, *calibrations().models.values()):
        assert 0 < calibration(one) < 1
        assert (calibration(one) <= calibration(other)) or one > other
    assert max(one, other) - 1e-9 <= either(one, other) <= 1


def test_every_model_that_is_held_back_is_calibrated() -> None:
    held_back = {name for name, (card, _) in shipped_cards().items() if card.threshold is not None}
    assert held_back <= set(calibrations().models)
    assert Calibration(slope=1, intercept=0)(0.3) == pytest.approx(0.3)
