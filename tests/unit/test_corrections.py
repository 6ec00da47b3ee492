"""What diagnostics say of the line at the cursor."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.held_out import for_calibration, library
from tools.held_out_diagnostics import misspelt, misspelt_places
from turnstile_lsp.agents.coder.complete import complete_locally
from turnstile_lsp.agents.coder.context import Context
from turnstile_lsp.agents.coder.corrections import DIAGNOSTICS, corrected
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.local_answers import LocalAnswer

FILES = [file for file in library() if for_calibration(file) and len(file.text) < 30_000]


def said(text: str, message: str, was: str | None) -> LocalAnswer | None:
    """The answer at the mark `|`."""
    before, after = text.split("|")
    document = CompletionDocument(text=before + after, path="a.py", language_id="python")
    return corrected(Cursor(document, len(before)), Context(diagnostics=[message], line_was=was))


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ('error: "list[int]" has no attribute "appendd"; maybe "append" or "extend"?', "append"),
        ("error: Property 'appendd' does not exist on type 'A'. Did you mean 'append_all'?", "append_all"),
        ("error: no member named 'appendd' in 'A'; did you mean 'append'?", "append"),
        ('error: Cannot access attribute "appendd" for class "list[int]"', "append"),
        ("error: `appendd` not found: a similar name exists: `append`", "append"),
        ("error: undefined: appendd", "append"),
        ('error: "list[int]" has no attribute "extendd"; maybe "extend"?', None),
        ('error: "appendd" is deprecated', None),
    ],
)
def test_the_name_that_is_meant_takes_the_place_of_the_unknown_one(message: str, meant: str | None) -> None:
    text, was = "rows.append(row)\n    rows.|", "    rows.appendd(other)"
    answer = said(text, message, was)
    assert (answer and (answer.text, answer.source)) == (meant and (f"{meant}(other)", DIAGNOSTICS))
    replaced = said(f"{text}(other)", message, was)
    assert (replaced and replaced.text) == meant


def test_a_name_that_stands_elsewhere_too_is_rather_missing_than_misspelt() -> None:
    message, was = "error: Undefined name `total_of`", "x = total_of(a)"
    once, often = said("totals_of(b)\nx = |", message, was), said("totals_of(b)\ntotal_of(c)\nx = |", message, was)
    assert once is not None
    assert often is not None
    assert once.text == often.text == "totals_of(a)"
    assert often.probability < once.probability
    assert said("nothing\nx = |", message, was) is None


async def test_ghost_text_corrects_what_the_diagnostic_names() -> None:
    text = "def total_of(rows):\n    return sum(rows)\n\n\nprint("
    document = CompletionDocument(text=text, path="a.py", language_id="python")
    context = Context(diagnostics=['error: Name "totla_of" is not defined'], line_was="print(totla_of([1]))")
    found = await complete_locally(document, len(text), automatic=True, context=context)
    assert [(one.text, one.model) for one in found] == [("total_of([1]))", DIAGNOSTICS)]


@given(st.text(alphabet="ab_", min_size=4, max_size=8), st.integers(0, 99))
def test_a_misspelt_name_is_another_one(name: str, seed: int) -> None:
    assert misspelt(name, random.Random(seed)) != name


def test_real_diagnostics_name_what_is_wrong_in_held_out_files() -> None:
    places = misspelt_places(FILES, 8)
    texts = {file.path: file.text for file in FILES}
    assert places
    for place in places:
        assert place.file.text == texts[place.file.path], "with what is expected it is the held-out file"
        assert all(message.startswith("error: ") for message in place.context.diagnostics)
    answers = [corrected(Cursor(place.document, place.offset), place.context) for place in places]
    right = [
        answer is not None and answer.text == place.expected for answer, place in zip(answers, places, strict=True)
    ]
    assert sum(right) >= 0.8 * len(right)
