"""The negation of what a hole states, judged by the gate; and the stage that looks for it."""

from __future__ import annotations

import pytest

from tests.integration.test_prover import run, run_one
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Session, Verdict
from turnstile_lsp.agents.prover.results import Status

EVEN = """inductive Even : Nat → Prop
  | zero : Even 0
  | step (n : Nat) : Even n → Even (n + 2)
"""
SUBSEQUENCE = """inductive Sublist {α : Type} : List α → List α → Prop where
  | nil : Sublist [] []
  | skip (x : α) {xs ys : List α} : Sublist xs ys → Sublist xs (x :: ys)
  | keep (x : α) {xs ys : List α} : Sublist xs ys → Sublist (x :: xs) (x :: ys)
"""
MONOID = """class M (α : Type) where
  e : α
  op : α → α → α
  left : ∀ x, op e x = x
"""


async def refuted(session: Session, text: str, proof: str) -> Verdict:
    """The verdict on a refutation of the last lemma with a hole."""
    elaboration = await session.elaborate(text)
    command = [command for command in elaboration.commands if command.holes][-1]
    start, end = (place - command.start for place in (command.holes[0].start, command.holes[0].end))
    source = text[command.start : command.end]
    return await session.check(
        command.state, Candidate(command=source, start=start, end=end, replacement=proof, negated=True)
    )


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("theorem t (n : Nat) : n < 3 := by sorry\n", "intro h; exact absurd (h 3) (by decide)"),
        ("theorem t (n : Nat) : n < 3 := sorry\n", "intro h\n  have h := h 3\n  revert h; decide"),
        (
            "theorem t {n : Nat} (h : n > 5) : n = 7 := by\n  have := h\n  sorry\n",
            "intro h; exact absurd (h 6 (by decide) (by decide)) (by decide)",
        ),
        (
            "variable {α : Type} (xs ys : List α)\nexample : xs ++ ys = ys ++ xs := by sorry\n",
            "intro h; exact absurd (h Nat [0] [1]) (by decide)",
        ),
        (
            "theorem t.{u} {α : Type u} (x y : α) : x = y := by sorry\n",
            "intro h; exact absurd (h (ULift Bool) ⟨true⟩ ⟨false⟩) (by simp)",
        ),
        ("namespace Turnstile\ndef Not := Id\ntheorem t (p : Prop) : p := by sorry\n", "intro h; exact h False"),
    ],
)
async def test_what_is_false_is_refuted(lean_session: Session, text: str, proof: str) -> None:
    verdict = await refuted(lean_session, text, proof)
    assert (verdict.judgement, list(verdict.axioms)) == (Judgement.VERIFIED, []), verdict.reason


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("theorem t (n : Nat) : n < 3 := by sorry\n", "intro h; exact absurd (h 2) (by decide)"),
        ("theorem t (n : Fin 0) : n = n + 1 := by sorry\n", "exact fun h => absurd (h 0) (by decide)"),
        ("theorem t : True := by sorry\n", "sorry"),
        ("theorem t : True := by sorry\n", "exact lcProof"),
        ("theorem t : True := by sorry\n", "decide\n\ntheorem u : True := trivial"),
        # A variable of the section is no hypothesis of the negation.
        ("variable (h : False)\ninclude h\ntheorem t : True := by sorry\n", "exact h.elim"),
        ("variable (n : Fin 0)\ntheorem t : n = n := by sorry\n", "exact n.elim0"),
        # Nor is the theorem itself, nor an unfinished lemma.
        ("theorem t (n : Nat) : n = 3 := by sorry\n", "exact fun h => absurd (t 4) (by decide)"),
        ("theorem f : False := sorry\ntheorem t (n : Nat) : n = n := by\n  sorry\n", "exact f.elim"),
    ],
)
async def test_what_is_true_is_not_refuted(lean_session: Session, text: str, proof: str) -> None:
    assert (await refuted(lean_session, text, proof)).judgement is not Judgement.VERIFIED


async def test_a_broken_declaration_is_not_refuted(lean_session: Session) -> None:
    verdict = await refuted(
        lean_session,
        "theorem t (n : Nat) : n < Nat.nothing := by\n  sorry\n",
        "intro h; exact absurd (h 3) (by decide)",
    )
    assert verdict.judgement is Judgement.UNDETERMINED


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theorem t (n : Nat) (h : 2 < n) : n * n + 1 = 2 * n := by sorry\n", "n = 3"),
        ("theorem t (p q : Prop) : (p → q) → q → p := sorry\n", "p = False, q = True"),
        (
            "theorem t {α : Type} (xs ys : List α) : xs ++ ys = ys ++ xs := sorry\n",
            "α = Bool, xs = [true], ys = [false]",
        ),
        ("example : ∀ i : Fin 5, i < i + 1 := by sorry\n", "i = (4 : Fin 5)"),
        ("theorem t : 2 + 2 = 5 := sorry\n", "its negation is proved"),
        ("theorem t : ∃ m : Nat, ∀ n : Nat, n ≤ m := sorry\n", "its negation is proved"),
        (
            "theorem t (f : Nat → Nat) (h : ∀ x, f x ≤ x) (n : Nat) : ∃ x, f x = n + 1 := sorry\n",
            "f = fun _ => 0, n = 0",
        ),
        ("theorem t (n : Nat) (h : n > 1000) : n % 7 ≠ 3 := sorry\n", "n = 1004"),
        (EVEN + "theorem t (n : Nat) (h : Even n) : Even (n + 1) := sorry\n", "n = 0"),
        (EVEN + "theorem t (n : Nat) (h : ¬Even n) : Even (n + 2) := sorry\n", "n = 1"),
        (
            SUBSEQUENCE + "theorem t (xs ys : List Nat) (h : Sublist xs ys) : Sublist ys xs := sorry\n",
            "xs = [], ys = [0]",
        ),
        (MONOID + "theorem t {α : Type} [M α] (x : α) : M.op x M.e = x := sorry\n", "α = Bool, x = false"),
    ],
)
async def test_a_false_statement_is_refuted_by_small_values(lean_session: Session, text: str, told: str) -> None:
    result = await run_one(lean_session, text, budget=60.0)
    assert (result.status, result.proof) == (Status.REFUTED, None)
    assert told in result.message
    assert result.refutation is not None
    assert "first" not in result.refutation, "of alternatives the one is shown that works"
    assert (await refuted(lean_session, text, result.refutation)).judgement is Judgement.VERIFIED


async def test_contradictory_hypotheses_are_told(lean_session: Session) -> None:
    text = "theorem t (n : Nat) (h : n < 3) (k : 5 < n) : n = 17 := sorry\n\ntheorem u (n : Nat) (h : n < 3) : n ≤ 3 := sorry\n"
    first, second = (await run(lean_session, text, budget=60.0)).results
    assert (first.status, second.status) == (Status.PROVED, Status.PROVED)
    assert "contradict" in first.message
    assert second.message == ""
