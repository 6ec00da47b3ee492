"""The symbolic search on a real Lean, with few moves: what it looks up in the library, what it assumes, what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.integration.lean_lender import Lender
from tests.integration.test_prover import TOOLCHAIN
from tests.warm_lean import WarmLean
from turnstile_lsp.agents.lean import base
from turnstile_lsp.agents.prover import policy, portfolio
from turnstile_lsp.agents.prover.assumption import tries
from turnstile_lsp.agents.prover.best_first import LOOK_UPS, BestFirst, Step, render
from turnstile_lsp.agents.prover.experience import Experience, default_file, kind_of
from turnstile_lsp.agents.prover.prove import prove
from turnstile_lsp.agents.prover.results import Finished, HoleResult, ProveRequest, Status
from turnstile_lsp.agents.prover.spot import find
from turnstile_lsp.agents.prover.stage import Scene

TWICE = """def twice : List Nat → List Nat
  | [] => []
  | x :: xs => x :: x :: twice xs

"""
APPENDED = TWICE + "theorem t (xs ys : List Nat) : twice (xs ++ ys) = twice xs ++ twice ys := by\n  sorry\n"
FIBONACCI = """def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)

def loop : Nat → Nat → Nat → Nat
  | 0, a, _ => a
  | n + 1, a, b => loop n b (a + b)

theorem t (n : Nat) : loop n 0 1 = fib n := by
  sorry
