"""Lemmas of `examples/`: how many are proved, how fast, against `try?` alone; and the whole command `turnstile prove`."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

from tests.bench.report import Report, count, measure
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.lean.base import Candidate, Command, Judgement, Session
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.results import Finished, HoleResult, ProveRequest, Status

ROOT = Path(__file__).resolve().parents[2]
LEMMAS = ROOT / "examples/Lemmas.lean"
TURNSTILE = str(ROOT / ".venv/bin/turnstile")


async def examples(report: Report, short: bool) -> None:
    """Proved lemmas and their median time on a warm Lean; then `try?` alone with the same time for each."""
    daemon = await Daemon.connect()
    try:
        text = LEMMAS.read_text(encoding="utf-8")
        await _prove(daemon, text)
        results = (await _prove(daemon, text)).results
        proved = [result for result in results if result.status is Status.PROVED]
        report.add("prove.lemmas", count(len(results), "lemmas"))
        report.add("prove.not_proved", count(len(results) - len(proved), "count", "== 0"))
        report.add("prove.lemma_seconds", measure([result.seconds for result in proved], "s", "<= 1"))
        if not short:
            report.add("prove.try_alone", count(await _try_alone(daemon, text, results), "lemmas"))
    finally:
        await daemon.close()


async def _prove(daemon: Daemon, text: str) -> Finished:
    """One job, to its end."""
    job = await daemon.prove(ProveRequest(text=text, budget=20.0))
    async for event in daemon.attach(job):
        if isinstance(event, Finished):
            return event
    raise AssertionError("a job ends with Finished")


async def _try_alone(daemon: Daemon, text: str, results: list[HoleResult]) -> int:
    """How many `try?` closes: its suggestions go through the gate within a second or the time that we took, if longer."""
    session = await daemon.lean().session(await discover(None, "", environment=os.environ, trusted=False), "")
    try:
        elaboration = await session.elaborate(text)
        closed = 0
        for command in elaboration.commands:
            for hole in command.holes:
                taken = next((result.seconds for result in results if result.start_offset == hole.start), 0.0)
                found = await closes_alone(session, text, command, hole.start, hole.end, max(1.0, taken))
                closed += found is not None
        return closed
    finally:
        await session.close()


async def closes_alone(
    session: Session, text: str, command: Command, start: int, end: int, seconds: float
) -> float | None:
    """After how many seconds `try?` or one of its suggestions is verified, None where that takes longer than `seconds`."""
    source, began = text[command.start : command.end], time.perf_counter()
    waiting, deadline = ["try?"], began + seconds
    while waiting and (left := deadline - time.perf_counter()) > 0:
        place = {"command": source, "start": start - command.start, "end": end - command.start}
        verdict = await session.check(
            command.state, Candidate(**place, replacement=waiting.pop(0), seconds=max(left, 0.1))
        )
        if verdict.judgement is Judgement.VERIFIED:
            return time.perf_counter() - began
        waiting += verdict.suggestions
    return None


async def command(report: Report, short: bool) -> None:
    """`turnstile prove FILE:LINE --json` on a warm daemon: the whole command less the proof's own seconds."""
    line = 1 + LEMMAS.read_text().split("\n").index(
        next(t for t in LEMMAS.read_text().split("\n") if t.startswith("theorem"))
    )
    beyond = []
    for turn in range(4 if short else 12):
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            TURNSTILE, "prove", f"{LEMMAS}:{line}", "--json", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        seconds = time.perf_counter() - started
        if turn:
            beyond.append(seconds - json.loads(output.splitlines()[0])["seconds"])
    report.add("prove.command_beyond_proof", measure(beyond, "s", "<= 1"))
