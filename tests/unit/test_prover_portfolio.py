"""The portfolio's data file and the order in which it is tried."""

from __future__ import annotations

import msgspec
import pytest

from turnstile_lsp.agents.prover import portfolio
from turnstile_lsp.agents.prover.portfolio import fill_in
from turnstile_lsp.agents.prover.stage import Trial
from turnstile_lsp.agents.prover.surroundings import Surroundings, surroundings

GOAL = "n m : Nat\nh : ∃ k, n = 2 * k\n⊢ n + m = m + n"


def tried(around: Surroundings) -> list[Trial]:
    return list(portfolio.trials(portfolio.load(), around))


def test_cheap_classes_come_first_and_nothing_is_left_open() -> None:
    trials = tried(surroundings("", [], [GOAL]))
    seconds = [trial.seconds for trial in trials]
    assert seconds == sorted(seconds)
    assert set(seconds) == {cost.seconds for cost in portfolio.load().costs}
    assert not [trial.tactics for trial in trials if "{" in trial.tactics]


def test_every_entry_comes_up_somewhere() -> None:
    goals = [
        "n m : Nat\nf : Nat → Nat\nh : ∃ k, n = k\nk : n = 1 → m = 1\n⊢ ∃ x, twice n = m ∧ (x = n ∨ x < m)",
        "⊢ ∀ n, n = 0",
        "n : Nat\n⊢ n % 2 = n ∨ n < n",
        "x : BitVec 4\n⊢ x = x",
    ]
    everything = {
        trial.tactics
        for goal in goals
        for trial in tried(
            Surroundings(
                goal=surroundings("", [], [goal]).goal,
                definitions=["twice"],
                recursive=["twice"],
                lemmas=["earlier"],
                unfinished=["open"],
                libraries=True,
            )
        )
    }
    for entry in portfolio.load().entries:
        fixed = [part for part in entry.text.replace("}", "{").split("{")[::2] if part.strip()]
        assert any(all(part in tactics for part in fixed) for tactics in everything), entry.text


def test_tactics_of_libraries_wait_for_a_library() -> None:
    without = {trial.tactics for trial in tried(surroundings("", [], [GOAL]))}
    with_library = {trial.tactics for trial in tried(surroundings("import Mathlib", [], [GOAL]))}
    assert {"aesop", "hint", "ring"} <= with_library
    assert not {"aesop", "hint", "ring"} & without
    assert {"try?", "exact?"} <= without


def test_what_worked_before_goes_first() -> None:
    around = surroundings("", [], [GOAL])
    worked = ["cases {variable} <;> {closer}", "aesop", "grind"]
    first = list(portfolio.trials(portfolio.load(), around, worked))[:4]
    assert [text for trial in first for _, text in trial.origins] == [worked[0]] * 3 + ["grind"]
    assert first[0].tactics == "cases n <;> simp_all"


def test_no_entry_starves_the_others() -> None:
    goal = "\n".join(f"n{i} : Nat" for i in range(50)) + "\n⊢ " + " + ".join(f"n{i}" for i in range(50)) + " = 0"
    fast = [trial.tactics for trial in tried(surroundings("", [], [goal])) if trial.seconds == 2.0]
    assert fast.index("grind") < 10


@pytest.mark.parametrize(
    "broken",
    [
        b'closers = []\nfeatures = {}\nentry = []\n[[cost]]\nname = "a"',
        b'closers = []\nfeatures = {}\nentry = [{text = "rfl", cost = "b"}]\n[[cost]]\nname = "a"\nheartbeats = 1\nseconds = 1',
        b"closers = []\nfeatures = {}\ncost = []\nentry = []\nextra = 1",
    ],
)
def test_a_wrong_data_file_is_named(broken: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        portfolio.read(broken)


def test_placeholders_that_go_together_stay_together() -> None:
    choices = [[{"h": "a", "p": "⟨x⟩"}, {"h": "b", "p": "⟨y⟩"}], [{"c": "omega"}, {"c": "simp"}]]
    assert fill_in("obtain {p} := {h} <;> {c}", choices) == [
        "obtain ⟨x⟩ := a <;> omega",
        "obtain ⟨x⟩ := a <;> simp",
        "obtain ⟨y⟩ := b <;> omega",
        "obtain ⟨y⟩ := b <;> simp",
    ]
    assert fill_in("rfl", choices) == ["rfl"]
    assert fill_in("cases {other}", choices) == []
