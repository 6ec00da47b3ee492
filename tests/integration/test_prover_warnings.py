"""A proof that is put in adds no warning: on a real Lean with its linters."""

from __future__ import annotations

import pytest

from tests.integration.test_prover import complaints, run
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.prover.results import Status


@pytest.mark.parametrize(
    ("statement", "proposal", "proof"),
    [
        ("(n : Nat) : n + 0 = n", "by simp [Nat.mul_comm]", "by simp"),
        ("(n m : Nat) (h : n = m) : m = n", "by simp [Nat.mul_comm, h, Nat.add_assoc]", "by simp [h]"),
        ("(p q : Prop) (hq : q) : p → q", "fun hp => hq", "fun _ => hq"),
        ("(n : Nat) : n + 0 = n", "by simpa", "by simp"),
        ("(n m : Nat) : n + m = m + n", "by simp [Nat.add_comm, Nat.mul_comm]", "by simp [Nat.add_comm]"),
    ],
)
async def test_warnings_are_mended(lean_session: Session, statement: str, proposal: str, proof: str) -> None:
    text = f"theorem t {statement} := sorry\n"
    finished = await run(lean_session, text, proposals=[proposal], stages=())
    assert [result.proof for result in finished.results] == [proof]
    assert await complaints(lean_session, finished.text) == []


WARNED = 'theorem old : 1 + 1 = 2 := rfl\nattribute [deprecated "do not" (since := "2026-01-01")] old\n\n'
"""What nothing in the warning mends."""


async def test_a_proof_without_warnings_is_preferred(lean_session: Session) -> None:
    text = WARNED + "theorem t : 1 + 1 = 2 := by\n  sorry\n"
    finished = await run(lean_session, text, proposals=["exact old"])
    (result,) = finished.results
    assert (result.status, result.message) == (Status.PROVED, "")
    assert "old" not in (result.proof or "")


async def test_a_warning_that_stays_is_told(lean_session: Session) -> None:
    text = WARNED + "theorem t : 1 + 1 = 2 := by\n  sorry\n"
    finished = await run(lean_session, text, proposals=["exact old"], stages=())
    (result,) = finished.results
    assert (result.status, result.proof) == (Status.PROVED, "exact old")
    assert "`old` has been deprecated" in result.message
    assert await complaints(lean_session, finished.text) != []
