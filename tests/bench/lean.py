"""The embedded Lean: its start and memory, and checks in a warm session against a process for each check."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

from tests.bench.first_patches import with_first_patches
from tests.bench.report import Report, measure
from turnstile_lsp.agents.lean.base import Candidate, Command, Judgement, Toolchain
from turnstile_lsp.agents.lean.embedded import installed
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.lean.toolchain import discover

THEOREM = "theorem bench (a b : Nat) (h : a ≤ b) : a < b + 1 := by sorry\n"
PROOFS = {"term": "exact Nat.lt_succ_of_le h", "simp": "simp [Nat.lt_succ_iff, h]", "omega": "omega"}
WRONG = "exact h"


async def start(report: Report, short: bool) -> None:
    """Seconds until the driver is ready, and the resident memory then; and the same as the package has it, with the
    driver elaborated at the start."""
    lean = installed()
    assert lean is not None
    toolchain = await discover(None, "", environment=os.environ, trusted=False)
    await _one_start(toolchain)  # compiles the driver where the cache does not have it
    starts = [await _one_start(toolchain) for _ in range(1 if short else 5)]
    report.add("lean.start", measure([seconds for seconds, _ in starts], "s", "<= 8"))
    report.add("lean.memory_when_ready", measure([megabytes for _, megabytes in starts], "MB", "<= 1800"))
    with tempfile.TemporaryDirectory() as folder:
        command = with_first_patches(lean, Path(folder) / "lean")
        seconds, megabytes = await _one_start(Toolchain(command=command, version=lean.version))
    report.add("lean.start_with_first_patches", measure([seconds], "s"))
    report.add("lean.memory_with_first_patches", measure([megabytes], "MB"))


async def _one_start(toolchain: Toolchain) -> tuple[float, float]:
    """Seconds and resident megabytes."""
    session = LeanSession(toolchain)
    started = time.perf_counter()
    await session.start()
    seconds, megabytes = time.perf_counter() - started, session.memory() / 1e6
    await session.close()
    return seconds, megabytes


async def checks(report: Report, short: bool) -> None:
    """Checks a second: the gate in a warm session, the judge's verdict included, against `lean FILE` for each check."""
    session = LeanSession(await discover(None, "", environment=os.environ, trusted=False))
    warm: dict[str, list[float]] = {}
    try:
        command = (await session.elaborate(THEOREM)).commands[0]
        await _one_check(session, command, PROOFS["term"], -1)  # the judge starts
        for turn in range(5 if short else 20):
            for name, proof in {**PROOFS, "wrong": WRONG}.items():
                warm.setdefault(name, []).append(await _one_check(session, command, proof, turn))
    finally:
        await session.close()
    cold = {name: await _one_process(proof) for name, proof in PROOFS.items() for _ in range(1 if short else 3)}
    for name, seconds in warm.items():
        report.add(f"lean.warm_check_{name}", measure([1000 * each for each in seconds], "ms"))
    report.add("lean.process_for_each_check", measure(list(cold.values()), "s"))
    ratios = [cold[name] / seconds for name in PROOFS for seconds in warm[name]]
    report.add("lean.warm_against_process", measure(ratios, "ratio", ">= 50"))


async def _one_check(session: LeanSession, command: Command, proof: str, turn: int) -> float:
    """Seconds. No candidate is like another."""
    hole = command.holes[0]
    candidate = Candidate(command=THEOREM.strip(), start=hole.start, end=hole.end, replacement=f"/- {turn} -/ {proof}")
    started = time.perf_counter()
    verdict = await session.check(command.state, candidate)
    seconds = time.perf_counter() - started
    assert verdict.judgement is (Judgement.REJECTED if proof == WRONG else Judgement.VERIFIED), verdict
    return seconds


async def _one_process(proof: str) -> float:
    """Seconds of one whole `lean FILE`."""
    lean = installed()
    assert lean is not None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Bench.lean"
        file.write_text(THEOREM.replace("sorry", proof))
        started = time.perf_counter()
        silent = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *lean.command, str(file), cwd=folder, stdout=silent, stderr=silent
        )
        assert await process.wait() == 0
        return time.perf_counter() - started
