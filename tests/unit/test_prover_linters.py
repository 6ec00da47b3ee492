"""Proofs mended by what Lean's linters say of them."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.lean.base import LeanMessage
from turnstile_lsp.agents.prover.linters import mended


def warning(proof: str, marked: str, text: str) -> LeanMessage:
    start = proof.index(marked)
    return LeanMessage(severity="warning", text=text, start=start, end=start + len(marked))


@pytest.mark.parametrize(
    ("proof", "marked", "after"),
    [
        ("simp [aa, bb, cc]", ["aa"], "simp [bb, cc]"),
        ("simp [aa, bb, cc]", ["bb"], "simp [aa, cc]"),
        ("simp [aa, bb, cc] at h", ["cc"], "simp [aa, bb] at h"),
        ("simp [aa, bb, cc]", ["aa", "bb", "cc"], "simp"),
        ("simp only [aa] at h ⊢", ["aa"], "simp only at h ⊢"),
        ("simp [aa,\n  bb]", ["bb"], "simp [aa]"),
        ("simp [← aa, bb]", ["← aa"], "simp [bb]"),
    ],
)
def test_unused_simp_arguments_are_left_out(proof: str, marked: list[str], after: str) -> None:
    assert mended(proof, [warning(proof, each, "This simp argument is unused:\n  …") for each in marked]) == after


@pytest.mark.parametrize(
    ("proof", "marked", "text", "after"),
    [
        ("intro xx yy; exact yy", "xx", "unused variable `xx`", "intro _ yy; exact yy"),
        ("simpa", "simpa", "try 'simp' instead of 'simpa'\n\nNote: …", "simp"),
        ("exact a.b c", "a.b", "`a.b` has been deprecated: Use `a.d` instead", "exact a.d c"),
        ("simp", "simp", "something new", "simp"),
    ],
)
def test_what_a_warning_says_is_done(proof: str, marked: str, text: str, after: str) -> None:
    assert mended(proof, [warning(proof, marked, text)]) == after
