"""Tactics run one after another, and candidates run for what their tactics do."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.integration.test_gate import DATA, read_cases
from tests.warm_lean import WarmLean, embedded_toolchain
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Candidate, Command, ProofRun
from turnstile_lsp.agents.lean.session import LeanSession

TEXT = """theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

theorem u (xs : List Nat) : (xs ++ []).length = xs.length := sorry

@[deprecated Nat.add_comm (since := "2020-01-01")]
theorem oldName (a b : Nat) : a + b = b + a := Nat.add_comm a b
"""
GOAL = "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
LEFT = "case left\np q : Prop\nhp : p\nhq : q\n⊢ p"
RIGHT = "case right\np q : Prop\nhp : p\nhq : q\n⊢ q"


def fill(text: str, command: Command, replacement: str = "sorry") -> Candidate:
    hole = command.holes[0]
    return Candidate(
        command=text[command.start : command.end],
        start=hole.start - command.start,
        end=hole.end - command.start,
        replacement=replacement,
    )


def ran(candidate: Candidate, run: ProofRun) -> list[tuple[str, list[str]]]:
    return [(candidate.text()[each.start : each.end], list(each.goals)) for each in run.tactics]


async def test_steps_branch_and_never_change_a_state(lean_session: WarmLean) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    root = await lean_session.open_goal(command.state, fill(TEXT, command))
    assert root.goals == [GOAL]
    split = await lean_session.step(root, "constructor")
    assert split.state is not None
    assert split.goals == [LEFT, RIGHT]
    first = await lean_session.step(split.state, "exact hp")
    assert first.goals == [RIGHT]
    both = await lean_session.step(split.state, "· exact hp\n· exact hq")
    assert (both.error, both.goals) == (None, [])
    again = await lean_session.step(root, "refine ⟨?_, hq⟩")
    assert [goal.splitlines()[-1] for goal in again.goals] == ["⊢ p"]
    await lean_session.release(root)


@pytest.mark.parametrize(
    ("tactic", "error"),
    [
        ("exact hq", "mismatch"),
        ("constructor\n· exact hq\n· exact hq", "mismatch"),
        ("intro (", "unexpected end of input"),
        ("", "expected"),
        ("sorry", "not allowed"),
        ("have h : q := by sorry", "not allowed"),
        ("run_tac pure ()", "not allowed"),
        ("simp) <;> (run_tac pure ()", "not allowed"),
        ("exact t p q hp hq", "uses what it proves"),
        ("exact hp\nexact hq", "mismatch"),
    ],
)
async def test_a_step_that_fails_says_why(lean_session: WarmLean, tactic: str, error: str) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    root = await lean_session.open_goal(command.state, fill(TEXT, command))
    step = await lean_session.step(root, tactic)
    assert (step.state, step.goals) == (None, ())
    assert step.error is not None
    assert error in step.error
    await lean_session.release(root)


async def test_suggestions_do_not_name_what_is_being_proved(lean_session: WarmLean) -> None:
    commands = (await lean_session.elaborate(TEXT)).commands
    root = await lean_session.open_goal(commands[1].state, fill(TEXT, commands[1]))
    step = await lean_session.step(root, "rw?")
    assert step.suggestions == ["rw [List.append_nil]"]
    await lean_session.release(root)


async def test_the_users_own_limit_holds_for_steps_too(lean_session: WarmLean) -> None:
    text = "set_option maxHeartbeats 50\n" + TEXT
    command = (await lean_session.elaborate(text)).commands[1]
    root = await lean_session.open_goal(command.state, fill(text, command))
    much = "iterate 30 (iterate 30 (have := And.intro hp hq; clear this))"
    assert "heartbeats" in ((await lean_session.step(root, much, heartbeats=20000)).error or "")
    command = (await lean_session.elaborate(TEXT)).commands[0]
    root = await lean_session.open_goal(command.state, fill(TEXT, command))
    assert (await lean_session.step(root, much, heartbeats=20000)).error is None


async def test_a_step_keeps_to_its_heartbeats(lean_session: WarmLean) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    root = await lean_session.open_goal(command.state, fill(TEXT, command))
    step = await lean_session.step(root, "exact?", heartbeats=1)
    assert step.error is not None
    assert (await lean_session.step(root, "exact ⟨hp, hq⟩", heartbeats=20000)).goals == []
    await lean_session.release(root)


async def test_released_states_are_gone_with_what_was_made_from_them(lean_session: WarmLean) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    root = await lean_session.open_goal(command.state, fill(TEXT, command))
    held = (await lean_session.statistics())["proofs"]
    split = await lean_session.step(root, "constructor")
    assert split.state is not None
    after = await lean_session.step(split.state, "exact hp")
    assert after.state is not None
    await lean_session.release(split.state)
    assert (await lean_session.statistics())["proofs"] == held
    with pytest.raises(InvalidRequest, match="released"):
        await lean_session.step(after.state, "exact hq")
    assert (await lean_session.step(root, "constructor")).error is None
    await lean_session.release(root)


async def test_no_goal_where_no_hole_is(lean_session: WarmLean) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    candidate = Candidate(command=TEXT[command.start : command.end], start=0, end=7, replacement="")
    with pytest.raises(InvalidRequest, match="Nothing can be proved at this place"):
        await lean_session.open_goal(command.state, candidate)


async def test_states_survive_a_killed_lean() -> None:
    session = LeanSession(embedded_toolchain())
    session.starts_judge = False
    try:
        command = (await session.elaborate(TEXT)).commands[0]
        root = await session.open_goal(command.state, fill(TEXT, command))
        split = await session.step(root, "constructor")
        assert split.state is not None
        first = await session.step(split.state, "exact hp")
        assert first.state is not None
        assert session.pid is not None
        os.kill(session.pid, signal.SIGKILL)
        last = await session.step(first.state, "exact hq")
        if last.error is not None:  # the death is noticed by the request that meets it
            last = await session.step(first.state, "exact hq")
        assert (last.error, last.goals) == (None, [])
        assert (await session.step(root, "exact ⟨hp, hq⟩")).goals == []
    finally:
        await session.close()


async def test_steps_through_the_daemon(daemon: Daemon) -> None:
    session = await daemon.lean().session(embedded_toolchain(), "")
    try:
        elaboration = await session.elaborate(TEXT)
        command = elaboration.commands[0]
        root = await session.open_goal(command.state, fill(TEXT, command))
        step = await session.step(root, "exact ⟨hp, hq⟩", heartbeats=20000, seconds=20.0)
        assert (step.error, step.goals) == (None, [])
        await session.release(root)
        run = await session.run_proof(command.state, fill(TEXT, command, "exact ⟨hp, hq⟩"))
        assert run.tactics[0].goals == []
        assert await session.renamed(elaboration.end_state, ["oldName"]) == {"oldName": "Nat.add_comm"}
    finally:
        await session.close()


async def test_a_candidate_tells_its_tactics_and_their_goals(lean_session: WarmLean) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    candidate = fill(TEXT, command, "constructor; exact hp -- π\n  · -- then\n    exact hp")
    run = await lean_session.run_proof(command.state, candidate)
    assert run.failure is None
    assert ran(candidate, run)[:3] == [
        ("constructor", [LEFT, RIGHT]),
        ("exact hp", [RIGHT]),
        ("· -- then\n    exact hp", []),
    ]
    assert [(each.severity, candidate.text()[each.start : each.end]) for each in run.messages] == [
        ("error", "exact hp")
    ]


async def test_a_sorry_tells_its_goal(lean_session: WarmLean) -> None:
    commands = (await lean_session.elaborate(TEXT)).commands
    run = await lean_session.run_proof(commands[0].state, fill(TEXT, commands[0], "have h : 1 = 1 := sorry\n  sorry"))
    assert [list(each.goals) for each in run.sorries] == [
        ["p q : Prop\nhp : p\nhq : q\nh : 1 = 1\n⊢ p ∧ q"],
        ["p q : Prop\nhp : p\nhq : q\n⊢ 1 = 1"],
    ]


async def test_what_parses_in_part_is_run_in_part(lean_session: WarmLean) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    candidate = fill(TEXT, command, "constructor\n  · exact nothing\n  · exact (")
    run = await lean_session.run_proof(command.state, candidate)
    assert ran(candidate, run)[0] == ("constructor", [LEFT, RIGHT])
    assert sorted(each.text.split()[0] for each in run.messages) == ["Unknown", "unexpected"]


@pytest.mark.parametrize(
    "replacement",
    [
        "run_tac pure ()",
        "exact (by run_tac pure ())",
        "constructor\n  · run_tac pure ()\n  · exact (",
        "simp (config := by exact {})",
        "first | sorry | native_decide",
    ],
)
async def test_what_the_gate_refuses_is_not_run(lean_session: WarmLean, replacement: str) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    run = await lean_session.run_proof(command.state, fill(TEXT, command, replacement))
    assert run.failure is not None
    assert run.tactics == []


async def test_a_second_command_is_an_error_and_is_not_run(lean_session: WarmLean) -> None:
    command = (await lean_session.elaborate(TEXT)).commands[0]
    candidate = fill(TEXT, command, "exact ⟨hp, hq⟩\n\nrun_cmd pure ()")
    run = await lean_session.run_proof(command.state, candidate)
    assert [each.text for each in run.messages] == ["It is more than one command."]
    assert [tactic for tactic, _ in ran(candidate, run)] == ["exact ⟨hp, hq⟩"]


async def test_deprecated_names_are_told(lean_session: WarmLean) -> None:
    elaboration = await lean_session.elaborate(TEXT)
    names = ["oldName", "Nat.add_comm", "nothing", "a.b.c", ""]
    assert await lean_session.renamed(elaboration.end_state, names) == {"oldName": "Nat.add_comm"}


REFUSED = ("not allowed", "literals only", "may set", "may not name")


@pytest.mark.parametrize("path", sorted((DATA / "attacks").glob("*.lean")), ids=lambda path: path.stem)
async def test_what_the_gate_refuses_by_its_syntax_is_not_run_in_part_either(
    lean_session: WarmLean, path: Path
) -> None:
    prelude, cases = read_cases(path)
    state = (await lean_session.elaborate(prelude)).end_state
    ran = []
    for case in (case for case in cases if case.says and any(reason in case.says for reason in REFUSED)):
        candidate = case.candidate()
        if {"sorry", "admit"} & set(re.findall(r"\w+", candidate.replacement)):
            continue  # these are run, and told
        for end in ("", "\n  exact ("):
            run = await lean_session.run_proof(state, replace(candidate, replacement=candidate.replacement + end))
            ran += [case.title] if run.failure is None else []
    assert not ran
