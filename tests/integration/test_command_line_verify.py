"""`turnstile prove --write`, then `receipts` and `verify`, as typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from turnstile_lsp.agents.daemon.client import Daemon


def turnstile(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "turnstile_lsp", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


async def test_a_proof_made_here_is_verified_with_its_receipt(daemon: Daemon, lean_folder: Path) -> None:
    file, receipts = lean_folder / "Verified.lean", lean_folder / "Verified.receipts.jsonl"
    file.write_text(
        "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry\n\ntheorem open_one : 1 = 2 := by sorry\n"
    )
    assert turnstile("prove", f"{file}:1", "--write").returncode == 0
    printed = turnstile("receipts", file)
    assert printed.returncode == 0
    receipts.write_text(printed.stdout)

    whole = turnstile("verify", file)
    assert whole.returncode == 1
    assert ":1: swap: verified, found by " in whole.stdout
    assert ":3: open_one: not verified" in whole.stdout
    assert "Lean verified 1 of 2 proofs anew" in whole.stdout

    replayed = turnstile("verify", file, "--receipts", receipts)
    assert replayed.returncode == 0, replayed.stderr
    assert "No language model took part" in replayed.stdout


def test_what_is_no_receipt_is_said(tmp_path: Path) -> None:
    file, receipts = tmp_path / "A.lean", tmp_path / "bad.jsonl"
    file.write_text("example : True := trivial\n")
    receipts.write_text("{}\n")
    answer = turnstile("verify", file, "--receipts", receipts)
    assert answer.returncode == 2
    assert "no receipt" in answer.stderr
    assert turnstile("receipts", file).returncode == 1
