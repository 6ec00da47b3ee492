"""The search over whole proofs, with a server that replays them and a real Lean."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.lean_lender import Lender
from tests.integration.scripted_model import NAME, ScriptedModel, scripted_model
from tests.integration.test_daemon_jobs import ENVIRONMENT, collect, job_processes
from tests.integration.test_prover import TOOLCHAIN
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.engine.options import RemoteOptions
from turnstile_lsp.agents.engine.remote import RemoteEngine
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.models.names import LocalModel, RemoteModel, resolve
from turnstile_lsp.agents.prover.model import next_tactics
from turnstile_lsp.agents.prover.prove import prove
from turnstile_lsp.agents.prover.results import Finished, HoleResult, ProveRequest, Status
from turnstile_lsp.agents.prover.sampling import last_hole, search_samples
from turnstile_lsp.agents.prover.search.options import ModelOptions

LEMMA = """theorem both (p q r : Prop) (hp : p) (hq : q) (hr : r) : p ∧ q ∧ r := by
  sorry
"""
STATE = "  /- tactic state:\n"


def step_by_step(prompt: str) -> str:
    """A model that knows one step at a time: what it writes behind that is wrong."""
    goal = prompt.rpartition("⊢ ")[2].split("\n")[0] if STATE in prompt else ""
    known = {
        "": "  constructor\n  -- now a mistake\n  exact hq\n  exact hq\n",
        "q ∧ r": "  · exact hp\n  · exact ⟨hr, hq⟩\n" if "case left" in prompt else "  exact ⟨hr, hq⟩\n",
        "p ∧ q ∧ r": "  sorry\n",
    }
    if goal == "q ∧ r" and "case left" not in prompt.rpartition(STATE)[2]:
        return "  exact ⟨hq, hr⟩\n```"
    return known[goal] + "```"


async def run_with(server: ScriptedModel, session: Session, text: str = LEMMA, **options: Any) -> HoleResult:
    engine = server.engine()
    asked = ModelOptions(**{"jobs": 1, "expansions": 12, "policy": False, **options})
    request = ProveRequest(text=text, stages=("search",), budget=60.0, model_options=asked)
    try:
        events = [event async for event in prove(request, Lender(session), TOOLCHAIN, engine)]
    finally:
        await engine.close()
    finished = events[-1]
    assert isinstance(finished, Finished)
    return finished.results[0]


@pytest.fixture(autouse=True)
def own_data(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches do not go on with those of other tests; the daemon has its place already."""
    if "daemon" not in request.fixturenames:
        monkeypatch.setenv("TURNSTILE_DATA_DIR", str(tmp_path))


async def test_a_proof_is_put_together_from_the_good_parts_of_wrong_ones(lean_session: Session) -> None:
    with scripted_model(step_by_step) as server:
        result = await run_with(server, lean_session, cot="never")
    assert (result.status, result.finder) == (Status.PROVED, f"search:{NAME}")
    assert result.proof == "constructor\n  · exact hp\n  exact ⟨hq, hr⟩"
    assert STATE not in server.prompts[0]
    assert server.prompts[1].endswith(
        "  constructor\n  /- tactic state:\n    case left\n    p q r : Prop\n    hp : p\n    hq : q\n    hr : r\n    ⊢ p\n"
        "    \n    case right\n    p q r : Prop\n    hp : p\n    hq : q\n    hr : r\n    ⊢ q ∧ r\n  -/\n"
    )
    assert max(prompt.count(STATE) for prompt in server.prompts) == 1
    resumed = [prompt.partition("by\n")[2] for prompt in server.prompts]
    assert any(each.startswith("  constructor\n  · exact hp\n  /- tactic state:\n    case right\n") for each in resumed)


async def test_several_jobs_in_flight_find_it_too(lean_session: Session) -> None:
    with scripted_model(step_by_step) as server:
        server.seconds = 0.05
        result = await run_with(server, lean_session, jobs=4, expansions=24)
    assert result.status is Status.PROVED
    assert server.most_at_once == 4


async def test_half_of_the_proofs_reason_in_words_in_a_tree_of_their_own(lean_session: Session, tmp_path: Path) -> None:
    """A model that gets further with words only: the other tree never goes on from what was found there."""

    def answer(prompt: str) -> str:
        return "  constructor\n  · exact hp\n  exact hq\n```" if "explanatory" in prompt else "  exact hp\n```"

    with scripted_model(answer) as server:
        await run_with(server, lean_session, jobs=2, expansions=11)
    with_words = ["explanatory" in prompt for prompt in server.prompts]
    assert (with_words.count(False), with_words.count(True)) == (6, 5)
    resumed = [STATE in prompt for prompt in server.prompts]
    assert {words for words, again in zip(with_words, resumed, strict=True) if again} == {True}
    assert len(list((tmp_path / "searches").iterdir())) == 2


