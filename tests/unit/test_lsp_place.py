"""The place where a completion is asked for."""

from __future__ import annotations

import pytest
from lsprotocol.types import Position

from turnstile_lsp.lsp_server.completion_items import Place
from turnstile_lsp.lsp_server.text_document import TextDocument


@pytest.mark.parametrize(
    ("before", "word"),
    [("", ""), ("os.pa", "pa"), ("x = ", ""), ("é_1", "é_1"), ("x" * 1_000_000 + " ", ""), ("x" * 1_000_000, "x" * 1_000_000)],
    ids=["nothing", "a word's beginning", "behind a space", "a whole word", "behind a very long word", "a very long word"],
)  # fmt: skip
def test_the_word_at_the_cursor(before: str, word: str) -> None:
    place = Place(TextDocument("file:///a.py", f"y\n{before}rest\n"), Position(1, len(before)))
    assert place.word == word
    assert place.word_start == Position(1, len(before) - len(word))
    assert place.offset == 2 + len(before)
