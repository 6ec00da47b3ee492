"""The prover on a real Lean: examples, places, chains of lemmas, what must not be proved, and bad input."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.integration.lean_lender import Lender
from tests.unit.test_prover_holes import CASES, load
from turnstile_lsp.agents.errors import ImportsMissing, InvalidRequest
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Session, Toolchain
from turnstile_lsp.agents.prover.draft import Draft, targets
from turnstile_lsp.agents.prover.prove import prove
from turnstile_lsp.agents.prover.results import Finished, Found, HoleResult, Progress, ProveRequest, Status

EXAMPLES = Path(__file__).parents[2] / "examples"
TOOLCHAIN = Toolchain(command=("lean",), version="4.28.0", embedded=True)


async def run(session: Session, text: str, **options: Any) -> Finished:
    """Prove in `text`; the job's end."""
    request = ProveRequest(text=text, **{"budget": 20.0, **options})
    events = [event async for event in prove(request, Lender(session), TOOLCHAIN, None)]
    assert isinstance(events[-1], Finished)
    assert len([event for event in events if isinstance(event, Found)]) == len(events[-1].results)
    return events[-1]


async def run_one(session: Session, text: str, **options: Any) -> HoleResult:
    """Prove the only hole that is asked for."""
    (result,) = (await run(session, text, **options)).results
    return result


async def complaints(session: Session, text: str) -> list[str]:
    """Errors and warnings of a text, those about `sorry` and the linters' included."""
    messages = (await session.elaborate(text)).messages()
    return [message.text for message in messages if message.severity in ("error", "warning")]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
async def test_golden_places_are_verified_as_they_stand(lean_session: Session, path: Path) -> None:
    document, hole, _, case = load(path)
    elaboration = await lean_session.elaborate(document)
    (target,) = [each for each in targets(document, elaboration, ()) if each.hole.end == hole.end]
    assert (target.hole.kind, target.hole.end) == (hole.kind, hole.end)
    draft = Draft(document, elaboration)
    candidate = draft.candidate(target, case["tactics"], verbatim=False, heartbeats=None)
    verdict = await lean_session.check(draft.state(target), candidate)
    assert (verdict.judgement, verdict.remaining) == (Judgement.VERIFIED, case.get("remaining", 0)), verdict.reason
    draft.put(target, candidate.replacement, verdict.remaining)
    assert draft.text == case["after"]


async def test_all_examples_are_proved(lean_session: Session) -> None:
    text = (EXAMPLES / "Lemmas.lean").read_text("utf-8")
    finished = await run(lean_session, text, budget=60.0)
    assert [(result.name, result.status) for result in finished.results if result.status != Status.PROVED] == []
    assert len(finished.results) >= 8
    assert finished.rechecked
    assert "sorry" not in finished.text
    assert await complaints(lean_session, finished.text) == []
    for result in finished.results:
        assert text[result.start_offset : result.end_offset].strip() == "sorry"
        assert text.splitlines()[result.line - 1][result.column - 1 :].lstrip().startswith("sorry")
        assert result.finder is not None
        assert result.finder.startswith(("portfolio:", "search:"))


@pytest.mark.parametrize(
    "statement",
    [
        "(n : Nat) (h : 2 < n) : n * n + 1 = 2 * n",
        "(p q : Prop) : (p → q) → q → p",
        "(xs ys : List Nat) : xs ++ ys = ys ++ xs",
    ],
)
async def test_what_is_false_is_not_proved_and_ends_within_its_budget(lean_session: Session, statement: str) -> None:
    result = await run_one(lean_session, f"theorem t {statement} := by sorry\n", budget=2.5, stages=("portfolio",))
    assert result.status is Status.UNPROVED
    assert result.proof is None
    assert result.seconds < 5.0
    assert "more" in result.message


UNFINISHED = """opaque f : Nat → Nat

theorem f_zero : f 0 = 1 := sorry

theorem f_zero_add (n : Nat) : f 0 + n = 1 + n := by
  sorry
"""


async def test_a_lemma_that_rests_on_an_unfinished_one_is_undetermined(lean_session: Session) -> None:
    result = await run_one(
        lean_session, UNFINISHED, offsets=[UNFINISHED.index("f_zero_add")], proposals=["simp [f_zero]"], stages=()
    )
    assert (result.status, list(result.unfinished), result.proof) == (Status.UNDETERMINED, ["f_zero"], None)
    assert "f_zero" in result.message


CHAIN = """inductive Even : Nat → Prop where
  | zero : Even 0
  | add_two {n : Nat} : Even n → Even (n + 2)

theorem even_two : Even 2 := sorry

theorem even_four : Even 4 := sorry
"""


