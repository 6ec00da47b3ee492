"""Tactics taken out of a text and put into it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.lean.base import RanTactic
from turnstile_lsp.agents.prover.blocks import innermost, inserted, inside, outermost, without

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=12)


@pytest.mark.parametrize(
    ("text", "tactic", "after"),
    [
        ("by\n  aa\n  bb\n  cc", "bb", "by\n  aa\n  cc"),
        ("by\r\n  aa\r\n  bb\r\n  cc", "bb", "by\r\n  aa\r\n  cc"),
        ("by\n  aa\n  bb", "bb", "by\n  aa"),
        ("by\n  aa -- why\n  bb", "aa", "by\n  -- why\n  bb"),
        ("by aa; bb; cc", "bb", "by aa; cc"),
        ("by aa; bb", "bb", "by aa"),
        ("by aa; bb", "aa", "by bb"),
        ("by\n  · aa\n    bb", "aa", "by\n  · \n    bb"),
        ("by aa\n   bb", "aa", "by \n   bb"),
    ],
)
def test_without_a_tactic(text: str, tactic: str, after: str) -> None:
    start = text.index(tactic)
    assert without(text, start, start + len(tactic)) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("aa\nbb", "aa\n  new\nbb"),
        ("aa -- why\nbb", "aa -- why\n  new\nbb"),
        ("aa) bb", "aa\n  new) bb"),
        ("aa", "aa\n  new"),
        ("aa\r\nbb", "aa\n  new\r\nbb"),
    ],
)
def test_put_behind_a_tactic(text: str, after: str) -> None:
    assert inserted(text, 2, "\n  new") == after


@given(SPANS)
def test_the_outermost_hold_all_and_do_not_overlap(spans: list[tuple[int, int]]) -> None:
    tactics = [RanTactic(start=start, end=start + length) for start, length in spans]
    found = outermost(tactics)
    assert all(one.end <= two.start for one, two in pairwise(found))
    for each in tactics:
        assert any(outer.start <= each.start < outer.end for outer in found)
        smallest = innermost(tactics, each.start)
        assert smallest is not None
        assert smallest.end - smallest.start <= each.end - each.start
        assert each not in inside(tactics, each)
