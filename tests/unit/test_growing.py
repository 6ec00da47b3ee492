"""What is told of an answer while it comes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turnstile_lsp.agents.coder import growing
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.filters import FILTERS, LINE
from turnstile_lsp.agents.coder.growing import Growing

CURSOR = Cursor(CompletionDocument(text="def f(x):\n    return g(", path="a.py", language_id="python"), 23)
PIECES = st.lists(
    st.sampled_from(["x", "(", ")", "\n", "    ", "return y", '"', "```", " ", "\n\n", "g(", "𝛼"]), max_size=12
)


def told(pieces: list[str], single_line: bool) -> list[str]:
    """What is told while the pieces come."""
    said: list[str] = []
    growing_answer = Growing(said.append, CURSOR, LINE if single_line else FILTERS)
    for text in itertools.accumulate(pieces):
        growing_answer.heard(text)
    return said


@given(PIECES, st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_beginning_goes_on_with_the_next(
    monkeypatch: pytest.MonkeyPatch, pieces: list[str], single_line: bool
) -> None:
    monkeypatch.setattr(growing, "_EVERY", 0.0)
    said = told(pieces, single_line)
    assert all(said)
    assert all(later.startswith(earlier) and later != earlier for earlier, later in itertools.pairwise(said))


def test_a_growing_answer_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "_EVERY", 0.0)
    assert told(["x", ", y", ")\n", "    z"], single_line=True) == ["x", "x, y", "x, y)"]


def test_what_comes_at_once_is_not_shown_in_pieces() -> None:
    assert told(["x", ", y", ")"], single_line=True) == []
