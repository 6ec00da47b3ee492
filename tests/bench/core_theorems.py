"""The set of core theorems: how many the default `prove` closes with no model, how fast, by which stage; how many of the
false ones it refutes; and `try?` alone with the same time for each. A whole run tells the same of the fresh part."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

from tests.bench.prove import closes_alone
from tests.bench.report import Report, count, measure, proportion
from tests.core_theorems import Theorem, load
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.results import Finished, HoleResult, ProveRequest, Status

BUDGET = 30.0
SHORT = 12
"""In a short run, every so many-th statement of the held-out half."""
LEAST_FOR_TRY = 1.0
"""Seconds that `try?` has at least."""


async def core_theorems(report: Report, short: bool) -> None:
    """The held-out half, each statement in a document of its own, on a warm Lean."""
    daemon = await Daemon.connect()
    try:
        results = await _tell(report, "core_theorems.", daemon, _part("test")[:: SHORT if short else 1])
        if not short:
            await _tell(report, "core_theorems.fresh_", daemon, _part("fresh"))
            closed = [await _try_alone(daemon, theorem, result) for theorem, result in results if theorem.true]
            seconds = [each for each in closed if each is not None]
            report.add("core_theorems.try_alone", proportion(len(seconds), len(closed)))
            report.add("core_theorems.try_alone_seconds", measure(seconds, "s"))
            report.add("core_theorems.try_alone_seconds_p90", measure(seconds, "s", share=0.9))
    finally:
        await daemon.close()


def _part(split: str) -> list[Theorem]:
    return [each for each in load() if each.split == split]


async def _tell(
    report: Report, prefix: str, daemon: Daemon, theorems: Sequence[Theorem]
) -> list[tuple[Theorem, HoleResult]]:
    """The counts only, never of which statement: the results are for the caller."""
    results = [(each, await _prove(daemon, each)) for each in theorems]
    _tell_true(report, prefix, [(theorem, result) for theorem, result in results if theorem.true])
    _tell_false(report, prefix, [(theorem, result) for theorem, result in results if not theorem.true])
    return results


def _tell_true(report: Report, prefix: str, results: Sequence[tuple[Theorem, HoleResult]]) -> None:
    proved = [result for _, result in results if result.status is Status.PROVED]
    upper = [result.status is Status.PROVED for theorem, result in results if theorem.level >= 3]
    seconds = [result.seconds for _, result in results]
    report.add(f"{prefix}proved", proportion(len(proved), len(results), ">= 0.9"))
    report.add(f"{prefix}proved_upper_levels", proportion(sum(upper), len(upper), ">= 0.75"))
    report.add(f"{prefix}seconds", measure(seconds, "s", "<= 2"))
    report.add(f"{prefix}seconds_p90", measure(seconds, "s", "<= 20", 0.9))
    wrong = [theorem for theorem, result in results if result.status is Status.REFUTED]
    report.add(f"{prefix}true_refuted", count(len(wrong), "count", "== 0"))
    stages = Counter((result.finder or "").partition(":")[0] for result in proved)
    for stage, number in sorted(stages.items()):
        report.add(f"{prefix}proved_by_{stage}", count(number, "theorems"))


def _tell_false(report: Report, prefix: str, results: Sequence[tuple[Theorem, HoleResult]]) -> None:
    refuted = [result for _, result in results if result.status is Status.REFUTED]
    report.add(f"{prefix}refuted", proportion(len(refuted), len(results), ">= 0.9"))
    report.add(f"{prefix}refuted_seconds", measure([result.seconds for result in refuted], "s", "<= 2"))
    wrong = [theorem for theorem, result in results if result.status is Status.PROVED]
    report.add(f"{prefix}false_proved", count(len(wrong), "count", "== 0"))


async def _prove(daemon: Daemon, theorem: Theorem) -> HoleResult:
    """The default `prove`; nothing is learned from one statement to the next."""
    job = await daemon.prove(ProveRequest(text=theorem.open_text, budget=BUDGET, remember=False))
    async for event in daemon.attach(job):
        if isinstance(event, Finished):
            return event.results[-1]
    raise AssertionError("a job ends with Finished")


async def _try_alone(daemon: Daemon, theorem: Theorem, result: HoleResult) -> float | None:
    """How fast `try?` closes it, if it does in the time that `prove` took."""
    session = await daemon.lean().session(await discover(None, "", environment=os.environ, trusted=False), "")
    try:
        command = (await session.elaborate(theorem.open_text)).commands[-1]
        hole = command.holes[-1]
        seconds = max(LEAST_FOR_TRY, result.seconds)
        return await closes_alone(session, theorem.open_text, command, hole.start, hole.end, seconds)
    finally:
        await session.close()