async def test_a_lemma_proved_in_the_same_run_is_finished(lean_session: Session) -> None:
    proposals = ["by exact .add_two .zero", "by exact .add_two even_two"]
    first, second = (await run(lean_session, CHAIN, proposals=proposals, stages=())).results
    assert (first.status, first.proof) == (Status.PROVED, proposals[0])
    assert (second.status, second.proof, list(second.unfinished)) == (Status.PROVED, proposals[1], [])


async def test_two_holes_in_one_lemma(lean_session: Session) -> None:
    text = "theorem t (a b : Nat) (h : a < b) : a ≤ b ∧ b ≠ a := ⟨sorry, by\n  sorry⟩\n"
    finished = await run(lean_session, text)
    assert [(result.status, result.remaining) for result in finished.results] == [
        (Status.PROVED, 1),
        (Status.PROVED, 0),
    ]
    alone = await run_one(lean_session, text, offsets=[text.rindex("sorry")])
    assert (alone.status, alone.remaining) == (Status.PROVED, 1)


async def test_a_lemmas_name_means_all_its_holes(lean_session: Session) -> None:
    text = "theorem t : True ∧ 1 = 1 := ⟨sorry, sorry⟩\n\ntheorem u : True := sorry\n"
    assert [result.name for result in (await run(lean_session, text, offsets=[text.index("t :")])).results] == [
        "t",
        "t",
    ]


async def test_a_broken_proof_is_a_hole(lean_session: Session) -> None:
    text = "theorem t (a b : Nat) : a + b = b + a := by\n  simp\n  rfl\n\nexample : 2 + 2 = 4 := by\n"
    finished = await run(lean_session, text)
    assert [(result.name, result.status) for result in finished.results] == [
        ("t", Status.PROVED),
        (None, Status.PROVED),
    ]
    assert await complaints(lean_session, finished.text) == []


async def test_the_shortest_proof(lean_session: Session) -> None:
    text = "theorem t (a b : Nat) (h : a = b) : a = b := by sorry\n"
    proposals = [" exact Eq.trans h rfl", " exact h", " assumption"]
    result = await run_one(lean_session, text, proposals=proposals, stages=(), shortest=True)
    assert result.proof == " exact h"
    assert (await run_one(lean_session, text, proposals=proposals, stages=())).proof == proposals[0]


async def test_proposals_are_judged_like_everything_else(lean_session: Session) -> None:
    text = "theorem t : 2 + 2 = 5 := by sorry\n"
    for proposal in (" rfl", " sorry", " exact lcProof", " native_decide"):
        assert (await run_one(lean_session, text, proposals=[proposal], stages=())).status is Status.UNPROVED


async def test_a_proof_that_disturbs_the_rest_is_taken_back(lean_session: Session) -> None:
    text = """theorem t : 2 + 2 = 4 := sorry

theorem u : 1 + 1 = 2 := by sorry

/-- info: 'u' depends on axioms: [sorryAx] -/
#guard_msgs in
#print axioms u
"""
    finished = await run(lean_session, text)
    first, second = finished.results
    assert (first.status, second.status, second.proof) == (Status.PROVED, Status.UNDETERMINED, None)
    assert len(finished.new_errors) == 1
    assert finished.new_errors[0].startswith("line 6")
    assert finished.new_errors[0] in second.message
    assert finished.text == text.replace("sorry\n", f"{first.proof}\n", 1)


async def test_errors_elsewhere_do_not_matter(lean_session: Session) -> None:
    text = "theorem broken : 1 = := rfl\n\n#eval nothing\n\ntheorem t (n : Nat) : n + 0 = n := sorry\n\n#check also_nothing\n"
    finished = await run(lean_session, text, offsets=[text.index("theorem t")])
    assert [result.status for result in finished.results] == [Status.PROVED]
    assert finished.new_errors == []


async def test_errors_behind_what_was_asked_for_are_seen_too(lean_session: Session) -> None:
    """Only what stands in front of a hole is elaborated before it is proved; the rest is compared all the same."""
    asked = "theorem asked (a b : Nat) : a + b = b + a := sorry\n"
    wrong = "theorem wrong : 1 = 2 := rfl\n"
    finished = await run(lean_session, asked + wrong, offsets=[0])
    assert [result.status for result in finished.results] == [Status.PROVED]
    assert (finished.new_errors, finished.rechecked) == ([], True)
    disturbed = "/--\ninfo: 'asked' depends on axioms: [sorryAx]\n-/\n#guard_msgs in\n#print axioms asked\n"
    finished = await run(lean_session, asked + disturbed + wrong, offsets=[0])
    assert [result.status for result in finished.results] == [Status.UNDETERMINED]
    assert "new error" in finished.results[0].message


async def test_a_statement_with_an_error_is_an_error(lean_session: Session) -> None:
    result = await run_one(lean_session, "theorem t (n : Nat) : n + Nat.nothing = n := sorry\n")
    assert result.status is Status.ERROR
    assert "Nat.nothing" in result.message


