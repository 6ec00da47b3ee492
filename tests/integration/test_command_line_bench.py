"""`turnstile bench prove` on a small set: killed and gone on with, with samples of a model and without one."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.integration.scripted_model import NAME, scripted_model
from tests.integration.test_command_line_verify import turnstile
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.prover.store import default_file

PROBLEMS = (
    {"name": "easy", "split": "test", "formal_statement": "theorem easy (n : Nat) : n + 0 = n := by\n", "header": ""},
    {"name": "false", "split": "test", "formal_statement": "theorem no (n : Nat) : n < n :=", "header": "open Nat\n"},
    {"name": "other", "split": "valid", "formal_statement": "theorem other : True := by\n"},
)


def write_set(file: Path, *problems: dict[str, str]) -> Path:
    file.write_text("".join(json.dumps(problem) + "\n" for problem in problems))
    return file


def summary(folder: Path) -> Any:
    return json.loads((folder / "summary.json").read_text())


async def test_a_set_is_tried_and_a_killed_run_is_gone_on_with(daemon: Daemon, lean_folder: Path) -> None:
    file = write_set(lean_folder / "killed.jsonl", *PROBLEMS)
    results = lean_folder / "killed.results"
    arguments = ("bench", "prove", "--set", file, "--split", "test", "--budget", "30")
    command = (sys.executable, "-m", "turnstile_lsp", *map(str, arguments))
    first = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert first.stdout is not None
    assert b"1/2 easy: proved" in await first.stdout.readline()
    first.kill()
    await first.wait()
    before = (results / "results.jsonl").read_text()
    again = turnstile(*arguments)
    assert again.returncode == 0, again.stderr
    assert "easy: proved" not in again.stdout
    assert (results / "results.jsonl").read_text().startswith(before)
    assert summary(results)["status"] == {"proved": 1, "refuted": 1}
    assert (results / "solved.png").stat().st_size > 1000
    assert not default_file().exists(), "a measurement keeps nothing"


async def test_samples_are_judged_and_counted(daemon: Daemon, lean_folder: Path, tmp_path: Path) -> None:
    file = write_set(lean_folder / "samples.jsonl", {**PROBLEMS[0], "lean_version": "v4.9.0"})
    with scripted_model(["  simp\n```", "  rw [Nat.succ_add]\n```"]) as server:
        asked = ("bench", "prove", "--set", file, "--samples", "4", "--model", f"{server.url}#{NAME}", "--out")
        done = turnstile(*asked, tmp_path / "model")
        searched = turnstile(*asked, tmp_path / "search", "--algorithm", "rmaxts")
    assert (done.returncode, searched.returncode) == (0, 0), done.stderr + searched.stderr
    assert "the set was written for 4.9.0" in done.stderr
    assert summary(tmp_path / "model")["pass_at"] == {"1": 0.5, "2": 1 - 1 / 6, "4": 1.0}
    assert "simp" in (tmp_path / "model" / "results.jsonl").read_text()
    assert summary(tmp_path / "search")["pass_at"]["4"] == 1.0
    nowhere = ("--model", "http://127.0.0.1:9/v1#x", "--out", tmp_path / "gone")
    gone = turnstile(*asked[:4], "--budget", "5", *nowhere)
    assert (gone.returncode, gone.stderr.count("cannot be reached")) == (1, 1)


async def test_without_a_model_proofs_are_drawn_from_the_policy(
    daemon: Daemon, lean_folder: Path, tmp_path: Path
) -> None:
    file = write_set(
        lean_folder / "drawn.jsonl", PROBLEMS[0], {"name": "broken", "formal_statement": "theorem b : Nat.oops := by"}
    )
    judged = turnstile("bench", "prove", "--set", file, "--samples", "12", "--out", tmp_path / "judged")
    assert judged.returncode == 0, judged.stderr
    found = summary(tmp_path / "judged")
    assert (found["status"], found["stages"]) == ({"proved": 1, "error": 1}, {"search": 1})
    assert 0 < found["pass_at"]["1"] < found["pass_at"]["12"] == 0.5
    searched = turnstile(
        "bench",
        "prove",
        "--set",
        file,
        "--budget",
        "20",
        "--stages",
        "search",
        "--algorithm",
        "uct",
        "--out",
        tmp_path / "uct",
    )
    assert "easy: proved" in searched.stdout, searched.stderr
    assert summary(tmp_path / "uct")["stages"] == {"search": 1}