"""


class Recorded:
    """A session that writes down what runs on its tactic states."""

    def __init__(self, session: WarmLean) -> None:
        self._session = session
        self.steps: list[tuple[str, base.Step]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    async def step(self, state: base.TacticState, tactic: str, **limits: float) -> base.Step:
        step = await self._session.step(state, tactic, **limits)  # type: ignore[arg-type]
        self.steps.append((tactic, step))
        return step

    @property
    def tactics(self) -> list[str]:
        return [tactic for tactic, _ in self.steps]


@pytest.fixture
def session(lean_session: WarmLean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """The warm Lean; nothing is known of earlier proofs."""
    monkeypatch.setenv("TURNSTILE_DATA_DIR", str(tmp_path))
    return Recorded(lean_session)


def use(monkeypatch: pytest.MonkeyPatch, moves: Mapping[str, float], **offers: int) -> None:
    """Have the policy know these moves alone, by their costs; `offers` of `exact?` and the like without their `?`."""
    made = [
        policy.Move(text=text, cost=cost, offers=offers.get(text.removesuffix("?"), 0)) for text, cost in moves.items()
    ]
    shipped = policy.load()
    data = policy.Moves(law_proofs=shipped.law_proofs, features=shipped.features, moves=made)
    monkeypatch.setattr(policy, "load", lambda: data)


async def search(session: Recorded, text: str, *before: str) -> HoleResult:
    """The stage `search`, alone or behind others."""
    request = ProveRequest(text=text, stages=(*before, "search"), budget=30.0)
    events = [event async for event in prove(request, Lender(session), TOOLCHAIN, None)]  # type: ignore[arg-type]
    assert isinstance(events[-1], Finished)
    return events[-1].results[0]


async def started(session: Recorded, text: str) -> BestFirst:
    """A search at the hole of a text."""
    spot = await find(session, text, None)  # type: ignore[arg-type]
    scene = Scene(spot.draft, spot.target, session, ProveRequest(text=text), None)  # type: ignore[arg-type]
    return BestFirst(session, scene.surroundings, spot.root, Experience(None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("look_up", "statement", "then", "begins"),
    [
        ("exact?", "(a b c : Nat) (h : a ∣ b) : a ∣ b * c", "skip", "exact Nat."),
        (
            "apply?",
            "(a b n : Nat) (h : a % n = b % n) : n ∣ a - b",
            "exact Nat.sub_mod_eq_zero_of_mod_eq h",
            "refine Nat.dvd_",
        ),
        (
            "rw?",
            "(xs ys : List Nat) (h : xs.length + ys.length ≤ 3) : (xs ++ ys).length ≤ 3",
            "exact h",
            "rw [List.length_append]\n",
        ),
    ],
)
async def test_what_a_look_up_offers_is_a_step_and_the_look_up_is_not(
    session: Recorded, monkeypatch: pytest.MonkeyPatch, look_up: str, statement: str, then: str, begins: str
) -> None:
    use(monkeypatch, {look_up: 1.0, then: 0.1}, exact=1, apply=8, rw=8)
    result = await search(session, f"theorem t {statement} := by\n  sorry\n")
    assert result.status is Status.PROVED
    assert result.proof is not None
    assert result.proof.startswith(begins)
    assert result.proof.split("\n  ")[1:] == ([then] if then != "skip" else [])
    assert session.tactics.count(look_up) <= 9, "once at each goal"


async def test_look_ups_are_bounded_in_number_and_time(session: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    split = "rcases {natural} with _ | _ | {natural}"  # there is always more to do
    use(monkeypatch, {split: 0.3, "apply?": 0.3, "rw?": 0.3, "omega": 0.1, "simp_all": 0.2}, apply=3, rw=2)
    search = await started(session, "theorem t (a b c n : Nat) (h : a % n = b % n) : n ∣ a - b + c := by\n  sorry\n")
    for _ in range(80):
        await search.step()
    looking_up = running = 0.0
    for tactic, step in session.steps:
        if tactic.endswith("?"):
            assert looking_up <= LOOK_UPS * running
            looking_up += step.milliseconds
        running += step.milliseconds
    first = session.steps[session.tactics.index("apply?")][1]
    assert len(first.suggestions) > 3
    assert set(first.suggestions) & set(session.tactics) == set(first.suggestions[:3])


async def test_what_failed_in_the_portfolio_is_not_tried_again(
    session: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"simp_all": 0.1, "intro h": 0.2, "exact h": 0.3})
    shipped = portfolio.load()
    one = replace(shipped, entries=[each for each in shipped.entries if each.text == "simp_all{with}"])
    monkeypatch.setattr(portfolio, "load", lambda: one)
    result = await search(session, "theorem t (p q : Nat → Prop) : p 0 → q 0 := by\n  sorry\n", "portfolio")
    assert result.status is Status.UNPROVED
    assert session.tactics.count("simp_all") == 1, "below `intro h` alone"


async def test_laws_are_assumed_once(session: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {"assumption": 0.1})
    result = await search(session, APPENDED.replace("twice ys := by", "twice xs := by"))
    assert result.status is Status.UNPROVED
    assert result.message.startswith("Nothing was left to try")
    assumed = [tactic for tactic in session.tactics if tactic.startswith("have twice_append")]
    assert assumed
    assert sorted(set(assumed)) == sorted(assumed)
    assert session.tactics.count("assumption") == 2, "at the goal, and with laws"


async def test_a_law_with_two_accumulators_at_once(session: Recorded) -> None:
    spot = await find(session, FIBONACCI, None)  # type: ignore[arg-type]
    around = Scene(spot.draft, spot.target, session, ProveRequest(text=FIBONACCI), None).surroundings  # type: ignore[arg-type]
    laws = {law.name: law for law in tries(around) if law.name.startswith("loop_steps")}
    true = [name for name, law in laws.items() if (await session.step(spot.root, law.refutation)).state is None]
    assert true == ["loop_steps2"]
    (proof,) = laws["loop_steps2"].proofs
    assert "loop a1 (fib k) (fib (k + 1)) = fib (a1 + k)" in proof
    proved = (await session.step(spot.root, proof)).state
    assert proved is not None
    assert (await session.step(proved, "grind [fib, loop]")).goals == []


async def test_a_law_is_no_experience(session: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {"exact twice_append xs ys": 0.1})
    result = await search(session, APPENDED)
    assert result.status is Status.PROVED
    assert (result.proof or "").startswith("have twice_append : ∀ (xs ys : List Nat), ")
    goal = "xs ys : List Nat\n⊢ twice (xs ++ ys) = twice xs ++ twice ys"
    assert Experience(default_file()).worked(kind_of(goal)) == {"exact twice_append xs ys": 1}


async def test_what_proved_something_is_counted_whatever_found_it(session: Recorded) -> None:
    for text in (
        "theorem t (p : Prop) (h : p) : p := by\n  sorry\n",
        "theorem t (a b : Nat) : a + b = b + a := sorry\n",
    ):
        request = ProveRequest(text=text, stages=("portfolio", "search"), budget=30.0)
        (hole,) = (await find(session, text, None)).draft.elaboration.commands[0].holes  # type: ignore[arg-type]
        assert [event async for event in prove(request, Lender(session), TOOLCHAIN, None)]  # type: ignore[arg-type]
        assert list(Experience(default_file()).worked(kind_of(hole.goals[0])).values()) == [1]


async def test_what_was_assumed_in_vain_goes_again(session: Recorded) -> None:
    search = await started(session, "theorem t (a b c : Nat) (h : a ≤ b) (k : b ≤ c) : a < c + 1 := by\n  sorry\n")
    needless, needed = Step("have one := Nat.add_comm a b", 1), Step("have two := Nat.le_trans h k", 1)
    last = Step("exact Nat.lt_succ_of_le two", 0)
    assert await search.without_needless([needless, needed, last]) == [needed, last]
    assert await search.without_needless([needed, last]) == [needed, last]
    several = [needless, Step("refine Nat.lt_of_le_of_lt (m := b) ?_ ?_", 2), Step("exact h", 0), Step("omega", 0)]
    assert render(await search.without_needless(several)) == render(several[1:])


@pytest.mark.parametrize(
    ("definition", "goal", "laws"),
    [
        (TWICE, "(xs : List Nat) : twice (xs ++ xs) = []", ["twice_append"]),
        (
            "def run {α : Type} (f : α → Nat → Nat) : List α → Nat → Nat\n"
            "  | [], s => s\n  | x :: xs, s => run f xs (f x s)\n\n",
            "{α : Type} (f : α → Nat → Nat) (xs : List α) : run f xs 0 = 0",
            ["run_fold"],
        ),
        (
            "inductive N where\n  | zero\n  | succ (n : N)\n\n"
            "def add : N → N → N\n  | .zero, m => m\n  | .succ n, m => .succ (add n m)\n\n",
            "(n m : N) : add n m = add m n",
            ["add_zero_right", "add_succ_right", "add_assoc", "add_comm"],
        ),
        (
            "def insert (n : Nat) : List Nat → List Nat\n  | [] => [n]\n"
            "  | x :: xs => if n ≤ x then n :: x :: xs else x :: insert n xs\n\n"
            "def count (n : Nat) : List Nat → Nat\n  | [] => 0\n"
            "  | x :: xs => if n = x then count n xs + 1 else count n xs\n\n",
            "(n : Nat) (xs : List Nat) : count n (_root_.insert n xs) = 1",
            ["count_insert", "count_eq"],
        ),
        (
            "inductive Reach {α : Type} (r : α → α → Prop) : α → α → Prop where\n  | refl (x : α) : Reach r x x\n"
            "  | step {x y z : α} : r x y → Reach r y z → Reach r x z\n\n",
            "{α : Type} (r : α → α → Prop) (a b : α) : Reach r a b",
            ["Reach_trans"],
        ),
    ],
)
async def test_lean_proves_the_laws_that_hold(session: Recorded, definition: str, goal: str, laws: list[str]) -> None:
    search = await started(session, f"{definition}theorem t {goal} := by\n  sorry\n")
    async for _ in search.assume_laws():
        pass
    proved = [tactic.split()[1] for tactic, step in session.steps if step.state is not None and "¬" not in tactic]
    assert proved == laws
