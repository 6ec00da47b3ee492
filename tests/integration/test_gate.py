"""The gate against candidates that must not pass, and against honest ones that must."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from turnstile_lsp.agents.lean.base import Candidate, Judgement, Session, Verdict

DATA = Path(__file__).parents[1] / "data" / "gate"
TITLE, REASON = "--- ", "--- says: "
OPEN, CLOSE = "⟪", "⟫"


class Case(msgspec.Struct, frozen=True):
    """A command with a marked hole. `says`: what the reason for the refusal must contain."""

    title: str
    says: str
    text: str

    def candidate(self) -> Candidate:
        before, rest = self.text.split(OPEN)
        replacement, after = rest.split(CLOSE)
        return Candidate(
            command=f"{before}sorry{after}",
            start=len(before),
            end=len(before) + len("sorry"),
            replacement=replacement,
        )


def read_cases(path: Path) -> tuple[str, list[Case]]:
    """The text that stands before each case, and the cases of a file."""
    prelude, *blocks = path.read_text(encoding="utf-8").split(f"\n{TITLE}")
    if prelude.startswith(TITLE):
        prelude, blocks = "", [prelude.removeprefix(TITLE), *blocks]
    cases: list[Case] = []
    for block in blocks:
        if block.startswith("says: "):
            cases[-1] = msgspec.structs.replace(cases[-1], says=block.partition("\n")[0].removeprefix("says: "))
            cases[-1] = msgspec.structs.replace(cases[-1], text=block.partition("\n")[2].strip("\n"))
        else:
            title, _, text = block.partition("\n")
            cases.append(Case(title=title, says="", text=text.strip("\n")))
    return prelude, cases


async def verdicts(session: Session, path: Path) -> AsyncIterator[tuple[Case, Verdict]]:
    """The cases of a file with the gate's verdicts."""
    prelude, cases = read_cases(path)
    elaboration = await session.elaborate(prelude)
    assert not [message for message in elaboration.messages() if message.severity == "error"]
    for case in cases:
        yield case, await session.check(elaboration.end_state, case.candidate())


def said(case: Case, verdict: Verdict) -> str:
    return f"{case.title} {verdict.judgement}: {verdict.reason}"


@pytest.mark.parametrize("path", sorted((DATA / "attacks").glob("*.lean")), ids=lambda path: path.stem)
async def test_attacks_are_never_verified(lean_session: Session, path: Path) -> None:
    passed = [
        said(case, verdict)
        async for case, verdict in verdicts(lean_session, path)
        if verdict.judgement is Judgement.VERIFIED or case.says not in verdict.reason
    ]
    assert not passed, "\n".join(passed)


@pytest.mark.parametrize("path", sorted((DATA / "honest").glob("*.lean")), ids=lambda path: path.stem)
async def test_honest_proofs_are_verified(lean_session: Session, path: Path) -> None:
    refused = [
        said(case, verdict)
        async for case, verdict in verdicts(lean_session, path)
        if verdict.judgement is not Judgement.VERIFIED
    ]
    assert not refused, "\n".join(refused)


UNFINISHED = """theorem base : 1 = 2 := sorry
theorem through : 2 = 1 := base.symm
axiom own : 5 = 6
variable (p : Prop) (hp : p)
"""


def case(text: str) -> Candidate:
    return Case(title="", says="", text=text).candidate()


@pytest.fixture
async def state(lean_session: Session) -> int:
    return (await lean_session.elaborate(UNFINISHED)).end_state


async def test_axioms_are_those_that_the_proof_rests_on(lean_session: Session, state: int) -> None:
    verdict = await lean_session.check(state, case("theorem t : p ∨ ¬p := ⟪(Classical.choice ⟨Classical.em p⟩)⟫"))
    assert (verdict.judgement, verdict.axioms) == (Judgement.VERIFIED, ["Classical.choice"])
    verdict = await lean_session.check(state, case("theorem t : 6 = 5 := ⟪own.symm⟫"))
    assert (verdict.judgement, verdict.axioms) == (Judgement.VERIFIED, ["own"])


async def test_unfinished_lemmas_are_named_however_far_they_are(lean_session: Session, state: int) -> None:
    verdict = await lean_session.check(state, case("theorem t : 2 = 1 := ⟪through⟫"))
    assert (verdict.judgement, verdict.unfinished) == (Judgement.UNDETERMINED, ["base"])


async def test_other_holes_of_the_command_remain(lean_session: Session, state: int) -> None:
    text = (
        "theorem t (q : Prop) (hq : q) : p ∧ q ∧ p := by\n  refine ⟨?_, ?_, ?_⟩\n  · sorry\n  · ⟪exact hq⟫\n  · sorry"
    )
    verdict = await lean_session.check(state, case(text))
    assert (verdict.judgement, verdict.remaining, verdict.unfinished) == (Judgement.VERIFIED, 2, [])


async def test_goals_that_are_left_are_told(lean_session: Session, state: int) -> None:
    verdict = await lean_session.check(state, case("theorem t (q : Prop) : q ∧ True := by\n  ⟪constructor⟫"))
    assert verdict.judgement is Judgement.REJECTED
    assert verdict.goals == ["case left\nq : Prop\n⊢ q", "case right\nq : Prop\n⊢ True"]


