"""Sessions whose Lean dies, hangs, grows or takes too long; a Lean of their own, which each test leaves usable."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
import pytest_asyncio
from msgspec import Raw
from msgspec.structs import replace

from tests.warm_lean import embedded_toolchain
from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.lean import process, self_test
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Toolchain
from turnstile_lsp.agents.lean.session import LeanSession

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = (
    "theorem first (n : Nat) : 0 + n = n := by sorry\n"
    "theorem slow : ∀ x, x < 200 → ∀ y, y < 200 → ∀ z, z < 200 → x + y + z = z + y + x := by sorry\n"
)
FOREVER = "decide +kernel"


@dataclass
class Opened:
    """A session with a document, and its two candidates."""

    session: LeanSession
    states: list[int]

    @classmethod
    async def open(cls, session: LeanSession) -> Opened:
        elaboration = await session.elaborate(TEXT)
        return cls(session, [command.state for command in elaboration.commands])

    async def check_first(self) -> None:
        """The session works, in a state from before whatever happened."""
        verdict = await self.session.check(self.states[0], candidate(0, "simp"))
        assert verdict.judgement is Judgement.VERIFIED, verdict.reason


def candidate(line: int, replacement: str, seconds: float = 60.0) -> Candidate:
    command = TEXT.splitlines()[line]
    start = command.index("sorry")
    return Candidate(command=command, start=start, end=start + 5, replacement=replacement, seconds=seconds)


async def kill(session: LeanSession) -> int:
    """Kill Lean from outside, and wait until the system has begun to. Returns its pid."""
    pid = session.pid
    assert pid is not None
    psutil.Process(pid).kill()
    while session.pid == pid:  # noqa: ASYNC110 (processes tell nobody)
        await asyncio.sleep(0.01)
    return pid


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def opened() -> AsyncIterator[Opened]:
    session = LeanSession(embedded_toolchain(options={"autoImplicit": False, "weak.linter.unusedVariables": False}))
    yield await Opened.open(session)
    await session.close()


async def test_options_of_the_project_count(opened: Opened) -> None:
    text = "theorem t (h : p) : p := by sorry\n"
    elaboration = await opened.session.elaborate(text)
    assert any("p" in message.text and message.severity == "error" for message in elaboration.messages())
    opened.states = (await Opened.open(opened.session)).states


async def test_a_killed_lean_is_replaced_unnoticed(opened: Opened) -> None:
    pid = await kill(opened.session)
    await opened.check_first()
    assert opened.session.pid != pid
    assert [command.state for command in (await opened.session.elaborate(TEXT)).commands] == opened.states


async def test_a_candidate_over_its_time_is_undetermined(opened: Opened) -> None:
    verdict = await opened.session.check(opened.states[1], candidate(1, FOREVER, seconds=1.0))
    assert verdict.judgement is Judgement.UNDETERMINED
    assert "1 s" in verdict.reason
    await opened.check_first()


async def test_heartbeats_bound_a_candidate(opened: Opened) -> None:
    pid = opened.session.pid
    bounded = replace(candidate(1, "intro x _ y _ z _; omega"), heartbeats=1)
    verdict = await opened.session.check(opened.states[1], bounded)
    assert verdict.judgement is Judgement.UNDETERMINED
    assert "limit" in verdict.reason
    verdict = await opened.session.check(opened.states[1], replace(bounded, heartbeats=None))
    assert verdict.judgement is Judgement.VERIFIED, verdict.reason
    assert opened.session.pid == pid


async def test_a_cancelled_call_ends_at_once_and_what_runs_soon(opened: Opened) -> None:
    pid = opened.session.pid
    running = asyncio.create_task(opened.session.run_proof(opened.states[1], candidate(1, FOREVER)))
    await asyncio.sleep(0.5)
    running.cancel()
    await asyncio.wait([running], timeout=process.GIVEN_UP_SECONDS / 2)
    assert running.cancelled()
    await opened.check_first()
    assert opened.session.pid != pid


async def test_a_queued_call_is_cancelled_before_lean_hears_of_it(opened: Opened) -> None:
    pid = opened.session.pid
    first = asyncio.create_task(opened.check_first())
    queued = asyncio.create_task(opened.session.run_proof(opened.states[1], candidate(1, FOREVER)))
    await asyncio.sleep(0)
    queued.cancel()
    await first
    await asyncio.wait([queued])
    assert queued.cancelled()
    await opened.check_first()
    assert opened.session.pid == pid


QUITTING = """open Lean.Parser.Tactic
unsafe def quit : DecideConfig := (unsafeCast (IO.Process.exit 0 : IO Unit) : Unit → DecideConfig) ()
@[implemented_by quit] def quitting : DecideConfig := {}
macro "quits" : tactic => `(tactic| decide (config := quitting))
"""


async def test_a_lean_that_ends_well_without_an_answer_has_said_nothing(opened: Opened) -> None:
    """The user's own tactic ends the process with exit code 0 while it elaborates a true statement."""
    elaboration = await opened.session.elaborate(QUITTING)
    assert elaboration.messages() == []
    command = "theorem t : 2 + 2 = 4 := by sorry"
    candidate = Candidate(command=command, start=len(command) - 5, end=len(command), replacement="quits")
    verdict = await opened.session.check(elaboration.end_state, candidate)
    assert verdict.judgement is Judgement.UNDETERMINED
    assert "exit code 0" in verdict.reason
    opened.states = (await Opened.open(opened.session)).states


async def test_a_lean_that_hangs_is_noticed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STILL_SECONDS", 3.0)
    assert opened.session.pid is not None
    psutil.Process(opened.session.pid).suspend()
    verdict = await opened.session.check(opened.states[0], candidate(0, "simp"))
    assert verdict.judgement is Judgement.UNDETERMINED
    assert "did nothing" in verdict.reason
    monkeypatch.undo()
    await opened.check_first()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (f"theorem t : {'(' * 2000}1{')' * 2000} = 1 := rfl", "nested"),
        ("def f : Nat → String → String\n  | 0, s => s\n  | n + 1, s => f n (s ++ s)\n#eval f 28 TEXT", "memory"),
    ],
    ids=["deep", "large"],
)
async def test_a_text_that_no_lean_bears_is_told_in_a_sentence(opened: Opened, command: str, words: str) -> None:
    """At once: another Lean would fare no better. What stands elsewhere works as before."""
    pid, command = opened.session.pid, command.replace("TEXT", '"0123456789"')
    with pytest.raises(
        LeanFailed, match=rf"^Lean stopped: [^.]*{words}[^.]*\. Simplify the text; Lean is started anew\.$"
    ):
        await opened.session.elaborate(f"{TEXT}{command}\ntheorem after : 1 = 1 := rfl\n")
    assert opened.session.pid is None, "no other Lean was tried"
    opened.states = (await Opened.open(opened.session)).states
    await opened.check_first()
    assert opened.session.pid != pid


async def test_a_killed_judge_is_replaced(opened: Opened) -> None:
    await opened.check_first()
    judge = opened.session._judge.replay.process
    assert judge is not None
    assert opened.session._judge._preparing is not None
    assert judge.pid != opened.session.pid
    psutil.Process(judge.pid).kill()
    while opened.session.is_running:  # noqa: ASYNC110 (processes tell nobody)
        await asyncio.sleep(0.01)
    opened.session.starts_judge = False
    await opened.session.elaborate(TEXT)
    await opened.session._judge._preparing
    assert not opened.session.is_running, "whoever only elaborates needs none"
    opened.session.starts_judge = True
    await opened.session.elaborate(TEXT)
    await opened.session._judge._preparing
    assert opened.session.is_running, "nobody has to wait for it"
    await opened.check_first()


async def test_a_lean_that_was_taken_over_cannot_say_verified(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    await opened.check_first()
    spoiled = opened.session._replay.process
    assert spoiled is not None

    async def lie(operation: str, **_: Any) -> Raw:
        assert operation == "check"
        return Raw(b'{"judgement": "verified"}')

    monkeypatch.setattr(spoiled, "request", lie)
    verdict = await opened.session.check(opened.states[0], candidate(0, "skip"))
    assert verdict.judgement is Judgement.UNDETERMINED


async def test_an_elaboration_goes_on_where_one_was_cancelled(opened: Opened) -> None:
    """Lean had gone on meanwhile: no command is left out."""
    text = (
        "theorem a : 1 = 1 := rfl\n"
        "theorem slow : ∀ x, x < 40 → ∀ y, y < 40 → x + y = y + x := by decide +kernel\n"
        "theorem b : 2 = 2 := rfl\n"
    )
    with pytest.raises(LeanFailed, match="ask again"):
        await opened.session.elaborate(text, seconds=0.1)
    names = [command.name for command in (await opened.session.elaborate(text)).commands]
    assert names == ["a", "slow", "b"]
    opened.states = (await Opened.open(opened.session)).states


async def test_a_lean_is_replaced_when_candidates_have_made_it_large(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the document takes does not count: a new one would be as large. Nor does it hide what candidates took."""
    pid, replay, candidates = opened.session.pid, opened.session._replay, 0

    def memory(_: process.LeanProcess) -> int:
        commands = len(replay.document.commands) if replay.document is not None else 0
        return 1000 * (1 + commands) + candidates

    monkeypatch.setattr(replay, "_memory_limit", 1)
    monkeypatch.setattr(replay, "_needed_memory", 3000)
    monkeypatch.setattr(process.LeanProcess, "memory", memory)
    longer = TEXT + "theorem third : 1 = 1 := rfl\n" * 2
    await opened.session.elaborate(longer)
    await opened.check_first()
    assert opened.session.pid == pid
    candidates = 2000
    await opened.session.elaborate(longer)
    await opened.check_first()
    assert opened.session.pid != pid


async def test_numbers_of_a_lean_that_is_gone_are_unknown(opened: Opened) -> None:
    before = await opened.session.community({"cmd": "def f := 1"})
    await kill(opened.session)
    assert (await opened.session.community({"cmd": "#eval f", "env": before["env"]}))["message"]
    assert (await opened.session.community({"cmd": "def f := 2"}))["env"] > before["env"]


async def test_another_version_is_tried_on_what_is_known(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the tested version under another name, in the process that runs already."""
    await opened.check_first()
    running = opened.session._replay.process
    assert running is not None

    async def start(_: Toolchain) -> process.LeanProcess:
        return running

    await LeanSession(embedded_toolchain(version="4.99.0"), start=start).start()
    wrong = self_test.Known("theorem t : 2 + 2 = 5 := by sorry", "decide", Judgement.VERIFIED)
    monkeypatch.setattr(self_test, "KNOWN", (wrong,))
    with pytest.raises(LeanFailed, match=r"4\.99\.0"):
        await LeanSession(embedded_toolchain(version="4.99.0"), start=start).start()
    assert not running.alive


@pytest.mark.parametrize(
    ("command", "words"), [(["/nowhere/lean"], "nowhere"), ([sys.executable, "-c", ""], "exit code 0")]
)
async def test_a_lean_that_does_not_start_says_why(command: list[str], words: str) -> None:
    session = LeanSession(Toolchain(command=command, version="4.28.0"))
    with pytest.raises(LeanFailed, match=words):
        await session.start()
