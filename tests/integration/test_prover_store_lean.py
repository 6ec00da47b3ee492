"""A proof found once is found again under other names, and is checked anew."""

from __future__ import annotations

from tests.integration.test_prover import run_one
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.prover.results import Status
from turnstile_lsp.agents.prover.store import ProofStore


async def test_a_proof_is_found_again_under_other_names(lean_session: Session) -> None:
    found = await run_one(lean_session, "theorem one (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry\n")
    assert found.status is Status.PROVED
    again = await run_one(
        lean_session, "theorem two (a b : Prop) (both : a ∧ b) : b ∧ a :=\n  sorry\n", stages=["store"]
    )
    assert again.status is Status.PROVED, again.message
    assert again.finder == f"store:{found.finder}"
    third = await run_one(lean_session, "theorem three (a b : Prop) (h : a ∧ b) : b ∧ a := sorry\n", stages=["store"])
    assert third.finder == again.finder


async def test_what_is_kept_is_not_trusted(lean_session: Session) -> None:
    lemma = "theorem one (n : Nat) : n + 0 = 1 + n := by sorry\n"
    ProofStore().keep(["n : Nat\n⊢ n + 0 = 1 + n"], "by\n  sorry", "portfolio:x")
    ProofStore().keep(["n : Nat\n⊢ n + 0 = 1 + n"], "by\n  omega", "portfolio:x")
    result = await run_one(lean_session, lemma, stages=["store"])
    assert result.status is Status.UNPROVED
    assert "after 2 candidates" in result.message
