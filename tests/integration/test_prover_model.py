"""The model stage: whole proofs from a server that replays them, judged by a real Lean."""

from __future__ import annotations

from typing import Any

from tests.integration.lean_lender import Lender
from tests.integration.scripted_model import NAME, ScriptedModel, scripted_model
from tests.integration.test_prover import TOOLCHAIN
from turnstile_lsp.agents.engine.options import RemoteOptions
from turnstile_lsp.agents.engine.remote import RemoteEngine
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.models.names import RemoteModel
from turnstile_lsp.agents.prover.prove import prove
from turnstile_lsp.agents.prover.results import Finished, HoleResult, ProveRequest, Status

LEMMA = """/-- Half of an even number. -/
def half (n : Nat) : Nat := n / 2

theorem half_double (n : Nat) : half (n + n) = n := by
  sorry
"""
GOOD = """  -- Unfold the definition.
  unfold half
  -- The rest is arithmetic.
  omega
"""
WRONG = [
    "  rfl\n",
    "  simp [half, Nat.add_self_div_two]\n",
    "  sorry\n",
    "  exact?\n  admit\n",
    "  intro (\n",
    "",
    "  native_decide\n\ntheorem other : True := trivial\n",
]


async def run_with(server: ScriptedModel, session: Session, text: str = LEMMA, **options: Any) -> HoleResult:
    engine = server.engine()
    request = ProveRequest(**{"text": text, "stages": ("model",), "budget": 60.0, "samples": 8, **options})
    try:
        events = [event async for event in prove(request, Lender(session), TOOLCHAIN, engine)]
    finally:
        await engine.close()
    finished = events[-1]
    assert isinstance(finished, Finished)
    return finished.results[0]


async def test_the_good_one_among_wrong_ones_is_found(lean_session: Session) -> None:
    with scripted_model([*WRONG, f"{GOOD}```\n\nThis completes the proof."]) as server:
        result = await run_with(server, lean_session)
    assert (result.status, result.finder) == (Status.PROVED, f"model:{NAME}")
    assert result.proof == "-- Unfold the definition.\n  unfold half\n  -- The rest is arithmetic.\n  omega"
    assert {prompt.partition("```")[0] for prompt in server.prompts} == {
        "Complete the following Lean 4 code:\n\n",
        "Complete the following Lean 4 code with explanatory comments preceding each line of code:\n\n",
    }
    assert {prompt.partition("```lean4\n")[2] for prompt in server.prompts} == {LEMMA.removesuffix("  sorry\n")}


async def test_wrong_ones_alone_prove_nothing(lean_session: Session) -> None:
    with scripted_model(WRONG) as server:
        result = await run_with(server, lean_session)
    assert (result.status, result.proof) == (Status.UNPROVED, None)
    assert len(server.prompts) == 8


async def test_a_hole_in_the_midst_of_a_proof(lean_session: Session) -> None:
    text = "theorem t (p q : Prop) (hp : p) : p ∧ (q → q) := by\n  constructor\n  · exact hp\n  · sorry\n"
    with scripted_model(["intro hq\n    exact hq\n  done\n"]) as server:
        result = await run_with(server, lean_session, text)
    assert (result.status, result.proof) == (Status.PROVED, "intro hq\n    exact hq")
    assert server.prompts[0].endswith("\n  · exact hp\n  · ")


async def test_the_model_is_not_asked_for_what_the_portfolio_proves_at_once(lean_session: Session) -> None:
    with scripted_model([GOOD]) as server:
        result = await run_with(server, lean_session, "theorem t : 2 + 2 = 4 := sorry\n", stages=("portfolio", "model"))
    assert result.status is Status.PROVED
    assert server.prompts == []


async def test_long_files_are_cut_to_the_models_context(lean_session: Session) -> None:

    text = "".join(f"theorem filler{n} : {n} + {n} = {2 * n} := rfl\n\n" for n in range(300)) + LEMMA
    with scripted_model([GOOD]) as server:
        result = await run_with(server, lean_session, text, offsets=[text.index("half_double")])
    assert result.status is Status.PROVED
    assert "filler299" in server.prompts[0]
    assert "filler0 " not in server.prompts[0]
    assert len(server.prompts[0].encode()) <= 2 * 2048


async def test_a_server_that_is_not_there_is_said(lean_session: Session) -> None:
    engine = RemoteEngine(RemoteModel(url="http://127.0.0.1:9/v1", name=NAME), RemoteOptions())
    request = ProveRequest(text=LEMMA, stages=("model",), samples=2)
    events = [event async for event in prove(request, Lender(lean_session), TOOLCHAIN, engine)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.results[0].status is Status.UNPROVED
    assert "http://127.0.0.1:9/v1" in finished.results[0].message
