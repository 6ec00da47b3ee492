"""What snapshots are worth on a long file, and how many checks a second one and two sessions make."""

from __future__ import annotations

import asyncio
import os
import time

from tests.bench.report import Report, count, measure
from turnstile_lsp.agents.lean.base import Candidate, Command, Judgement
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.lean.toolchain import discover

LEMMA = "theorem last (a b : Nat) (h : a ≤ b) : a < b + 1 := by sorry"
CONTEXT = "\n".join(
    f"theorem step{number} (xs : List Nat) : (xs ++ [{number}]).length = xs.length + 1 := by\n  simp\n"
    for number in range(100)
)


async def snapshots(report: Report, short: bool) -> None:
    """A check in the state behind 300 lines, against elaborating the file again with the proof in it."""
    session = LeanSession(await discover(None, "", environment=os.environ, trusted=False))
    try:
        command = (await session.elaborate(f"{CONTEXT}\n{LEMMA}\n")).commands[-1]
        checks = [await _check(session, command, turn) for turn in range(10 if short else 40)]
        whole = []
        for turn in range(2 if short else 6):
            text = f"-- {turn}\n{CONTEXT}\n{LEMMA.replace('sorry', 'omega')}\n"
            started = time.perf_counter()
            elaboration = await session.elaborate(text)
            whole.append(time.perf_counter() - started)
            assert not elaboration.messages()
    finally:
        await session.close()
    ratios = [whole[turn % len(whole)] / seconds for turn, seconds in enumerate(checks)]
    report.add("lean.check_against_elaborating_the_file", measure(ratios, "ratio", ">= 20"))


async def throughput(report: Report, short: bool) -> None:
    """Checks a second of one session, and of two at once."""
    toolchain = await discover(None, "", environment=os.environ, trusted=False)
    sessions = [LeanSession(toolchain), LeanSession(toolchain)]
    try:
        commands = [(await session.elaborate(LEMMA + "\n")).commands[0] for session in sessions]
        for number in (1, 2):
            checks = 10 if short else 60
            started = time.perf_counter()
            work = zip(sessions[:number], commands, strict=False)
            await asyncio.gather(*(_checks(session, command, checks) for session, command in work))
            report.add(
                f"lean.checks_a_second_{number}", count(number * checks / (time.perf_counter() - started), "1/s")
            )
    finally:
        for session in sessions:
            await session.close()


async def _checks(session: LeanSession, command: Command, number: int) -> None:
    for turn in range(number):
        await _check(session, command, turn)


async def _check(session: LeanSession, command: Command, turn: int) -> float:
    """Seconds of one check that verifies; the candidates differ, so that none is known already."""
    hole = command.holes[0]
    start, end = hole.start - command.start, hole.end - command.start
    started = time.perf_counter()
    candidate = Candidate(command=LEMMA, start=start, end=end, replacement=f"/- {turn} -/ omega")
    verdict = await session.check(command.state, candidate)
    assert verdict.judgement is Judgement.VERIFIED, verdict
    return time.perf_counter() - started