async def test_the_policy_ends_what_the_model_began(lean_session: Session) -> None:
    text = "theorem t (p : Nat → Prop) (h : p 1764) : ∃ n, p (n * n) := by\n  sorry\n"
    with scripted_model(["  refine ⟨42, ?_⟩\n  exact wrong\n"]) as server:
        result = await run_with(server, lean_session, text, expansions=60, policy=True)
    assert (result.status, result.finder) == (Status.PROVED, f"search:{NAME}")
    assert result.proof is not None
    assert result.proof.startswith("refine ⟨42, ?_⟩\n  ")


@pytest.mark.parametrize("algorithm", ["uct", "ucb1"])
async def test_the_baselines_with_a_tree_find_it(lean_session: Session, algorithm: str) -> None:
    with scripted_model(step_by_step) as server:
        result = await run_with(server, lean_session, algorithm=algorithm, cot="never")
    assert result.status is Status.PROVED


async def test_a_single_pass_never_goes_on_from_anything(lean_session: Session) -> None:
    with scripted_model(step_by_step) as server:
        result = await run_with(server, lean_session, algorithm="single-pass", expansions=5)
    assert result.status is Status.UNPROVED
    assert [STATE in prompt for prompt in server.prompts] == [False] * 5


async def test_samples_are_counted_up_to_the_one_that_is_right(lean_session: Session) -> None:
    answers = ["  exact hp\n```", "  exact hq\n```", "  exact ⟨hp, hq, hr⟩\n```", "  rfl\n```"]
    asked = ModelOptions(algorithm="rmaxts", jobs=1, expansions=9, policy=False, cot="never")
    request = ProveRequest(text=LEMMA, model_options=asked, remember=False)
    with scripted_model(answers) as server:
        engine = server.engine()
        sampled = await search_samples(await last_hole(lean_session, engine, request))
        await engine.close()
    assert (sampled.samples, sampled.correct) == (3, 1)
    assert sampled.proof == "exact ⟨hp, hq, hr⟩"


async def test_drawn_proofs_search_where_an_algorithm_is_named(lean_session: Session, tmp_path: Path) -> None:
    found = {}
    for algorithm in (None, "best-first", "rmaxts"):
        asked = ModelOptions(algorithm=algorithm, policy=algorithm != "rmaxts")
        request = ProveRequest(text=LEMMA, stages=("search",), model_options=asked, remember=algorithm is None)
        events = [event async for event in prove(request, Lender(lean_session), TOOLCHAIN, None)]
        finished = events[-1]
        assert isinstance(finished, Finished)
        found[algorithm] = finished.results[0]
    assert {result.status for result in found.values()} == {Status.PROVED}
    assert {result.finder for result in found.values()} == {"search:symbolic"}
    assert not (tmp_path / "searches").exists()


async def test_nothing_wrong_is_proved(lean_session: Session) -> None:
    text = "theorem wrong (p q : Prop) (hp : p) : p ∧ q := by\n  sorry\n"
    answers = [
        "  constructor\n  exact hp\n  exact hp\n",
        "  sorry\n",
        "  exact ⟨hp, by admit⟩\n",
        "  run_tac pure ()\n",
        "(",
    ]
    with scripted_model(answers) as server:
        result = await run_with(server, lean_session, text, expansions=10)
    assert (result.status, result.proof) == (Status.UNPROVED, None)


async def test_names_of_an_older_library_are_mapped(lean_session: Session) -> None:
    text = """theorem newer (a b : Nat) : a + b = b + a := Nat.add_comm a b

@[deprecated newer (since := "2020-01-01")]
theorem older (h : True) (a b : Nat) : a + b = b + a := Nat.add_comm a b

theorem t (a b : Nat) : a * 2 + b = b + a * 2 := by
  sorry
"""
    for stage in ("search", "model"):
        with scripted_model(["  -- by older\n  exact older (a * 2) b\n"]) as server:
            engine = server.engine()
            asked = ModelOptions(jobs=1, expansions=3, policy=False)
            request = ProveRequest(text=text, stages=(stage,), budget=60.0, samples=1, model_options=asked)
            events = [event async for event in prove(request, Lender(lean_session), TOOLCHAIN, engine)]
            await engine.close()
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert finished.results[0].proof == "-- by older\n  exact newer (a * 2) b"


