"""The measuring set's proofs, and the refutations of its false statements, checked by Lean."""

from __future__ import annotations

import pytest

from tests.core_theorems import Theorem, document, load
from tests.integration.test_prover import complaints, run_one
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Session, Verdict
from turnstile_lsp.agents.prover.results import Status


async def judged(session: Session, theorem: Theorem, replacement: str, *, negated: bool) -> Verdict:
    """The gate's verdict on the set's own proof."""
    command = (await session.elaborate(theorem.open_text)).commands[-1]
    (hole,) = command.holes
    assert list(hole.goals) == [theorem.goal]
    return await session.check(
        command.state,
        Candidate(
            command=theorem.open_text[command.start : command.end],
            start=hole.start - command.start,
            end=hole.end - command.start,
            replacement=replacement,
            negated=negated,
        ),
    )


@pytest.mark.timeout(400)
async def test_lean_accepts_every_proof(lean_session: Session) -> None:
    text = document([each for each in load() if each.true])
    messages = (await lean_session.elaborate(text, seconds=360.0)).messages()
    assert [message.text for message in messages if message.severity != "information"] == []


async def test_the_gate_accepts_them_too(lean_session: Session) -> None:
    for theorem in [each for each in load() if each.true][::15]:
        verdict = await judged(lean_session, theorem, theorem.proof.strip(), negated=False)
        assert verdict.judgement is Judgement.VERIFIED, (theorem.name, verdict.reason)


async def test_the_gate_accepts_every_refutation(lean_session: Session) -> None:
    for theorem in [each for each in load() if not each.true]:
        verdict = await judged(lean_session, theorem, theorem.proof.strip(), negated=True)
        assert verdict.judgement is Judgement.VERIFIED, (theorem.name, verdict.reason)


@pytest.mark.parametrize(
    "name",
    [
        "square_mod_three",
        "square_mod_eight",
        "reach_single",
        "dvd_add'",
        "square_inj",
        "surjective_of_comp",
        "iter_involution",
        "double_reverse",
        "foldl_eq_sum",
        "coins_three_five",
    ],
)
async def test_the_search_alone_proves(lean_session: Session, name: str) -> None:
    (theorem,) = [each for each in load() if each.name == name]
    result = await run_one(lean_session, theorem.open_text, stages=("search",), budget=120.0)
    assert (result.status, result.finder) == (Status.PROVED, "search:symbolic")
    assert await complaints(lean_session, theorem.header + theorem.formal_statement + f"  {result.proof}\n") == []


@pytest.mark.parametrize("name", ["min_add_max", "natAbs_triangle", "dist_symm"])
async def test_a_proof_that_is_small_only_because_its_parts_are_shared(lean_session: Session, name: str) -> None:
    (theorem,) = [each for each in load() if each.name == name]
    for _ in range(3):  # an answer of 88 kB, more than a pipe holds: a part of it was lost two times of three
        verdict = await judged(lean_session, theorem, theorem.proof.strip(), negated=False)
        assert verdict.judgement is Judgement.VERIFIED
