"""`turnstile bench prove` on a small set, interrupted and gone on with."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.scripted_model import NAME, scripted_model
from tests.integration.test_command_line_verify import turnstile
from turnstile_lsp.agents.daemon.client import Daemon

PROBLEMS = (
    {"name": "easy", "split": "test", "formal_statement": "theorem easy (n : Nat) : n + 0 = n := by\n", "header": ""},
    {"name": "false", "split": "test", "formal_statement": "theorem no (n : Nat) : n < n :=", "header": "open Nat\n"},
    {"name": "other", "split": "valid", "formal_statement": "theorem other : True := by\n"},
)


async def test_a_set_is_tried_and_what_is_done_is_not_done_again(daemon: Daemon, tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text("".join(json.dumps(problem) + "\n" for problem in PROBLEMS))
    arguments = ("bench", "prove", "--set", file, "--split", "test", "--budget", "30")
    first = turnstile(*arguments)
    assert first.returncode == 0, first.stderr
    assert "1/2 easy: proved" in first.stdout
    summary = json.loads((tmp_path / "set.results" / "summary.json").read_text())
    assert (summary["problems"], summary["solved"]) == (2, 1)
    again = turnstile(*arguments)
    assert "easy: proved" not in again.stdout
    other = turnstile(*arguments[:-1], "31")
    assert other.returncode == 2
    assert "--out" in other.stderr


async def test_samples_of_a_model_are_judged_and_counted(daemon: Daemon, tmp_path: Path) -> None:
    file, out = tmp_path / "set.jsonl", tmp_path / "runs" / "one"
    file.write_text(json.dumps(PROBLEMS[0]) + "\n")
    with scripted_model(["  simp\n```", "  rw [Nat.succ_add]\n```"]) as server:
        arguments = ("bench", "prove", "--set", file, "--samples", "4", "--model", f"{server.url}#{NAME}", "--out", out)
        done = turnstile(*arguments)
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text())
    assert summary["pass_at"] == {"1": 0.5, "2": 1 - 1 / 6, "4": 1.0}
    assert "simp" in (out / "results.jsonl").read_text()
    no_model = turnstile("bench", "prove", "--set", file, "--samples", "4", "--out", tmp_path / "other")
    assert no_model.returncode == 2
    assert "--model" in no_model.stderr
