"""The embedded Lean: its start and memory, and checks in a warm session against a process for each check."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

from tests.bench.first_patches import with_first_patches
from tests.bench.report import Report, measure
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Toolchain
from turnstile_lsp.agents.lean.embedded import installed
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.lean.toolchain import discover

THEOREM = "theorem bench (a b : Nat) (h : a ≤ b) : a < b + 1 := by sorry\n"


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
    """Checks a second: the gate in a warm session, against `lean FILE` for each check."""
    session = LeanSession(await discover(None, "", environment=os.environ, trusted=False))
    try:
        command = (await session.elaborate(THEOREM)).commands[0]
        hole = command.holes[0]
        warm = []
        for turn in range(10 if short else 60):
            candidate = Candidate(
                command=THEOREM.strip(), start=hole.start, end=hole.end, replacement=f"/- {turn} -/ omega"
            )
            started = time.perf_counter()
            verdict = await session.check(command.state, candidate)
            warm.append(time.perf_counter() - started)
            assert verdict.judgement is Judgement.VERIFIED, verdict
    finally:
        await session.close()
    cold = [await _one_process() for _ in range(1 if short else 4)]
    report.add("lean.warm_check", measure([1000 * seconds for seconds in warm], "ms"))
    report.add("lean.process_for_each_check", measure(cold, "s"))
    ratios = [cold[turn % len(cold)] / seconds for turn, seconds in enumerate(warm)]
    report.add("lean.warm_against_process", measure(ratios, "ratio", ">= 50"))


async def _one_process() -> float:
    """Seconds of one whole `lean FILE`."""
    lean = installed()
    assert lean is not None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Bench.lean"
        file.write_text(THEOREM.replace("sorry", "omega"))
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(*lean.command, str(file), cwd=folder)
        assert await process.wait() == 0
        return time.perf_counter() - started
