"""Prompts of the prover models, byte for byte as published, and what of an answer is a proof."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from turnstile_lsp.agents.engine.base import Chunk, Description, Request
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover.answers import proof_in, proof_in_chat, tactic_in
from turnstile_lsp.agents.prover.prompts import Asker, chosen_formats, formats_for, question

COMMAND = "theorem t (a b : Nat) : a + b = b + a := by\n  sorry"
DESCRIPTION = Description(model="m", context_length=32768)


class Bytes:
    """An engine whose tokens are bytes; it is never asked for an answer."""

    async def tokenize(self, text: str) -> list[int]:
        return list(text.encode())

    def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        raise NotImplementedError

    async def describe(self) -> Description:
        return DESCRIPTION

    async def close(self) -> None:
        pass


def test_the_published_prompts() -> None:
    non_cot, cot = formats_for("deepseek-ai/DeepSeek-Prover-V1.5-RL")
    assert non_cot.template.format(header="import Mathlib\n\n", statement="theorem t : p := by\n") == (
        "Complete the following Lean 4 code:\n\n```lean4\nimport Mathlib\n\ntheorem t : p := by\n"
    )
    assert cot.template.startswith(
        "Complete the following Lean 4 code with explanatory comments preceding each line of code:\n\n```lean4\n{header}"
    )
    assert (cot.temperature, cot.top_p, cot.max_tokens) == (1.0, 0.95, 2048)


async def test_the_chat_of_prover_v2() -> None:
    cot, _ = formats_for("deepseek-ai/DeepSeek-Prover-V2-7B")
    asked = question(["import Mathlib\n\n"], COMMAND, Hole(kind="tactic", start=len(COMMAND) - 5, end=len(COMMAND)))
    asker = Asker(Bytes(), DESCRIPTION, cot, asked, "import Mathlib\n\n")
    request = await asker.request(asked.statement, 1)
    assert request is not None
    assert request.messages is not None
    assert request.messages[0].content == (
        "Complete the following Lean 4 code:\n\n```lean4\nimport Mathlib\n\n"
        "theorem t (a b : Nat) : a + b = b + a := by\n  sorry\n```\n\n"
        "Before producing the Lean 4 code to formally prove the given theorem, provide a detailed proof plan outlining the"
        " main proof steps and strategies.\nThe plan should highlight key ideas, intermediate lemmas, and proof structures"
        " that will guide the construction of the final formal proof."
    )
    assert (cot.max_tokens, request.sampling.max_tokens) == (8192, 8192)


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("some-model", ["v1.5-non-cot"]),
        ("DeepSeek-Prover-V1", ["v1"]),
        ("deepseek-prover-v1.5-rl.Q4_K_M.gguf", ["v1.5-non-cot", "v1.5-cot"]),
        ("DeepSeek-Prover-V2-671B", ["v2-cot", "v2-non-cot"]),
        ("DeepSeek-Coder-V2-Lite-Instruct", ["chat"]),
    ],
)
def test_the_name_chooses_the_format(model: str, names: list[str]) -> None:
    assert [each.name for each in formats_for(model)] == names


def test_formats_are_chosen_among_those_that_reason() -> None:
    model = "DeepSeek-Prover-V1.5-RL"
    assert [each.name for each in chosen_formats(model, None, "always")] == ["v1.5-cot"]
    assert [each.name for each in chosen_formats(model, None, "never")] == ["v1.5-non-cot"]
    assert [each.name for each in chosen_formats("DeepSeek-Prover-V1", None, "always")] == ["v1"]
    assert [each.name for each in chosen_formats(model, "chat", "never")] == ["chat"]
    with pytest.raises(InvalidRequest, match=r"no prompt format `llmstep`; choose among v1\.5-non-cot,"):
        chosen_formats(model, "llmstep", "mixed")


async def test_a_proof_is_gone_on_with_behind_its_prefix() -> None:
    command = "theorem t : p ∧ q := by\n  constructor\n  · sorry\n  · sorry"
    start = command.index("sorry")
    asked = question([], command, Hole(kind="tactic", start=start, end=start + 5))
    assert (
        asked.going_on("intro h\n\n· simp\n") == "theorem t : p ∧ q := by\n  constructor\n  · intro h\n\n    · simp\n"
    )
    asked = question([], COMMAND, Hole(kind="tactic", start=len(COMMAND) - 5, end=len(COMMAND)))
    assert asked.going_on("intro h\n") == asked.statement + "  intro h\n"
    assert asked.going_on("") == asked.statement


async def test_the_header_is_cut_to_the_context_nearest_first() -> None:
    pieces = ["import A\n", *(f"theorem t{n} : p := by simp\n" for n in range(100))]
    asked = question(pieces, COMMAND, Hole(kind="tactic", start=len(COMMAND) - 5, end=len(COMMAND)))
    description = Description(model="m", context_length=1000, token_prompts=False)
    asker = await Asker.create(Bytes(), description, formats_for("m")[0], asked)
    prompt = asker.prompt(asked.statement)
    assert "import A\ntheorem t8" in prompt
    assert "theorem t99" in prompt
    request = await asker.request(asked.statement, 1)
    assert request is not None
    assert len(prompt) + request.sampling.max_tokens < 1000
    long = await asker.request(asked.going_on("simp\n" * 200), 1)
    assert long is None


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


STATEMENT = "/-- Sums. -/\ntheorem t (a b : Nat) :\n    a + b = b + a := by\n"
PLAN = "### Plan\n```lean4\ntheorem t (a b : Nat) : a + b = b + a := by\n  have h := sorry\n  exact h\n```\n### Proof\n"


@pytest.mark.parametrize(
    ("answer", "proof"),
    [
        (PLAN + "```lean4\ntheorem t (a b : Nat) : a + b = b + a := by\n  omega\n```\nDone.", "omega"),
        (
            "```lean\nimport Mathlib\n\ntheorem t (a b:Nat) : a+b = b+a :=by\n  omega\n\ntheorem u : p := q\n```",
            "omega",
        ),
        ("```lean4\ntheorem t (a b : Nat) : a + b = b + a := by omega", "omega"),
        ("```\nby\n  intro h\n  omega\n```", "intro h\nomega"),
        ("```\nomega\n```", "omega"),
        ("```lean4\ntheorem t (a b : Nat) : a + b = a + b := by\n  rfl\n```", None),
        ("```lean4\nlemma u (a b : Nat) : a + b = b + a := by\n  omega\n```", None),
        ("omega", None),
        ("```lean4\n```", None),
    ],
)
def test_what_of_a_chat_is_a_proof(answer: str, proof: str | None) -> None:
    assert proof_in_chat(answer, STATEMENT) == proof


def test_what_of_an_answer_is_a_tactic() -> None:
    assert tactic_in("```lean\n-- next\n  omega\nsimp\n```") == "omega"
    assert tactic_in("```\n```") is None
