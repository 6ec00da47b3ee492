"""The judge against a session that lies: claims that were made for something else, or by nobody."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.warm_lean import WarmLean

HONEST = ("theorem t : 2 + 2 = 4 := sorry", "rfl")
Claim = dict[str, Any]
VALUES: list[Any] = [10_000, 10**30, -1, "?", None, [], [3], [[]]]


class Court:
    """Claims and verdicts of the driver itself, past everything that a session does with them."""

    def __init__(self, lean: WarmLean, state: int) -> None:
        self._lean, self._state = lean, state

    async def claim(self, command: str, proof: str) -> Claim:
        """What an honest session claims."""
        claim: Claim = (await self._ask("check", command, proof))["claim"]
        return claim

    async def verdict(self, command: str, proof: str, claim: Claim) -> tuple[str, str]:
        said = await self._ask("judge", command, proof, claim=claim)
        return said["judgement"], said["reason"]

    async def _ask(self, operation: str, command: str, proof: str, **fields: Any) -> dict[str, Any]:
        before, hole, after = command.partition("sorry")
        start = len(before.encode())
        raw = await self._lean.ask(
            operation,
            self._state,
            original=command,
            candidate=before + proof + after,
            start=start,
            end=start + len(hole),
            new_end=start + len(proof.encode()),
            **fields,
        )
        return msgspec.json.decode(raw, type=dict[str, Any])


@pytest.fixture
async def court(lean_session: WarmLean) -> Court:
    elaboration = await lean_session.elaborate("axiom own : 2 + 2 = 5\ntheorem unfinished : 2 + 2 = 5 := sorry\n")
    return Court(lean_session, elaboration.end_state)


def added(claim: Claim, *row: Any) -> int:
    """The number of a row put behind the others."""
    claim["rows"].append(list(row))
    return len(claim["rows"]) - 1


def named(claim: Claim, *components: str) -> int:
    number = 0
    for component in components:
        number = added(claim, "ns", number, component)
    return number


async def test_an_honest_claim_is_verified(court: Court) -> None:
    assert await court.verdict(*HONEST, await court.claim(*HONEST)) == ("verified", "")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("theorem t : 2 + 2 = 5 := sorry", "It states something else."),
        ("theorem t : 4 = 2 + 2 := sorry", "It states something else."),
        ("theorem u : 2 + 2 = 5 := sorry", "Lean did not accept it."),
        ("def t : 2 + 2 = 4 := sorry", "What it fills is no proof: that is not judged."),
        ("theorem unfinished : 2 + 2 = 5 := sorry", "The statement has an error of its own."),
    ],
)
async def test_a_claim_for_another_statement_is_not_believed(court: Court, statement: str, reason: str) -> None:
    judgement, said = await court.verdict(statement, "rfl", await court.claim(*HONEST))
    assert (judgement != "verified", said) == (True, reason)


async def test_the_candidates_text_is_judged_too(court: Court) -> None:
    judgement, said = await court.verdict(HONEST[0], "by native_decide", await court.claim(*HONEST))
    assert judgement == "rejected"
    assert "native_decide" in said


async def test_a_proof_of_nothing_is_refused_by_the_kernel(court: Court) -> None:
    claim = await court.claim(*HONEST)
    claim["constants"][0][3] = added(claim, "c", named(claim, "True", "intro"))
    assert await court.verdict(*HONEST, claim) == ("rejected", "The kernel refuses `t.claimed.0`.")


async def test_a_claim_rests_on_what_it_rests_on(court: Court) -> None:
    five = "theorem t : 2 + 2 = 5 := sorry"
    claim = await court.claim(five, "own")
    assert (await court.verdict(five, "own", claim))[0] == "verified"
    claim["constants"][0][3] = added(claim, "c", named(claim, "unfinished"))
    assert (await court.verdict(five, "own", claim))[1] == "It depends on an unfinished lemma: unfinished."
    claim["constants"][0][3] = added(claim, "c", named(claim, "t"))
    assert (await court.verdict(five, "own", claim))[1] == "It rests on `sorry`."
    number, false = claim["constants"][0][2], added(claim, "c", named(claim, "Bool", "false"))
    sorry = added(claim, "a", added(claim, "c", named(claim, "sorryAx"), added(claim, "u")), number)
    claim["constants"][0][3] = added(claim, "a", sorry, false)
    claim["remaining"] = 1
    assert (await court.verdict(five, "own", claim))[1] == "It rests on `sorry`."
    claim["constants"][0][3] = added(claim, "c", named(claim, "lcProof"))
    assert (await court.verdict(five, "own", claim))[0] == "rejected"


async def test_holes_that_the_command_has_not_are_not_believed(court: Court) -> None:
    """A `sorry` may carry the label of another hole only where there is one."""
    claim = await court.claim("theorem t : 2 + 2 = 5 := @And.right (1 = 1) (2 + 2 = 5) ⟨sorry, sorry⟩", "rfl")
    assert claim["remaining"] == 1
    five = "theorem t : 2 + 2 = 5 := sorry"
    assert await court.verdict(five, "own", claim) == ("rejected", "It rests on `sorry`.")


async def test_other_constants_do_not_get_in(court: Court) -> None:
    claim = await court.claim(*HONEST)
    claim["foreign"] = [named(claim, "own", "axiom")]
    judgement, said = await court.verdict(*HONEST, claim)
    assert (judgement, said) == ("rejected", "It adds `own.axiom`, neither a theorem nor a safe definition.")
    claim["foreign"] = []
    claim["constants"].insert(0, [named(claim, "own"), *claim["constants"][0][1:]])
    assert await court.verdict(*HONEST, claim) == ("rejected", "It declares `own` again.")


def broken(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """The claim with one thing changed that no writer of ours would write."""
    for number, row in enumerate(claim["rows"]):
        for place in range(len(row)):
            for value in VALUES:
                changed = copy.deepcopy(claim)
                changed["rows"][number][place] = value
                yield f"row {number}, {place}: {value}", changed
    for name in ("rows", "constants", "foreign"):
        for value in VALUES:
            yield f"{name}: {value}", {**claim, name: value}


async def test_nothing_else_is_read_as_a_claim(court: Court) -> None:
    """False is never verified, whatever is claimed; and the judge lives on."""
    five, claim = "theorem t : 2 + 2 = 5 := sorry", await court.claim(*HONEST)
    passed = [what for what, changed in broken(claim) if (await court.verdict(five, "rfl", changed))[0] == "verified"]
    assert not passed
    assert (await court.verdict(*HONEST, claim))[0] == "verified"
