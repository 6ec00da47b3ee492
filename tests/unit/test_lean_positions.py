"""Positions between the caller's text and Lean's: every text, every offset."""

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.lean.positions import Positions, common_prefix

PIECES = st.sampled_from(["a", "é", "∧", "𝔸", "\n", "\r\n", "\r", "\t", "\x0b", "\x0c", "\x85", "\u2028", "e\u0301"])
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def inside_crlf(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n" if offset else False


@given(TEXTS)
def test_lean_reads_the_text_with_line_feeds_alone(text: str) -> None:
    assert Positions(text).lean == text.replace("\r\n", "\n").encode()


@given(TEXTS, st.data())
def test_an_offset_is_the_byte_after_the_text_before_it(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    before = text[: offset - 1] if inside_crlf(text, offset) else text[:offset]
    assert Positions(text).to_byte(offset) == len(before.replace("\r\n", "\n").encode())


@given(TEXTS, st.data())
def test_offsets_come_back(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    positions = Positions(text)
    assert positions.to_offset(positions.to_byte(offset)) == offset - inside_crlf(text, offset)


@given(TEXTS)
def test_positions_past_the_end_are_the_end(text: str) -> None:
    positions = Positions(text)
    assert positions.to_byte(len(text) + 7) == len(positions.lean)
    assert positions.to_offset(len(positions.lean) + 7) == len(text)


@given(TEXTS, st.data())
def test_columns_count_from_the_line_feed(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    assert Positions(text).column(offset) == offset - (text.rfind("\n", 0, offset) + 1)


@given(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=40))
def test_common_prefix(prefix: bytes, a: bytes, b: bytes) -> None:
    length = common_prefix(prefix + a, prefix + b)
    assert length >= len(prefix)
    assert (prefix + a)[:length] == (prefix + b)[:length]
    assert (prefix + a)[length : length + 1] != (prefix + b)[length : length + 1] or length == len(prefix + a)
