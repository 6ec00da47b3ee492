"""Declarations and holes found by text alone."""

from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.lsp_server.lean_text import declaration_at, declarations, hide_comments, hole_at

FILE = textwrap.dedent("""\
    import Lean
    /-! A sorry in a module comment. -/
    open Nat in
    theorem opened : True := by
      sorry

    /-- Says sorry -- and /- nests -/ -/
    @[simp]
    private theorem first (n : Nat) : n = n := by
      have h : 1 = 1 := sorry
      -- sorry
      exact sorry -- "sorry"

    namespace Space

    @[simp] lemma second : True := by

    example : "sorry".length = 5 := rfl
    def sorry' := 1
    end Space
    """)


def test_declarations_with_their_holes() -> None:
    found = declarations(FILE)
    assert [(one.keyword, one.name, len(one.holes), one.open_ended) for one in found] == [
        ("theorem", "opened", 1, False),
        ("theorem", "first", 2, False),
        ("lemma", "second", 0, True),
        ("example", "", 0, False),
        ("def", "sorry'", 0, False),
    ]
    assert all(FILE[hole:].startswith("sorry") for one in found for hole in one.holes)


def test_a_declaration_begins_with_its_doc_comment_and_attributes() -> None:
    first = declarations(FILE)[1]
    assert FILE[first.start :].startswith("/-- Says")
    assert FILE[: first.end].endswith("exact sorry")
    assert FILE[first.head :].startswith("theorem first")


def test_the_declaration_at_a_place() -> None:
    found = declaration_at(FILE, FILE.index("have h"))
    assert found is not None
    assert found.name == "first"
    assert declaration_at(FILE, FILE.index("namespace")) is None


def test_the_hole_at_a_place() -> None:
    first = declarations(FILE)[1]
    on_token = FILE.index("exact sorry") + len("exact so")
    assert hole_at(FILE, first, on_token) == first.holes[1]
    assert hole_at(FILE, first, FILE.index("have h")) == first.holes[0]
    assert hole_at(FILE, first, FILE.index("(n : Nat)")) is None


@given(st.text(alphabet='-/"\\ \nsorytheoremby:=@[]', max_size=80))
def test_any_text_is_taken(text: str) -> None:
    hidden = hide_comments(text)
    assert len(hidden) == len(text)
    assert [i for i, c in enumerate(hidden) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]
    for found in declarations(text):
        assert 0 <= found.start <= found.head <= found.end <= len(text)
