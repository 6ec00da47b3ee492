"""Repair of broken proofs on a real Lean: what works is kept, the rest is proved, and the gate has judged the whole."""

from __future__ import annotations

import pytest

from tests.integration.test_prover import complaints, run
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.prover.results import Status

BROKEN = {
    "a renamed lemma in the middle": (
        """theorem t (f : Nat → Nat) (hf : ∀ x, f x = x) (a b : Nat) (h : a = b) : f (a + b) = f (b + b) := by
  -- both sides without `f`
  have sum : f (a + b) = a + b := hf (a + b)
  rw [sum_was_renamed] -- the old name
  have double : f (b + b) = b + b := hf (b + b)
  rw [double, h]
""",
        ["  -- both sides without `f`\n", "  have sum : f (a + b) = a + b := hf (a + b)\n", "  -- the old name\n"],
    ),
    "a case is missing": (
        """theorem t (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h with
  -- which one
  | inl left => exact Or.inr left
""",
        ["  cases h with\n  -- which one\n  | inl left => exact Or.inr left\n  | inr => "],
    ),
    "the case `succ` is missing": (
        """theorem t (p : Nat → Nat → Prop) (zero : p 0 0) (next : ∀ n m, p n m → p (n + 1) (m + 2)) (n : Nat) : p n (2 * n) := by
  induction n with
  | zero => exact zero

theorem u : True := trivial
""",
        ["  induction n with\n  | zero => exact zero\n  | succ => "],
    ),
    "a bullet is missing": (
        """theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  refine ⟨?_, ?_⟩
  · exact hp
""",
        ["  refine ⟨?_, ?_⟩\n  · exact hp\n  "],
    ),
    "the last tactic is wrong": (
        """theorem t (n m : Nat) (h : n ≤ m) : n < m + 1 := by
  have step : m < m + 1 := Nat.lt_succ_self m
  exact Nat.lt_of_lt_of_le h step
""",
        ["  have step : m < m + 1 := Nat.lt_succ_self m\n"],
    ),
    "the case `succ` has an error": (
        """theorem t (f : Nat → Nat) (zero : f 0 = 0) (next : ∀ n, f (n + 1) = f n + 2) (n : Nat) : f n = 2 * n := by
  induction n with
  | zero => exact zero
  | succ n ih =>
    -- one step
    have there := next n
    rw [there, ih, Nat.no_such_lemma]
    omega
""",
        [
            "  induction n with\n  | zero => exact zero\n  | succ n ih =>\n    -- one step\n    have there := next n\n    "
        ],
    ),
    "two bullets have errors": (
        """theorem t (a b : Nat) (h : a < b) : a ≠ b ∧ a ≤ b ∧ a + 1 ≤ b := by
    refine ⟨?_, ?_, ?_⟩
    · intro same
      rw [samee] at h
    · exact Nat.le_of_lt h
    · exact h.foo
""",
        ["    refine ⟨?_, ?_, ?_⟩\n    · intro same\n      ", "    · exact Nat.le_of_lt h\n    · "],
    ),
    "errors in an inner block and behind it": (
        """theorem t (f : Nat → Nat) (hf : ∀ x, f x = x) (a b : Nat) (h : a = b) : f (f a) = b ∧ f b = a := by
  have twice : f (f a) = a := by
    rw [hf, no_such_lemma]
  constructor
  · rw [twice, h]
  · exact no_such_term
""",
        ["  have twice : f (f a) = a := by\n    ", "  constructor\n  · rw [twice, h]\n  · "],
    ),
    "an error in front of an inner block with one": (
        """theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact no_such_term
  · have again : q := by
      exact no_such_lemma
    exact again
""",
        ["  constructor\n  · ", "  · have again : q := by\n      ", "    exact again\n"],
    ),
    "what does not parse": (
        """theorem t (p q r : Prop) (hpq : p → q) (hqr : q → r) : p → r := by
  intro hp
  have hq := hpq hp
  exact )

theorem u : True := trivial
""",
        ["  intro hp\n  have hq := hpq hp\n  "],
    ),
}


@pytest.mark.parametrize(("text", "kept"), BROKEN.values(), ids=BROKEN)
async def test_what_works_is_kept(lean_session: Session, text: str, kept: list[str]) -> None:
    finished = await run(lean_session, text, stages=("repair",))
    (result,) = finished.results
    assert result.status is Status.PROVED, result.message
    assert result.finder == "repair:symbolic"
    for part in kept:
        assert part in finished.text
    assert await complaints(lean_session, finished.text) == []


async def test_line_ends_are_kept(lean_session: Session) -> None:
    for text, kept in list(BROKEN.values())[:3]:
        finished = await run(lean_session, text.replace("\n", "\r\n"), stages=("repair",))
        assert finished.results[0].status is Status.PROVED
        assert all(part.replace("\n", "\r\n") in finished.text for part in kept)
        assert finished.text.count("\n") == finished.text.count("\r\n")


async def test_repair_goes_before_what_would_replace_the_whole(lean_session: Session) -> None:
    text, kept = BROKEN["the last tactic is wrong"]
    finished = await run(lean_session, text)
    assert finished.results[0].finder == "repair:symbolic"
    assert kept[0] in finished.text


async def test_a_block_that_works_in_no_part_is_left_to_others(lean_session: Session) -> None:
    finished = await run(lean_session, "theorem t (n : Nat) : n + 0 = n := by\n  rw [no_such_lemma]\n")
    (result,) = finished.results
    assert result.status is Status.PROVED
    assert result.finder is not None
    assert not result.finder.startswith("repair")


@pytest.mark.parametrize(
    "text",
    [
        "theorem t (n : Nat) : n = n + 1 := by\n  have h : n = n := rfl\n  exact h\n",
        "theorem t (p q : Prop) (h : p) : p ∧ q := by\n  constructor\n  · exact h\n  · exact h\n",
    ],
)
async def test_what_is_false_is_not_repaired(lean_session: Session, text: str) -> None:
    finished = await run(lean_session, text, stages=("repair",), budget=3.0)
    (result,) = finished.results
    assert result.status is Status.UNPROVED
    assert finished.text == text
