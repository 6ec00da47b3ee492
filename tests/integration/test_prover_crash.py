"""Lean killed in the midst of a job: the next check is judged in the right state of a new process."""

from __future__ import annotations

import os
import signal

from tests.integration.lean_lender import Lender
from tests.warm_lean import embedded_toolchain
from turnstile_lsp.agents.lean.base import Judgement
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.prover.draft import Draft, targets
from turnstile_lsp.agents.prover.prove import prove
from turnstile_lsp.agents.prover.results import Finished, Found, ProveRequest, Status

TEXT = """def one : Nat := 1

theorem t : one = 1 := by sorry

def two : Nat := one + 1

theorem u : two = 3 := by sorry

theorem v : two = 2 := by sorry
"""


async def test_states_survive_a_killed_lean() -> None:
    session = LeanSession(embedded_toolchain())
    try:
        elaboration = await session.elaborate(TEXT)
        draft = Draft(TEXT, elaboration)
        assert session.pid is not None
        os.kill(session.pid, signal.SIGKILL)
        judgements = []
        for target in targets(TEXT, elaboration, ()):
            candidate = draft.candidate(target, "rfl", verbatim=False, heartbeats=None)
            verdict = await session.check(draft.state(target), candidate)
            if "stopped" in verdict.reason:  # the death is noticed by the request that meets it
                verdict = await session.check(draft.state(target), candidate)
            judgements.append(verdict.judgement)
        assert judgements == [Judgement.VERIFIED, Judgement.REJECTED, Judgement.VERIFIED]

        request = ProveRequest(
            text=TEXT, budget=60.0, stages=("portfolio",), offsets=[TEXT.index("theorem t"), TEXT.index("theorem v")]
        )
        statuses = []
        async for event in prove(request, Lender(session), session.toolchain, None):
            if isinstance(event, Found):
                statuses.append(event.result.status)
                if session.pid is not None:
                    os.kill(session.pid, signal.SIGKILL)
        assert isinstance(event, Finished)
        assert (statuses, event.rechecked) == ([Status.PROVED, Status.PROVED], True)
    finally:
        await session.close()
