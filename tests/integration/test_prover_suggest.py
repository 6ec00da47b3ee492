"""Suggested tactics have run in a real Lean, and say what they leave."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.integration.lean_lender import Lender
from tests.integration.scripted_model import ScriptedModel, scripted_model
from tests.integration.test_prover import TOOLCHAIN, complaints
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.prover import policy
from turnstile_lsp.agents.prover.results import Finished, ProveRequest, Suggested
from turnstile_lsp.agents.prover.spot import find
from turnstile_lsp.agents.prover.suggest import at_spot, suggest

LEMMA = "theorem t (xs : List Nat) : xs ++ [] = [] ++ xs := by\n  sorry\n"
SPLIT = "theorem t (p q : Prop) (hp : p) (hq : p → q) : p ∧ q := by\n  sorry\n"


async def suggested(
    session: Session, text: str, server: ScriptedModel | None = None, **options: Any
) -> list[Suggested]:
    request = ProveRequest(text=text, **{"budget": 15.0, "suggestions": 6, **options})
    engine = server.engine() if server is not None else None
    events = [event async for event in suggest(request, Lender(session), TOOLCHAIN, engine)]
    assert isinstance(events[-1], Finished)
    if engine is not None:
        await engine.close()
    return [event for event in events if isinstance(event, Suggested)]


def put_in(text: str, each: Suggested) -> str:
    return text[: each.start_offset] + each.replacement + text[each.end_offset :]


async def test_a_tactic_that_closes_the_goal_proves_the_lemma(lean_session: Session) -> None:
    found = await suggested(lean_session, LEMMA, suggestions=2)
    closing = [each for each in found if not each.goals]
    assert closing
    assert await complaints(lean_session, put_in(LEMMA, closing[0])) == []
    assert len({tuple(each.goals) for each in found}) == len(found), "each leaves something else"


async def test_what_remains_is_what_lean_says(lean_session: Session) -> None:
    found = await suggested(lean_session, SPLIT, suggestions=12)
    (constructor,) = [each for each in found if each.tactic == "constructor"]
    assert [goal.partition("⊢ ")[2] for goal in constructor.goals] == ["p", "q"]
    elaboration = await lean_session.elaborate(put_in(SPLIT, constructor))
    (error,) = [message for message in elaboration.messages() if message.severity == "error"]
    assert "unsolved goals" in error.text


async def test_what_the_model_says_is_run_too(lean_session: Session) -> None:
    """Of its alternatives the one is shown that worked."""
    witness = "theorem t : ∃ n : Nat, n * n = 1369 := by\n  sorry\n"
    with scripted_model(["refine ⟨37, ?_⟩ <;> first | contradiction | rfl\n", "exact nonsense\n"]) as server:
        found = await suggested(lean_session, witness, server, suggestions=30, model=server.name, budget=8.0)
    (closing,) = [each for each in found if not each.goals]
    assert (closing.tactic, closing.finder) == ("refine ⟨37, ?_⟩ <;> rfl", f"model:{server.name}")
    assert not any("nonsense" in each.tactic for each in found)


async def test_searching_tactics_are_replaced_by_what_they_find(lean_session: Session) -> None:
    found = await suggested(lean_session, LEMMA, suggestions=40)
    assert [each.tactic for each in found if each.tactic.split()[0].endswith("?")] == []


async def test_only_so_much_of_a_look_up_is_shown_and_nothing_of_it_where_it_has_to_be_quick(
    lean_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = policy.load()
    move = policy.Move(text="apply?", cost=1.0, offers=3)
    monkeypatch.setattr(policy, "load", lambda: replace(shipped, moves=[move]))
    text = "theorem t (a b n : Nat) (h : a % n = b % n) : n ∣ a - b := by\n  sorry\n"
    for quick in (False, True):
        spot = await find(lean_session, text, None)
        found = at_spot(spot, lean_session, ProveRequest(text=text, budget=15.0), None, quick=quick)
        offered = [each.tactic async for each in found if each.finder == "policy:apply?"]
        assert len(offered) == (0 if quick else 3)
        assert all(each.startswith("refine ") for each in offered)


async def test_a_place_without_a_goal_is_an_error(lean_session: Session) -> None:
    with pytest.raises(InvalidRequest):
        await suggested(lean_session, "theorem t : True := trivial\n", offsets=[3])


@pytest.mark.parametrize(
    ("text", "tactic", "remains", "stands"),
    [
        (SPLIT.replace("sorry", "|"), "constructor", ["p", "q"], SPLIT.replace("sorry", "constructor")),
        (
            SPLIT.replace("sorry", "constructor\n|"),
            "assumption",
            ["q"],
            SPLIT.replace("sorry", "constructor\n  assumption"),
        ),
        (
            SPLIT.replace("sorry", "constructor\n  · |\n  · exact hq hp"),
            "assumption",
            [],
            SPLIT.replace("sorry", "constructor\n  · assumption\n  · exact hq hp"),
        ),
        (
            "def a := 1\r\n" + SPLIT.replace("sorry", "constructor|").replace("\n", "\r\n"),
            "assumption",
            ["q"],
            "def a := 1\r\n" + SPLIT.replace("sorry", "constructor\n  assumption").replace("\n", "\r\n"),
        ),
    ],
)
async def test_a_cursor_in_a_tactic_block_is_a_place(
    lean_session: Session, text: str, tactic: str, remains: list[str], stands: str
) -> None:
    offset = text.index("|")
    without = text.replace("|", "")
    found = await suggested(lean_session, without, offsets=[offset])
    [each] = [each for each in found if each.tactic == tactic]
    assert [goal.partition("⊢ ")[2] for goal in each.goals] == remains
    assert each.verified is (tactic == "assumption")
    assert put_in(without, each) == stands


async def test_where_the_lemma_has_an_error_elsewhere_something_remains(lean_session: Session) -> None:
    text = SPLIT.replace("sorry", "constructor\n  · |\n  · exact hp")
    found = await suggested(lean_session, text.replace("|", ""), offsets=[text.index("|")])
    assert {each.remaining for each in found if each.verified} == {1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("theorem t : 1 = 1 := by\n  rfl|\n", "no goal at line 2"),
        ("theorem t : 1 = 1 := by\n  -- sor|ry\n  rfl", "comment"),
        ("def a| := 1\n", "no goal at line 1"),
        ("|", "no goal at line 1"),
        (SPLIT.replace("sorry", "constructor\n  |· \n  · exact hq hp"), "no goal at line 3"),
    ],
)
async def test_what_is_no_place_is_said(lean_session: Session, text: str, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        await suggested(lean_session, text.replace("|", ""), offsets=[text.index("|")])
