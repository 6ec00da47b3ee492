"""Pieces for drafts stay the same while the user types elsewhere."""

import inspect

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.coder.reference import REACH, pieces, references

SOURCE = inspect.getsource(inspect)


def at(text: str, offset: int, snippets: list[Snippet] | None = None) -> list[str]:
    return references(CompletionDocument(text=text, path="a.py", language_id="python"), offset, snippets or [])


@given(st.text())
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_typing_changes_no_piece() -> None:
    offset = SOURCE.index("\n", 40_000)
    before = at(SOURCE, offset)
    after = at(SOURCE[:offset] + " + typed" + SOURCE[offset:], offset + len(" + typed"))
    assert len(before) >= 4
    assert before == after


def test_text_above_moves_pieces_but_does_not_change_them() -> None:
    offset = SOURCE.index("\n", 40_000)
    above = "# one more line\n" * 3
    assert at(above + SOURCE, offset + len(above)) == at(SOURCE, offset)


def test_the_nearest_comes_first_and_snippets_last() -> None:
    found = at(SOURCE, 40_000, [Snippet("b.py", "class B: pass\n")])
    assert found[-1] == "class B: pass\n"
    assert SOURCE.index(found[0]) > SOURCE.index(found[1])
    assert all(abs(SOURCE.index(piece) - 40_000) <= REACH for piece in found[:-1])


def test_short_and_empty_documents_have_none() -> None:
    assert at("", 0) == []
    assert at("x = 1\n", 3) == []
