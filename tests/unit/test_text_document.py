"""The text document against a straightforward model: the text as code units, split anew for each question."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    PositionEncodingKind,
    Range,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
)

from turnstile_lsp.lsp_server.text_document import Edit, TextDocument, content_length, split_lines

ALPHABET = "ab \t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029é汉😋𝔸\0"
UNIT_BYTES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
texts = st.text(alphabet=ALPHABET, max_size=30)
encodings = st.sampled_from(list(UNIT_BYTES))
places = st.tuples(st.integers(0, 8), st.integers(0, 20))
edits = st.lists(st.tuples(places, places, texts), max_size=6)


def model_offset(text: str, encoding: str, line: int, character: int) -> int:
    """Walk the text character by character, counting units."""
    starts = [0] + [match.end() for match in re.finditer("\r\n|\r|\n", text)]
    if line >= len(starts):
        return len(text)
    offset, units = starts[line], 0
    while offset < len(text) and text[offset] not in "\r\n":
        units += len(text[offset].encode(f"{encoding}-le" if encoding != "utf-8" else encoding)) // UNIT_BYTES[encoding]
        if units > character:
            break
        offset += 1
    return offset


def change(start: tuple[int, int], end: tuple[int, int], text: str) -> TextDocumentContentChangePartial:
    return TextDocumentContentChangePartial(range=Range(Position(*start), Position(*end)), text=text)


@given(texts, encodings, edits)
def test_edits_agree_with_the_model(text: str, encoding: str, edits: list) -> None:  # type: ignore[type-arg]
    document = TextDocument("file:///a", text, encoding=encoding)
    with document.watch() as recorded:
        original = text
        for start, end, new in edits:
            begin, finish = sorted(model_offset(text, encoding, *place) for place in (start, end))
            text = text[:begin] + new + text[finish:]
            document.apply_change(change(start, end, new))
            assert document.text == text
            assert document.lines == split_lines(text)
    replayed = original
    for edit in recorded:
        replayed = replayed[: edit.start] + edit.replacement + replayed[edit.end :]
    assert replayed == text


@given(texts, encodings, places)
def test_positions_agree_with_the_model(text: str, encoding: str, place: tuple[int, int]) -> None:
    document = TextDocument("file:///a", text, encoding=encoding)
    offset = document.offset(Position(*place))
    assert offset == model_offset(text, encoding, *place)
    assert document.offset(document.position(offset)) == offset


@given(texts, texts)
def test_a_full_change_is_recorded_as_the_smallest_edit(before: str, after: str) -> None:
    document = TextDocument("file:///a", before)
    with document.watch() as recorded:
        document.apply_change(TextDocumentContentChangeWholeDocument(text=after))
    [edit] = recorded
    assert document.text == after
    assert before[: edit.start] + edit.replacement + before[edit.end :] == after


@given(texts)
def test_lines_are_those_of_lsp(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert [line[: content_length(line)] for line in lines] == re.split("\r\n|\r|\n", text)


@pytest.mark.parametrize(
    ("encoding", "character", "offset"),
    [("utf-16", 1, 0), ("utf-16", 2, 1), ("utf-8", 3, 0), ("utf-8", 4, 1), ("utf-32", 1, 1)],
)
def test_a_position_inside_a_character_is_before_it(encoding: str, character: int, offset: int) -> None:
    assert TextDocument("file:///a", "😋x", encoding=encoding).offset(Position(0, character)) == offset


def test_a_carriage_return_and_a_line_feed_that_meet_are_one_line_end() -> None:
    document = TextDocument("file:///a", "a\rb")
    document.apply_change(change((1, 0), (1, 1), "\n"))
    assert document.lines == ["a\r\n", ""]


def test_halves_of_a_surrogate_pair_typed_one_after_the_other_are_one_character() -> None:
    document = TextDocument("file:///a", "ab", encoding=PositionEncodingKind.Utf16)
    with document.watch() as recorded:
        document.apply_change(change((0, 1), (0, 1), "\ud83d"))
        assert document.text == "a\ufffdb"
        document.apply_change(change((0, 2), (0, 2), "\ude0b"))
    assert document.text == "a😋b"
    assert document.offset(Position(0, 3)) == 2
    assert recorded == [Edit(1, 1, "\ud83d"), Edit(0, 3, "a😋b")]


def test_the_empty_last_line_exists() -> None:
    document = TextDocument("file:///a", "a\n")
    assert document.position(2) == Position(1, 0)
    assert TextDocument("file:///a", "").lines == [""]


def test_a_nul_makes_a_document_binary() -> None:
    document = TextDocument("file:///a", "a")
    assert not document.is_binary
    document.apply_change(change((0, 0), (0, 0), "\0"))
    assert document.is_binary
    document.apply_change(TextDocumentContentChangeWholeDocument(text="a"))
    assert not document.is_binary


def test_paths() -> None:
    assert TextDocument("file:///tmp/a%20b.py", "").path == "/tmp/a b.py"
    assert TextDocument("untitled:Untitled-1", "").path is None


def test_a_keystroke_costs_the_same_in_a_large_document() -> None:
    def keystroke(lines: int) -> float:
        document = TextDocument("file:///a", "some text of a line\n" * lines)
        times = []
        for _ in range(200):
            start = time.perf_counter()
            document.apply_change(change((lines // 2, 3), (lines // 2, 3), "x"))
            times.append(time.perf_counter() - start)
        return min(times)

    assert keystroke(400_000) < 20 * keystroke(100)
