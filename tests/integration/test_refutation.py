"""The negation of what a hole states, judged by the gate; and the stage that looks for it."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.lean.base import Candidate, Judgement, Session, Verdict


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