async def test_a_chat_model_searches_too(lean_session: Session) -> None:
    def answer(prompt: str) -> str:
        code = prompt.partition("```lean4\n")[2].partition("```")[0]
        if STATE not in code:
            return "Let me see.\n```lean4\n" + code.replace("  sorry", "  constructor\n  exact hq") + "```"
        return "```lean4\n" + code.partition(STATE)[0] + "  · exact hp\n  · exact ⟨hq, hr⟩\n```"

    with scripted_model(answer, "DeepSeek-Prover-V2-7B") as server:
        result = await run_with(server, lean_session, cot="always")
    assert result.proof == "constructor\n  · exact hp\n  · exact ⟨hq, hr⟩"


async def test_a_search_goes_on_where_its_process_was_killed(daemon: Daemon, private_places: Path) -> None:
    gate = asyncio.Event()
    knows_more = False

    def answer(prompt: str) -> str:
        if len(server.prompts) == 5:
            loop.call_soon_threadsafe(gate.set)
        return step_by_step(prompt) if STATE not in prompt or knows_more else "  exact hr\n```"

    loop = asyncio.get_running_loop()
    with scripted_model(answer) as server:
        request = ProveRequest(
            text=LEMMA,
            stages=("search",),
            budget=120.0,
            model=f"{server.url}#{NAME}",
            model_options=ModelOptions(jobs=1, expansions=1000, policy=False),
            environment=ENVIRONMENT,
        )
        job = await daemon.prove(request)
        async with asyncio.timeout(60):
            await gate.wait()
        (process,) = job_processes((await daemon.status()).pid)
        process.send_signal(9)
        await collect(daemon, job)
        assert not psutil.pid_exists(process.pid) or process.status() == psutil.STATUS_ZOMBIE
        before = {file: file.read_bytes() for file in (private_places / "data" / "searches").iterdir()}
        assert len(before) == 2, "one for each way to ask the model"
        assert sum(log.count(b'"expansion"') for log in before.values()) >= 2
        knows_more = True
        events, error = await collect(daemon, await daemon.prove(request))
        assert error is None
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert finished.results[0].status is Status.PROVED
        assert all(file.read_bytes().startswith(log) for file, log in before.items())


async def test_a_model_of_this_machine_is_searched_with(lean_session: Session) -> None:
    """nano-coder proves nothing, but its answers go all the way: tokens, several jobs at once, Lean, the tree."""
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    engine = LlamaCppEngine(model)
    asked = ModelOptions(jobs=3, expansions=6, policy=False)
    request = ProveRequest(text=LEMMA, stages=("search",), budget=60.0, model_options=asked)
    events = [event async for event in prove(request, Lender(lean_session), TOOLCHAIN, engine)]
    await engine.close()
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.results[0].message.startswith("Nothing was left to try")


async def test_a_server_that_is_not_there_is_said(lean_session: Session) -> None:
    engine = RemoteEngine(RemoteModel(url="http://127.0.0.1:9/v1", name=NAME), RemoteOptions())
    request = ProveRequest(text=LEMMA, stages=("search",), budget=60.0, model_options=ModelOptions(policy=False))
    events = [event async for event in prove(request, Lender(lean_session), TOOLCHAIN, engine)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.results[0].status is Status.UNPROVED
    assert "http://127.0.0.1:9/v1" in finished.results[0].message


@pytest.mark.parametrize(
    ("name", "answer", "shown"),
    [
        ("llmstep-mathlib4-pythia2.8b", "omega", "[GOAL]a : Nat\n⊢ a = a[PROOFSTEP]"),
        (
            NAME,
            "omega",
            "import A\ntheorem t (a : Nat) : a = a := by\n  /- tactic state:\n    a : Nat\n    ⊢ a = a\n  -/\n  ",
        ),
        ("some-instruct", "```lean\nomega\n```", "```\na : Nat\n⊢ a = a\n```"),
    ],
)
async def test_the_next_tactic_is_asked_for(name: str, answer: str, shown: str) -> None:
    with scripted_model([answer], name) as server:
        engine = server.engine()
        asked = next_tactics(engine, "a : Nat\n⊢ a = a", "import A\n", "theorem t (a : Nat) : a = a := by\n", 3)
        assert [tactic async for tactic in asked] == ["omega"]
        await engine.close()
    assert len(server.prompts) == 3
    assert shown in server.prompts[0]