@pytest.mark.parametrize(
    "lemma",
    [
        "theorem t (n : Nat) : n + Nat.nothing = n := by sorry\n",
        "theorem t : 1 = 1 ∧ 2 = 3 := ⟨by sorry, undefined_thing⟩\n",
        "theorem t : 1 = 1 ∧ 2 = 3 := ⟨by sorry, (rfl : 1 = 1)⟩\n",
        "theorem t : (sorry : Prop) := by sorry\n",
    ],
)
async def test_a_lemma_with_an_error_of_its_own_is_never_verified(lean_session: Session, lemma: str) -> None:
    elaboration = await lean_session.elaborate(lemma)
    start = lemma.index("by sorry") + len("by ")
    (command,) = elaboration.commands
    for tactics in ("rfl", "trivial", "simp", "assumption"):
        candidate = Candidate(command=lemma[: command.end], start=start, end=start + 5, replacement=tactics)
        verdict = await lean_session.check(command.state, candidate)
        assert verdict.judgement is not Judgement.VERIFIED


async def test_what_the_gate_does_not_judge_is_undetermined(lean_session: Session) -> None:
    nested = "(" * 500 + "rfl" + ")" * 500
    result = await run_one(lean_session, "theorem t : 1 = 1 := sorry\n", proposals=[nested], stages=())
    assert result.status is Status.UNDETERMINED
    assert "deeply" in result.message


async def test_a_theorem_in_a_mutual_block_is_proved(lean_session: Session) -> None:
    text = "mutual\ntheorem t : 1 = 1 := sorry\ntheorem u : 2 = 2 := rfl\nend\n"
    assert (await run_one(lean_session, text, proposals=["rfl"], stages=())).status is Status.PROVED


async def test_data_is_not_proved(lean_session: Session) -> None:
    text = "def n : Nat := sorry\n\ninstance : Inhabited Bool := sorry\n"
    for result, title in zip((await run(lean_session, text)).results, ("n", "instance"), strict=True):
        assert (result.title, result.status) == (title, Status.UNDETERMINED)
        assert "data" in result.message


@pytest.mark.parametrize("header", ["import Mathlib\n", "import Nowhere.AtAll\n"])
async def test_imports_that_are_not_there(lean_session: Session, header: str) -> None:
    with pytest.raises(ImportsMissing) as raised:
        await run(lean_session, header + "\ntheorem t : True := sorry\n")
    assert header.split()[1] in raised.value.message


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("theorem t : True := trivial\n", {"offsets": [3]}, "Nothing is to be proved at line 1"),
        ("theorem t : True := sorry\n", {"offsets": [500]}, "outside"),
        ("theorem t : True := sorry\n", {"offsets": [-1]}, "outside"),
        ("theorem t : True := sorry\n", {"budget": 0.0}, "budget"),
        ("theorem t : True := sorry\n", {"stages": ["magic"]}, "magic"),
        ("theorem t : True := sorry\n" * 250_000, {}, "Split the file"),
        ("theorem t : True := sorry\0\n", {}, "binary"),
        ("theorem t (n : Nat) : n + := by\n  sorry\n", {}, "line 1 has an error; mend it first: unexpected token"),
    ],
)
async def test_bad_requests(lean_session: Session, text: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        await run(lean_session, text, **options)


async def test_nothing_to_prove(lean_session: Session) -> None:
    for text in ("", "-- nothing\n", "theorem t : True := trivial\n"):
        finished = await run(lean_session, text)
        assert (finished.text, list(finished.results), finished.rechecked) == (text, [], True)


@pytest.mark.parametrize("moment", ["elaborate", "search", "recheck"])
async def test_cancel_keeps_what_was_found(lean_session: Session, moment: str) -> None:
    text = "theorem t : 2 + 2 = 4 := by sorry\n\ntheorem u (p q : Prop) : (p → q) → q → p := by sorry\n"
    events = []
    request = ProveRequest(text=text, budget=3.0 if moment == "recheck" else 100.0)

    async def job() -> None:
        async for event in prove(request, Lender(lean_session), TOOLCHAIN, None):
            events.append(event)
            now = event.stage if isinstance(event, Progress) else ""
            if now == moment or (moment == "search" and isinstance(event, Progress) and event.hole == 1):
                task.cancel()

    task = asyncio.create_task(job())
    with pytest.raises(asyncio.CancelledError):
        await task
    statuses = [event.result.status for event in events if isinstance(event, Found)]
    match moment:
        case "elaborate":
            assert statuses == []
        case "search":
            assert statuses == [Status.PROVED, Status.CANCELLED]
        case "recheck":
            assert statuses[0] is Status.PROVED
            assert statuses[1] in (Status.UNPROVED, Status.REFUTED)
    if statuses:
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert not finished.rechecked
        assert finished.text.startswith(f"theorem t : 2 + 2 = 4 := by{finished.results[0].proof}\n")
