"""Finished proofs made shorter on a real Lean: what is left out, what is replaced, and what stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pygls.uris import from_fs_path

from tests.integration.lean_lender import Lender
from tests.integration.lsp_client import Editor, start_editor
from tests.integration.test_prover import TOOLCHAIN, complaints
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.prover.minimise import minimise
from turnstile_lsp.agents.prover.prove import prove
from turnstile_lsp.agents.prover.receipts import ReceiptStore
from turnstile_lsp.agents.prover.results import Finished, ProveRequest, Status

HARD = "theorem t (p : Nat → Prop) (zero : p 0) (next : ∀ n, p n → p (n + 1)) (n : Nat) : p n := by\n"


async def shortened(session: Session, text: str, offset: int = 0, budget: float = 20.0) -> Finished:
    request = ProveRequest(text=text, task="minimise", offsets=(offset,), budget=budget)
    events = [event async for event in minimise(request, Lender(session), TOOLCHAIN, None)]
    assert isinstance(events[-1], Finished)
    return events[-1]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param(
            HARD + "  have unused : 1 = 1 := rfl\n  induction n with\n  | zero => exact zero\n"
            "  -- one step\n  | succ m ih =>\n    have same := ih\n    exact next m ih\n",
            HARD + "  induction n with\n  | zero => exact zero\n  -- one step\n  | succ m ih =>\n    exact next m ih\n",
            id="what is not needed goes, comments stay",
        ),
        pytest.param(
            "theorem t (f : Nat → Nat) (h : ∀ x, f x = x) (n : Nat) : f (f n) = n := by\n  simp [h]\n",
            "theorem t (f : Nat → Nat) (h : ∀ x, f x = x) (n : Nat) : f (f n) = n := by\n  simp only [h]\n",
            id="what searches is made stable",
        ),
        pytest.param(
            "theorem t (n : Nat) : n + 0 = n := by exact?\n",
            "theorem t (n : Nat) : n + 0 = n := by exact Nat.add_eq_left.mpr rfl\n",
            id="what only searches gives way to what it found",
        ),
        pytest.param(
            "theorem t (a b : Nat) (h : a ≤ b) : a < b + 1 := by\n  have step : b < b + 1 := Nat.lt_succ_self b\n"
            "  exact Nat.lt_of_le_of_lt h step\n",
            "theorem t (a b : Nat) (h : a ≤ b) : a < b + 1 := by omega\n",
            id="one tactic for all",
        ),
        pytest.param(
            "theorem t (n : Nat) : n = n := rfl\n", "theorem t (n : Nat) : n = n := rfl\n", id="nothing to be done"
        ),
    ],
)
async def test_a_proof_is_made_shorter(lean_session: Session, text: str, after: str) -> None:
    finished = await shortened(lean_session, text)
    (result,) = finished.results
    assert result.status is Status.PROVED, result.message
    assert finished.text == after
    assert await complaints(lean_session, finished.text) == []
    assert result.message


async def test_the_rest_of_a_block_by_one_tactic(lean_session: Session) -> None:
    text = (
        "theorem t : ∃ x y : Nat, x * y = 391 ∧ 1 < x ∧ 1 < y := by\n  refine ⟨17, 23, ?_⟩ -- found by hand\n"
        "  constructor\n  · rfl\n  · constructor\n    · decide\n    · decide\n"
    )
    finished = await shortened(lean_session, text)
    assert finished.results[0].status is Status.PROVED
    head, _, rest = finished.text.partition("  refine ⟨17, 23, ?_⟩ -- found by hand\n")
    assert text.startswith(head)
    assert rest.count("\n") == 1
    assert await complaints(lean_session, finished.text) == []


async def test_more_axioms_are_told(lean_session: Session) -> None:
    above = "def f : Nat → Nat\n  | 0 => 0\n  | n + 1 => f n\n\n@[simp] axiom magic (n : Nat) : f n = 0\n\n"
    lemma = "theorem t (n : Nat) : f n = 0 := by\n  induction n with\n  | zero => rfl\n  | succ m ih => exact ih\n"
    (result,) = (await shortened(lean_session, above + lemma, len(above))).results
    assert list(result.axioms) == ["magic"]
    assert result.message.endswith("It now rests on magic too.")


async def test_only_the_theorem_at_the_cursor_changes(lean_session: Session) -> None:
    one = "theorem one (a b : Nat) (h : a ≤ b) : a < b + 1 := by\n  have step := h\n  omega\n"
    text = f"{one}\n{one.replace('one', 'two')}\ntheorem three : 1 = 2 := sorry\n"
    finished = await shortened(
        lean_session, text.replace("\n", "\r\n"), text.index("two") + text[: text.index("two")].count("\n")
    )
    assert finished.text.startswith(one.replace("\n", "\r\n"))
    assert finished.text.count("step") == 1
    assert finished.text.endswith("theorem three : 1 = 2 := sorry\r\n")


async def test_who_found_it_is_still_told(lean_session: Session) -> None:
    text = "theorem told (a b : Nat) (h : a ≤ b) : a < b + 1 := by\n  sorry\n"
    request = ProveRequest(text=text, proposals=["have step := h\n  omega"], stages=())
    events = [event async for event in prove(request, Lender(lean_session), TOOLCHAIN, None)]
    assert isinstance(events[-1], Finished)
    [receipt] = ReceiptStore().within(events[-1].text)
    finished = await shortened(lean_session, events[-1].text)
    [after] = ReceiptStore().within(finished.text)
    assert (after.finder, after.command) == (receipt.finder, finished.text.rstrip("\n"))
    assert after.command[after.start : after.end] == finished.results[0].proof


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("theorem t : 1 = 1 := sorry\n", 0, "not finished"),
        ("theorem t : 1 = 2 := rfl\n", 0, "not finished"),
        ("def n := 1\n", 0, "no theorem at line 1"),
        ("theorem t : 1 = 1 := rfl\n", 99, "outside"),
        ("theorem t : Nat → True\n  | _ => trivial\n", 0, "not one term"),
        ("", 0, "no theorem"),
    ],
)
async def test_bad_requests(lean_session: Session, text: str, offset: int, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        await shortened(lean_session, text, offset)


async def test_what_the_gate_refuses_stays(lean_session: Session) -> None:
    text = "theorem t : 2 + 2 = 4 := by\n  native_decide\n"
    finished = await shortened(lean_session, text)
    assert finished.results[0].status is Status.UNDETERMINED
    assert finished.text == text


LONG = "theorem t (a b : Nat) (h : a ≤ b) : a < b + 1 := by\n  have step := h\n  omega\n"


@pytest.fixture
async def editor(daemon: Daemon, lean_folder: Path) -> AsyncIterator[Editor]:
    async with start_editor(lean_folder) as started:
        yield started


async def test_in_an_editor(editor: Editor, lean_folder: Path) -> None:
    uri = from_fs_path(str(lean_folder / "A.lean")) or ""
    editor.open(uri, "-- 😋\n" + LONG, "lean4")
    result: dict[str, Any] = await editor.command("turnstile.minimise", uri, "theorem")
    assert (result["status"], result["finder"], result["name"]) == ("proved", "minimise", "t")
    assert editor.texts[uri] == "-- 😋\ntheorem t (a b : Nat) (h : a ≤ b) : a < b + 1 := by\n  omega\n"
    again = await editor.command("turnstile.minimise", uri, "theorem")
    assert (again["status"], len(editor.edits)) == ("proved", 1)


async def test_on_the_command_line(daemon: Daemon, lean_folder: Path) -> None:
    file = lean_folder / "Minimised.lean"
    file.write_text(LONG)

    def turnstile(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "turnstile_lsp", "minimise", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert turnstile(str(file)).returncode == 2
    done = turnstile(f"{file}:1", "--write")
    assert done.returncode == 0, done.stderr
    assert "t: 10 characters instead of 27." in done.stdout
    assert file.read_text() == "theorem t (a b : Nat) (h : a ≤ b) : a < b + 1 := by\n  omega\n"
