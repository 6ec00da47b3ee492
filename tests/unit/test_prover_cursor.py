"""Where a tactic could stand at a cursor, by the text alone. `|` is the cursor, `□` where the tactic goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover.cursor import SORRY, gaps, of_line, sorry_at

HEAD = "theorem t : p := by\n"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (HEAD + "  |", HEAD + "  □"),
        (HEAD + "|", HEAD + "  □"),
        (HEAD + "|\n\ndef a := 1\n", HEAD + "  □\n\ndef a := 1\n"),
        ("theorem t : p := by|", HEAD + "  □"),
        ("theorem t : p := by |", "theorem t : p := by □"),
        (HEAD + "  intro h\n  |\n", HEAD + "  intro h\n  □\n"),
        (HEAD + "  intro h\n    |\n", HEAD + "  intro h\n  □\n"),
        (HEAD + "  intro h|\n", HEAD + "  intro h\n  □\n"),
        (HEAD + "  intro h| -- why\n", HEAD + "  intro h -- why\n  □\n"),
        (HEAD + "  |exact h\n", HEAD + "  □\n  exact h\n"),
        (HEAD + "  constructor\n  · |\n  · exact h\n", HEAD + "  constructor\n  · □\n  · exact h\n"),
        (HEAD + "  constructor\n  ·|\n", HEAD + "  constructor\n  · □\n"),
        (HEAD + "  · intro h\n    |\n", HEAD + "  · intro h\n    □\n"),
        (HEAD + "  · intro h\n  |\n", HEAD + "  · intro h\n  □\n"),
        (HEAD + "  cases n with\n  | zero => |\n", HEAD + "  cases n with\n  | zero => □\n"),
        (HEAD + "  cases n with\n  | zero =>\n|\n", HEAD + "  cases n with\n  | zero =>\n    □\n"),
        (HEAD + "  have h : q := by\n    |\n  exact h\n", HEAD + "  have h : q := by\n    □\n  exact h\n"),
        (HEAD + "  /- a\n  b -/\n  |", HEAD + "  /- a\n  b -/\n  □"),
        (HEAD.replace("\n", "\r\n") + "  intro h|\r\n", HEAD.replace("\n", "\r\n") + "  intro h\r\n  □\r\n"),
    ],
)
def test_the_likeliest_gap(text: str, first: str) -> None:
    offset = text.rindex("|")
    without = text[:offset] + text[offset + 1 :]
    assert gaps(without, offset)[0].filled(without) == first.replace("□", SORRY)


def test_outer_columns_come_later() -> None:
    text = HEAD + "  constructor\n  · intro h\n    simp\n"
    assert [gap.filled(text)[len(text) :] for gap in gaps(text, len(text))] == ["    sorry", "  sorry"]


@pytest.mark.parametrize("text", ["theorem t : p := b|y\n", HEAD + "  exact f| h\n"])
def test_none_in_the_middle_of_a_line(text: str) -> None:
    assert gaps(text.replace("|", ""), text.index("|")) == []


@pytest.mark.parametrize("text", [HEAD + "  -- a|\n", HEAD + "  /- a\n  |\n  b -/\n", HEAD + "  /- a|"])
def test_a_comment_is_named(text: str) -> None:
    with pytest.raises(InvalidRequest, match="comment"):
        gaps(text.replace("|", ""), text.index("|"))


def test_a_place_outside_is_named() -> None:
    with pytest.raises(InvalidRequest, match="outside"):
        gaps("a", 2)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (HEAD + "  sor|ry\n", 22),
        (HEAD + "|  sorry\n", 22),
        (HEAD + "  ⟨sorry, sorry⟩|\n", None),
        (HEAD + "  ⟨sorry, sorry|⟩\n", 30),
        (HEAD + "  simp| -- sorry\n", None),
        (HEAD + "  sorry'|\n", None),
    ],
)
def test_the_sorry_that_is_meant(text: str, at: int | None) -> None:
    assert sorry_at(text.replace("|", ""), text.index("|")) == at


@pytest.mark.parametrize(("line", "column"), [("  · \r", 4), ("  | zero =>", 11), ("  simp", 2), ("", 0), ("    ", 4)])
def test_the_cursor_that_a_line_stands_for(line: str, column: int) -> None:
    assert of_line(f"{HEAD}{line}\n", len(HEAD)) == len(HEAD) + column


@given(st.text(st.sampled_from("ab ·|=>by()-/\n\r"), max_size=40), st.data())
def test_a_gap_holds_white_space_alone(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    try:
        found = gaps(text, offset)
    except InvalidRequest:
        return
    for gap in found:
        filled = gap.filled(text)
        assert not text[gap.start : gap.end].strip()
        assert filled[gap.hole : gap.hole + len(SORRY)] == SORRY
        assert "".join(filled.split()) == "".join((text[: gap.start] + SORRY + text[gap.end :]).split())
