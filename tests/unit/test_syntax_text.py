"""The blocks of a text, and a document in step with the editor's, against a straightforward model."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.types import Position, Range, TextDocumentContentChangePartial

from turnstile_lsp.agents.coder.syntax import text as text_module
from turnstile_lsp.agents.coder.syntax.document import Document
from turnstile_lsp.agents.coder.syntax.frames import Place
from turnstile_lsp.agents.coder.syntax.grammars import grammar
from turnstile_lsp.agents.coder.syntax.text import BLOCK_BYTES, Text, cut
from turnstile_lsp.lsp_server.text_document import Splice, TextDocument

ALPHABET = "ab( \t\n\r:'\"é汉😋\ud83d\ude0b\0"
texts = st.text(alphabet=ALPHABET, max_size=40)
places = st.tuples(st.integers(0, 8), st.integers(0, 20))
edits = st.lists(st.tuples(places, places, texts), max_size=8)


def kept(text: str) -> bytes:
    """The text as the syntax process keeps it."""
    return re.sub("\r(?!\n)", "\n", text).encode("utf-8", "replace")


def follow(document: Document, splice: Splice | None) -> None:
    assert splice is not None
    document.change(Place(*splice.start), Place(*splice.end), splice.text.encode("utf-8", "replace"))


@given(texts, edits)
@settings(max_examples=300)
def test_a_document_follows_the_editors(text: str, edits: list) -> None:  # type: ignore[type-arg]
    python = grammar("python")
    assert python
    editor, ours = TextDocument("file:///a", text), Document(python)
    editor.on_splice = lambda splice: follow(ours, splice)
    ours.append("".join(editor.lines).encode("utf-8", "replace"))
    for start, end, new in edits:
        editor.apply_change(TextDocumentContentChangePartial(range=Range(Position(*start), Position(*end)), text=new))
        expected = kept("".join(editor.lines))
        assert ours.text.slice(0, ours.text.length) == expected
        assert ours.text.length == len(expected)
        for line, content in enumerate(editor.lines):
            assert ours.text.offset(line, 0) == len(kept("".join(editor.lines[:line])))
            assert ours.text.offset(line, len(content)) == len(kept("".join(editor.lines[: line + 1])))


small_edits = st.lists(st.tuples(st.integers(0, 700), st.integers(0, 60), st.text("a\né", max_size=200)), max_size=6)


@given(st.text(alphabet="ab \n\r)é汉😋", max_size=600), small_edits)
def test_blocks_hold_what_one_string_would(start: str, edits: list) -> None:  # type: ignore[type-arg]
    """With blocks of a few bytes, so that every edit meets their ends."""
    small = 8
    text_module.BLOCK_BYTES, text_module._MOST_BYTES = small, 3 * small
    try:
        text: Text[None] = Text()
        source = kept(start)
        text.append(source)
        for at, length, new in edits:
            first = min(at, len(source))
            last = min(first + length, len(source))
            added = new.encode()
            assert text.replace(first, last, added) == added
            source = source[:first] + added + source[last:]
            assert text.slice(0, text.length) == source
            assert text.slice(first, first + 7) == source[first : first + 7]
            assert sum(block.newlines for block in text.blocks) == source.count(b"\n")
            begin, around = text.around(max(0, first - 5), first + 5)
            assert source[begin : begin + len(around)] == around
            assert begin <= max(0, first - 5)
            assert begin + len(around) >= min(len(source), first + 5)
    finally:
        text_module.BLOCK_BYTES, text_module._MOST_BYTES = BLOCK_BYTES, 3 * BLOCK_BYTES


def test_blocks_begin_at_definitions_and_not_in_prose() -> None:
    method = b"    def f(self):\n        '''What it does.\n\nAt the margin, a class of its own.\n        '''\n        return 1\n\n"
    pieces = list(cut(b"class A:\n" + method * 3000))
    assert len(pieces) > 3
    assert all(piece.startswith((b"class A:", b"    def f")) for piece in pieces)


def test_blocks_begin_at_paragraphs_and_never_inside_a_character() -> None:
    program = b"def f():\n    return 1\n\n\n" * 5000
    assert all(piece.startswith(b"def f") for piece in cut(program))
    nested = b"class A:\n" + b"    def f(self):\n        x = 1\n" * 5000
    assert all(piece.startswith((b"class", b"    def f")) for piece in cut(nested))
    one_line = "é汉😋".encode() * 20_000
    assert b"".join(cut(one_line)) == one_line
    assert all(piece.decode() for piece in cut(one_line))
    assert all(len(piece) <= 2 * BLOCK_BYTES for piece in cut(one_line))