@pytest.mark.parametrize(
    ("text", "suggestions"),
    [
        (
            "theorem t (a b : Nat) (h : a ≤ b) : a < b + 1 ∧ True := by\n  ⟪constructor\n  · exact?\n  · trivial⟫",
            ["constructor\n  · exact Nat.lt_succ_of_le h\n  · trivial"],
        ),
        ("theorem t (a : Nat) : a + 0 = a := ⟪by simp?⟫", ["by simp only [Nat.add_zero]"]),
        (
            "theorem t (a b : Nat) (h : a = b) : a + 0 = b ∧ True := by\n  ⟪constructor\n  · simp? [h]\n  · trivial⟫",
            ["constructor\n  · simp only [h, Nat.add_zero]\n  · trivial"],
        ),
    ],
)
async def test_suggestions_are_whole_replacements_that_hold(
    lean_session: Session, state: int, text: str, suggestions: list[str]
) -> None:
    verdict = await lean_session.check(state, case(text))
    assert (verdict.judgement, verdict.suggestions) == (Judgement.UNDETERMINED, suggestions)
    replaced = msgspec.structs.replace(case(text), replacement=verdict.suggestions[0])
    assert (await lean_session.check(state, replaced)).judgement is Judgement.VERIFIED


async def test_limit_says_nothing_about_the_candidate(lean_session: Session, state: int) -> None:
    candidate = case("theorem t (a b c d : Nat) (h : a * b * c = d) : a < b + 1 ∨ c = d ∨ b ≤ a := by\n  ⟪grind⟫")
    verdict = await lean_session.check(state, msgspec.structs.replace(candidate, heartbeats=5))
    assert (verdict.judgement, verdict.reason) == (Judgement.UNDETERMINED, "It reached a limit of Lean's.")


@pytest.mark.parametrize("character", ["\0", "\x0b", "\u200b", "\ufeff", "\U0001d538"])
async def test_characters_that_nobody_sees_prove_nothing(lean_session: Session, state: int, character: str) -> None:
    verdict = await lean_session.check(state, case(f"theorem t : 2 + 2 = 4 := ⟪rfl{character}⟫"))
    assert verdict.judgement is Judgement.REJECTED


@pytest.mark.parametrize(
    "proof", ["rfl\r#exit", "rfl\r\n#exit", "by decide --\r  sorry\r\n", '(fun (_ : String) => rfl) "\0"']
)
async def test_line_ends_hide_nothing(lean_session: Session, state: int, proof: str) -> None:
    verdict = await lean_session.check(state, case(f"theorem t : 2 + 2 = 5 := ⟪{proof}⟫"))
    assert verdict.judgement is Judgement.REJECTED


@pytest.mark.parametrize(
    "proof", ["by decide" + " " * 60_000, "a" * 60_000, "by" + "/-" * 20_000 + "-/" * 20_000 + " decide"]
)
async def test_long_lines_prove_nothing(lean_session: Session, state: int, proof: str) -> None:
    verdict = await lean_session.check(state, case(f"theorem t : 2 + 2 = 5 := ⟪{proof}⟫"))
    assert verdict.judgement is Judgement.REJECTED


async def test_half_a_character_is_no_proof(lean_session: Session, state: int) -> None:
    verdict = await lean_session.check(state, case("theorem t : 2 + 2 = 4 := ⟪rfl --\ud800\n⟫"))
    assert (verdict.judgement, verdict.reason) == (Judgement.UNDETERMINED, "It holds half a surrogate pair.")


async def test_a_proof_does_not_turn_the_text_around_it(lean_session: Session, state: int) -> None:
    verdict = await lean_session.check(state, case("theorem t : 2 + 2 = 4 := ⟪rfl /- \u202e rfl \u202c -/⟫"))
    assert verdict.judgement is Judgement.UNDETERMINED


@pytest.mark.parametrize("depth", [30_000, 2_000_000])
async def test_longest_proofs_are_not_read(lean_session: Session, state: int, depth: int) -> None:
    verdict = await lean_session.check(state, case(f"theorem t : True := ⟪{'id (' * depth}trivial{')' * depth}⟫"))
    assert (verdict.judgement, verdict.reason) == (Judgement.UNDETERMINED, "It is too long.")


@pytest.mark.parametrize("replacement", [" omega", "\n  omega", "\n  have := h\n  omega"])
async def test_by_with_nothing_after_it_is_filled(lean_session: Session, state: int, replacement: str) -> None:
    command = "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by"
    candidate = Candidate(command=command, start=len(command), end=len(command), replacement=replacement)
    assert (await lean_session.check(state, candidate)).judgement is Judgement.VERIFIED


async def test_by_with_an_error_is_replaced(lean_session: Session, state: int) -> None:
    command = "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b ∧ True := ⟨by nonsense (, trivial⟩"
    start, end = command.index(" nonsense"), command.index(", trivial")
    candidate = Candidate(command=command, start=start, end=end, replacement=" omega")
    assert (await lean_session.check(state, candidate)).judgement is Judgement.VERIFIED


async def test_lines_may_end_as_on_windows(lean_session: Session, state: int) -> None:
    text = "theorem t (q : Prop) (hq : q) : q ∧ q := by\r\n  constructor\r\n  · ⟪have := hq\r\n    exact this⟫\r\n  · exact hq"
    assert (await lean_session.check(state, case(text))).judgement is Judgement.VERIFIED
