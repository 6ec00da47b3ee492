"""Goals as Lean prints them, and what is worth trying around a hole."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.lean.base import Command, Hole
from turnstile_lsp.agents.prover.goals import Hypothesis, parse_goal, pattern
from turnstile_lsp.agents.prover.surroundings import surroundings

GOAL = """case succ
α β : Type
inst✝ : BEq α
p q : α → Prop
x y : Nat
xs : List α := []
h : ∃ z,
    p z ∧ q z
⊢ (∃ z, p z) ∧
    xs.length = x"""


def test_a_goal_is_read() -> None:
    goal = parse_goal(GOAL)
    assert goal.target == "(∃ z, p z) ∧ xs.length = x"
    assert goal.hypotheses == (
        Hypothesis("α", "Type"),
        Hypothesis("β", "Type"),
        Hypothesis("p", "α → Prop"),
        Hypothesis("q", "α → Prop"),
        Hypothesis("x", "Nat"),
        Hypothesis("y", "Nat"),
        Hypothesis("xs", "List α"),
        Hypothesis("h", "∃ z, p z ∧ q z"),
    )


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("p ∧ q", "⟨h1, h2⟩"),
        ("p ∨ q ∧ r", "(h1 | ⟨h2, h3⟩)"),
        ("∃ x, p x", "⟨x, h1⟩"),
        ("∃ x y, p x ∧ ¬q y", "⟨x, y, ⟨h1, h2⟩⟩"),
        ("∃ x : Nat, (∃ y, p x y)", "⟨x, ⟨y, h1⟩⟩"),
        ("p ↔ q ∨ r", "⟨h1, (h2 | h3)⟩"),
        ("((p ∧ q))", "⟨h1, h2⟩"),
        ("p → q ∧ r", None),
        ("∀ x, p x ∧ q x", None),
        ("f (a ∧ b) = c", None),
        ("Nat", None),
    ],
)
def test_patterns(type_: str, expected: str | None) -> None:
    assert pattern(type_, set()) == expected


def test_patterns_avoid_names_that_are_taken() -> None:
    assert pattern("p ∧ q", {"h1"}) == "⟨h2, h3⟩"


def commands(text: str) -> list[Command]:
    """Commands, one for each paragraph, as the driver reports them."""
    found, position = [], 0
    for paragraph in text.split("\n\n"):
        kind, name = paragraph.split()[:2]
        holes = [Hole(kind="term", start=0, end=0)] if "sorry" in paragraph else []
        end = position + len(paragraph)
        found.append(Command(start=position, end=end, kind=kind, state=0, name=name, holes=holes))
        position = end + 2
    return found


FILE = """def double : Nat → Nat := fun n => n + n

def twice : Nat → Nat
  | 0 => 0
  | n + 1 => twice n + double 1

theorem double_zero : double 0 = 0 := rfl

theorem twice_one : twice 1 = 2 := sorry

theorem unrelated : True := trivial"""


def test_definitions_and_lemmas_of_the_file() -> None:
    around = surroundings(FILE, commands(FILE), ["n : Nat\n⊢ twice n = double n"])
    assert around.definitions == ["double", "twice"]
    assert around.recursive == ["twice"]
    assert around.lemmas == ["double_zero", "unrelated"]
    assert around.unfinished == ["twice_one"]
    assert not around.libraries


def test_definitions_inside_definitions_count() -> None:
    assert surroundings(FILE, commands(FILE), ["⊢ twice 1 = 2"]).definitions == ["double", "twice"]


@pytest.mark.parametrize(
    ("header", "libraries"),
    [
        ("", False),
        ("import Lean.Elab\nimport Std", False),
        ("import Mathlib.Tactic", True),
        ("public import Mine", True),
    ],
)
def test_libraries(header: str, libraries: bool) -> None:
    assert surroundings(header, [], ["⊢ True"]).libraries is libraries


def test_variables_are_those_of_the_target_that_can_be_inductive() -> None:
    (variables, hypotheses, *_) = surroundings("", [], [GOAL]).choices()
    assert [each["variable"] for each in variables] == ["x", "xs"]
    assert variables[0]["others"] == "y xs"
    assert hypotheses == [{"hypothesis": "h", "pattern": "⟨z, ⟨h1, h2⟩⟩"}]
