"""Truncate and resume, on examples worked by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from turnstile_lsp.agents.lean.base import Candidate, LeanMessage, ProofRun, RanTactic
from turnstile_lsp.agents.prover.search.layout import Layout
from turnstile_lsp.agents.prover.search.lexer import Comments
from turnstile_lsp.agents.prover.search.truncate import (
    Segment,
    goal_text,
    merged,
    segments,
    state_comment,
    without_state_comments,
)

PROOF = """\
-- split it
constructor
· exact hp -- the first
  -- and now
· exact hq"""


def ran(proof: str, text: str, *goals: str, nth: int = 0) -> RanTactic:
    start = -1
    for _ in range(nth + 1):
        start = proof.index(text, start + 1)
    return RanTactic(start=start, end=start + len(text), goals=goals)


def error(start: int, text: str = "Type mismatch") -> LeanMessage:
    return LeanMessage(severity="error", text=text, start=start, end=start + 1)


def seen(found: Sequence[Segment]) -> list[tuple[str, str, str]]:
    return [(each.text, each.goal, each.indent) for each in found]


TACTICS = [
    ran(PROOF, "constructor", "⊢ p", "⊢ q"),
    ran(PROOF, "· exact hp", "⊢ q"),
    ran(PROOF, "exact hp"),
    ran(PROOF, "· exact hq"),
    ran(PROOF, "exact hq"),
]
FIRST = ("-- split it\nconstructor\n", "⊢ p\n\n⊢ q", "")
SECOND = ("· exact hp -- the first\n", "⊢ q", "")
THIRD = ("  -- and now\n· exact hq\n", "no goals", "")


def test_a_complete_proof_ends_in_no_goals() -> None:
    assert seen(segments(PROOF, ProofRun(tactics=TACTICS))) == [FIRST, SECOND, THIRD]


def test_it_is_cut_at_the_earliest_error() -> None:
    errors = [error(PROOF.index("exact hq")), error(PROOF.index("exact hp"), "unsolved goals\n⊢ p")]
    assert seen(segments(PROOF, ProofRun(tactics=TACTICS, messages=errors))) == [FIRST, SECOND]
    errors.append(error(PROOF.index("exact hp")))
    assert seen(segments(PROOF, ProofRun(tactics=TACTICS, messages=errors))) == [FIRST]


def test_it_is_cut_at_a_sorry() -> None:
    proof = "constructor\n· sorry\n· exact hq"
    run = ProofRun(
        tactics=[ran(proof, "constructor", "⊢ p", "⊢ q"), ran(proof, "· sorry", "⊢ q"), ran(proof, "· exact hq")],
        sorries=[ran(proof, "sorry", "⊢ p")],
    )
    assert seen(segments(proof, run)) == [("constructor\n", "⊢ p\n\n⊢ q", "")]


@pytest.mark.parametrize("start", [-1, -40])
def test_errors_in_front_of_the_proof_cut_nothing_but_it_is_not_complete(start: int) -> None:
    run = ProofRun(tactics=TACTICS[:3], messages=[error(start)])
    assert seen(segments(PROOF, run)) == [FIRST, SECOND]


def test_unsolved_goals_leave_all_segments() -> None:
    run = ProofRun(tactics=TACTICS[:3], messages=[error(-1, "unsolved goals\n⊢ q")])
    assert seen(segments(PROOF, run)) == [FIRST, SECOND]


def test_a_run_without_a_list_of_errors_has_no_segments() -> None:
    assert segments(PROOF, ProofRun(failure="Lean did not answer within 30 s and was stopped.")) == []


def test_what_does_not_parse_is_cut_off() -> None:
    proof = "intro h\nexact ("
    tactics = [ran(proof, "intro h", "⊢ q"), ran(proof, "exact (", "⊢ q")]
    run = ProofRun(tactics=tactics, messages=[error(len(proof), "unexpected end of input")])
    assert seen(segments(proof, run)) == [("intro h\n", "⊢ q", "")]


def test_of_two_tactics_on_a_line_the_one_at_its_end_counts() -> None:
    proof = "intro h; constructor -- both\nexact h"
    tactics = [ran(proof, "intro h", "⊢ p ∧ q"), ran(proof, "constructor", "⊢ p", "⊢ q"), ran(proof, "exact h", "⊢ q")]
    run = ProofRun(tactics=tactics, messages=[error(-1, "unsolved goals")])
    assert seen(segments(proof, run)) == [
        ("intro h; constructor -- both\n", "⊢ p\n\n⊢ q", ""),
        ("exact h\n", "⊢ q", ""),
    ]
    cut = ProofRun(tactics=tactics, messages=[error(proof.index("constructor"))])
    assert segments(proof, cut) == []


def test_of_several_that_end_together_the_one_that_starts_first_counts() -> None:
    proof = "have h : p := by simp"
    run = ProofRun(
        tactics=[ran(proof, "simp"), ran(proof, "have h : p := by simp", "h : p\n⊢ q")], messages=[error(-1)]
    )
    assert seen(segments(proof, run)) == [(proof + "\n", "h : p\n⊢ q", "")]


def test_lines_of_comments_stay_with_their_tactic() -> None:
    proof = "intro h\n\n-- a comment\n/- another\n   one -/\nexact h\n-- the end"
    run = ProofRun(tactics=[ran(proof, "intro h", "⊢ p"), ran(proof, "exact h")])
    assert seen(segments(proof, run)) == [
        ("intro h\n", "⊢ p", ""),
        ("\n-- a comment\n/- another\n   one -/\nexact h\n", "no goals", ""),
        ("-- the end\n", "no goals", ""),
    ]


def test_a_line_that_leaves_a_comment_open_is_no_cut() -> None:
    proof = "intro h /- so\nfar -/\nexact h"
    run = ProofRun(tactics=[ran(proof, "intro h", "⊢ p"), ran(proof, "exact h")])
    assert seen(segments(proof, run)) == [("intro h /- so\nfar -/\nexact h\n", "no goals", "")]


def test_a_comment_that_is_closed_on_its_line_does_no_harm() -> None:
    proof = "intro h /- so -/ -- far\nexact h"
    run = ProofRun(tactics=[ran(proof, "intro h", "⊢ p"), ran(proof, "exact h")])
    assert seen(segments(proof, run))[0] == ("intro h /- so -/ -- far\n", "⊢ p", "")


def test_a_tactic_on_several_lines_is_one_segment() -> None:
    proof = "simp only [a,\n  b]\nomega"
    run = ProofRun(tactics=[ran(proof, "simp only [a,\n  b]", "⊢ p"), ran(proof, "omega")])
    assert seen(segments(proof, run)) == [("simp only [a,\n  b]\n", "⊢ p", ""), ("omega\n", "no goals", "")]


def test_the_indentation_is_that_of_the_earliest_tactic() -> None:
    proof = "induction n with\n| zero => simp\n| succ n ih =>\n  intro h\n  exact ("
    run = ProofRun(
        tactics=[ran(proof, "simp"), ran(proof, "intro h", "h : q\n⊢ p"), ran(proof, "exact (", "⊢ p")],
        messages=[error(len(proof))],
    )
    assert seen(segments(proof, run)) == [
        ("induction n with\n| zero => simp\n", "no goals", ""),
        ("| succ n ih =>\n  intro h\n", "h : q\n⊢ p", "  "),
    ]


def test_what_a_complete_proof_ends_in_belongs_to_its_last_segment() -> None:
    proof = "simp\ndone"
    run = ProofRun(tactics=[ran(proof, "simp")])
    assert seen(segments(proof, run)) == [("simp\n", "no goals", ""), ("done\n", "no goals", "")]
    assert seen(segments("exact h", ProofRun())) == [("exact h\n", "no goals", "")]


def test_segments_that_leave_the_goal_add_up() -> None:
    found = [Segment(text=f"{n}\n", goal=goal) for n, goal in enumerate(["⊢ a", "⊢ b", "⊢ b", "⊢ c", "⊢ c"])]
    assert seen(merged(found, "⊢ a")) == [("0\n1\n2\n", "⊢ b", ""), ("3\n4\n", "⊢ c", "")]
    assert merged(found[:1], "⊢ a") == []


def test_the_state_comment() -> None:
    goal = goal_text(["case left\nhp : p\n⊢ p", "case right\n⊢ q"])
    comment = state_comment(goal, "  ")
    assert comment == ("  /- tactic state:\n    case left\n    hp : p\n    ⊢ p\n    \n    case right\n    ⊢ q\n  -/\n")
    assert state_comment(goal_text([]), "") == "/- tactic state:\n  no goals\n-/\n"
    assert without_state_comments(f"  constructor\n{comment}  exact hp\n") == "  constructor\n  exact hp\n"


def test_comments_are_told_from_strings_and_characters() -> None:
    text = 'a "-- no\\" /-" -- yes\nb \'"\' /- c /- d -/ "-/ e f\' \'-\' r#"--"# -- g'
    comments = [text[start:end] for start, end in Comments(text).spans]
    assert comments == ["-- yes", '/- c /- d -/ "-/', "-- g"]
    assert Comments("simp /- open\nnever -/ /- closed").spans == [(5, 21), (22, 31)]


def test_places_in_a_laid_out_block() -> None:
    command = "theorem t : p := by\r\n    sorry -- π"
    start = command.index("sorry")
    model = Candidate(command=command, start=start, end=start + 5, replacement="(\x01\r\n     \x01)")
    layout = Layout.of(model)
    block = "intro h\n\n  π\nexact h"
    candidate = layout.candidate(block, heartbeats=None, seconds=1.0)
    assert candidate.replacement == "(intro h\r\n\r\n       π\r\n     exact h)"
    text = candidate.text()
    places = [ran(text, "intro h"), ran(text, "π"), ran(text, "exact h"), ran(text, "π", nth=1)]
    run = ProofRun(tactics=places[:3], sorries=[places[3]], messages=[error(text.index("theorem")), error(len(text))])
    moved = layout.run_of_block(block, run)
    assert [block[each.start : each.end] for each in moved.tactics] == ["intro h", "π", "exact h"]
    assert moved.sorries == []
    assert [each.start for each in moved.messages] == [-1, len(block)]
