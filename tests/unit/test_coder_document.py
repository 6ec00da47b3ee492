"""What is seen around a cursor."""

import pytest

from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor, unified


def at(text: str, offset: int) -> Cursor:
    return Cursor(CompletionDocument(text=text, path="a", language_id="python"), offset)


@pytest.mark.parametrize("offset", [-5, 0, 3, 99])
def test_places_outside_are_brought_inside(offset: int) -> None:
    assert at("abc", offset).offset == min(max(offset, 0), 3)


def test_the_line_around() -> None:
    cursor = at("a\r\nbc\r\nd", 4)
    assert (cursor.line_before, cursor.line_after) == ("b", "c")
    assert cursor.uses_crlf


@pytest.mark.parametrize(("rest", "only"), [("", True), (")", True), ("'):  ", True), ("x", False), (" + 1", False)])
def test_what_may_follow_unasked_text(rest: str, only: bool) -> None:
    assert at(f"f({rest}\nnext", 2).only_closing_follows is only


def test_models_see_plain_line_ends_and_whole_characters() -> None:
    assert unified("a\r\nb\ud83dc") == "a\nb?c"


def test_an_empty_document() -> None:
    cursor = at("", 0)
    assert (cursor.line_before, cursor.line_after, cursor.uses_crlf) == ("", "", False)
