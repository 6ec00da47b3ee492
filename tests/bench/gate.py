"""The gate's counts: attacks that pass, honest proofs that do not."""

from __future__ import annotations

import os

from tests.bench.report import Report, count
from tests.integration.test_gate import DATA, verdicts
from turnstile_lsp.agents.lean.base import Judgement
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.lean.toolchain import discover


async def counts(report: Report, short: bool) -> None:
    """All of the tests' data; a short run leaves out nothing, since these counts decide."""
    session = LeanSession(await discover(None, "", environment=os.environ, trusted=False))
    found = {}
    try:
        for kind in ("attacks", "honest"):
            found[kind] = [
                verdict.judgement is Judgement.VERIFIED
                for path in sorted((DATA / kind).glob("*.lean"))
                async for _, verdict in verdicts(session, path)
            ]
    finally:
        await session.close()
    report.add("gate.attacks", count(len(found["attacks"]), "count", ">= 100"))
    report.add("gate.false_proofs_accepted", count(sum(found["attacks"]), "count", "<= 0"))
    report.add("gate.honest_proofs", count(len(found["honest"]), "count", ">= 40"))
    report.add("gate.honest_proofs_refused", count(found["honest"].count(False), "count", "<= 0"))
