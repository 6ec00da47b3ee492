"""Prompts of the prover models, byte for byte as published, and what of an answer is a proof."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover.prompts import formats_for, proof_in, question

COMMAND = "theorem t (a b : Nat) : a + b = b + a := by\n  sorry"


def test_the_published_prompts() -> None:
    non_cot, cot = formats_for("deepseek-ai/DeepSeek-Prover-V1.5-RL")
    assert non_cot.template.format(header="import Mathlib\n\n", statement="theorem t : p := by\n") == (
        "Complete the following Lean 4 code:\n\n```lean4\nimport Mathlib\n\ntheorem t : p := by\n"
    )
    assert cot.template.startswith(
        "Complete the following Lean 4 code with explanatory comments preceding each line of code:\n\n```lean4\n{header}"
    )
    assert (cot.temperature, cot.top_p, cot.max_tokens) == (1.0, 0.95, 2048)


def test_an_unlisted_model_gets_the_first_format() -> None:
    assert [each.name for each in formats_for("some-model")] == ["non-cot"]


@pytest.mark.parametrize(
    ("command", "kind", "end"),
    [
        (COMMAND, "tactic", 5),
        ("theorem t (a b : Nat) : a + b = b + a := sorry", "term", 5),
        ("theorem t (a b : Nat) : a + b = b + a := by simp", "by", 5),
    ],
)
def test_statements_end_in_by(command: str, kind: str, end: int) -> None:
    start = len(command) - end
    asked = question([], command, Hole(kind=kind, start=start, end=len(command)))
    assert asked.statement == "theorem t (a b : Nat) : a + b = b + a := by\n"
    assert asked.lead == ""


def test_a_hole_in_the_midst_of_a_proof() -> None:
    command = "theorem t : p ∧ q := by\n  constructor\n  · sorry\n  · sorry"
    start = command.index("sorry")
    asked = question([], command, Hole(kind="tactic", start=start, end=start + 5))
    assert asked.statement == "theorem t : p ∧ q := by\n  constructor\n  · "
    assert proof_in("intro h\n    exact h\n  · simp\n", asked.lead) == "intro h\nexact h"


@pytest.mark.parametrize(
    ("answer", "proof"),
    [
        ("  omega\n```\nThat is all.", "omega"),
        ("\n  intro h\n  cases h with\n  | inl h => simp\n", "intro h\ncases h with\n| inl h => simp"),
        ("  simp\n\ntheorem another : True := trivial\n```", "simp"),
        ("  -- first\n  constructor\n  · simp\n\n  · rfl", "-- first\nconstructor\n· simp\n\n· rfl"),
        ("omega", "omega"),
        ("  intro h -- first\n  exact h -- last\n  -- done\n", "intro h -- first\nexact h"),
        ("  -- only a comment\n", None),
        ("```", None),
        ("", None),
    ],
)
def test_what_of_an_answer_is_a_proof(answer: str, proof: str | None) -> None:
    assert proof_in(answer) == proof
