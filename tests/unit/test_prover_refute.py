"""Counterexamples: which variables a goal has, and which small values are tried for them."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from turnstile_lsp.agents.prover.refute import Binder, binders, counterexamples
from turnstile_lsp.agents.prover.small_values import Own, SmallValues, inductives_in, load, numerals, values_of

TREE = """/-- Trees. -/
inductive Tree (α : Type) where
  | leaf -- nothing
  | node (left right : Tree α) (value : α)
"""
PAIR = """class Pair (α : Type) where
  (x y : α)
  apart : x ≠ y := by decide
"""


def first(goal: str, count: int = 5000) -> list[str]:
    return [each.told for each in itertools.islice(counterexamples(goal, Own()), count)]


def test_the_binders_of_a_goal_in_their_order() -> None:
    goal = "case h\nα : Type\ninst✝ : DecidableEq α\nx y : α\nk : Nat := 3\nh : x ≠\n  y\n⊢ ∀ (n m : Nat) {i : Fin (n + 1)}, n = m → ∃ k, k = i"
    assert binders(goal) == [
        Binder("α", "Type"),
        Binder("inst✝", "DecidableEq α"),
        Binder("x", "α"),
        Binder("y", "α"),
        Binder("h", "x ≠ y"),
        Binder("n", "Nat"),
        Binder("m", "Nat"),
        Binder("i", "Fin (n + 1)"),
    ]


def test_small_values_come_first_and_every_choice_once() -> None:
    told = first("a b : Nat\n⊢ a = b", 100)
    assert told[:3] == ["a = 0, b = 0", "a = 0, b = 1", "a = 1, b = 0"]
    assert len(set(told)) == 100


def test_dependent_types_follow_the_values_chosen() -> None:
    assert "n = 2, i = (1 : Fin 2)" in first("n : Nat\ni : Fin n\n⊢ i = i", 60)
    assert "α = Bool, xs = [true, false]" in first("α : Type\nxs : List α\n⊢ xs = []", 60)
    assert "α = ULift Bool, x = ⟨true⟩" in first("α : Type u_1\nx : α\n⊢ x = x", 20)


def test_a_hypothesis_is_proved_and_an_instance_left_to_lean() -> None:
    (found,) = itertools.islice(counterexamples("n : Nat\ninst : DecidableEq Nat\nh : n < 1\n⊢ n = 1", Own()), 1)
    assert found.refutation(["simp", "omega"]) == "exact absurd (h 0 inferInstance (by simp)) (by omega)"
    assert found.places == 2
    assert found.told == "n = 0"


def test_a_model_comes_first_and_a_goals_numbers_early() -> None:
    goal = "n m : Nat\ni : Fin 7\nh : n < 100\n⊢ n = 3 + m"
    assert numerals(goal) == [3, 100, 4, 101, 2, 99]
    (found,) = itertools.islice(counterexamples(goal, Own(), {"m": "1004", "h": "1"}), 1)
    assert found.told == "n = 0, m = 1004, i = (0 : Fin 7)"
    assert values_of("Nat", Own(numerals=[99, 7]))[:5] == ["0", "1", "99", "7", "2"]


def test_a_finite_goal_comes_to_an_end() -> None:
    assert len(first("a b : Bool\n⊢ a = b")) == 4
    assert first("⊢ 1 = 2") == [""]


@pytest.mark.parametrize(
    ("type_", "some"),
    [
        ("Int", ["0", "-1"]),
        ("(Nat × Bool)", ["(0, true)", "(1, false)"]),
        ("Option (List Nat)", ["none", "some []", "some [0, 1]"]),
        ("BitVec 8", ["0#8", "255#8"]),
        ("Fin 3", ["(0 : Fin 3)", "(2 : Fin 3)"]),
        ("Fin 0", []),
        ("Nat → Nat", ["fun x => x + 1", "fun _ => 0"]),
        ("Bool → Prop", ["fun x => x = true", "fun _ => False"]),
        ("Empty → Prop", ["fun _ => True"]),
        ("Array Bool", ["#[true]"]),
        ("Tree Nat", ["Tree.leaf", "Tree.node Tree.leaf Tree.leaf 0"]),
        ("Bool → Bool → Bool", ["fun x y => x && y"]),
        ("Tree Nat → Bool → Tree Nat", ["fun x _ => x"]),
        ("Nat ⊕ Bool ⊕ Unit", ["Sum.inl 0", "Sum.inr (Sum.inl true)", "Sum.inr (Sum.inr ())"]),
        ("Except String Nat", ['Except.error ""', "Except.ok 0"]),
        ("{ n // 3 < n }", ["⟨4, (by decide)⟩"]),
        ("UInt8", ["255"]),
        ("Pair Bool", ["Pair.mk true false (by decide)"]),
        ("Unknown", []),
    ],
)
def test_values(type_: str, some: list[str]) -> None:
    found = values_of(type_, Own(inductives=inductives_in([TREE, PAIR])))
    assert set(some) <= set(found)
    assert bool(some) == bool(found)
    assert len(found) == len(set(found))


def test_inductive_types_as_they_are_written() -> None:
    found = inductives_in(
        [
            TREE,
            "inductive Way where\n  | left | right\nderiving Repr",
            "inductive N where\n  | z\n  | s : N → N",
            "inductive Even : Nat → Prop\n  | zero : Even 0",
            PAIR,
            "def x := 1",
        ]
    )
    assert found["Tree"].constructors == [("Tree.leaf", []), ("Tree.node", ["Tree α", "Tree α", "α"])]
    assert found["Way"].constructors == [("Way.left", []), ("Way.right", [])]
    assert found["Even"].predicate
    assert found["Pair"].constructors == [("Pair.mk", ["α", "α", "x ≠ y"])]
    assert found["N"].constructors == [("N.z", []), ("N.s", ["N"])]


def test_the_data_file_names_no_point_that_cannot_be() -> None:
    texts = [text for functions in load().functions for text in functions.texts]
    assert all(text.replace("{0}", "").replace("{1}", "").isprintable() and "{2}" not in text for text in texts)
    with pytest.raises(msgspec.ValidationError):
        msgspec.toml.decode(b"types = 3", type=SmallValues)


@pytest.mark.parametrize(
    ("declaration", "arity"),
    [
        ("inductive Even : Nat → Prop where\n  | zero : Even 0", 1),
        ("inductive Sub {α : Type} : List α → List α → Prop where\n  | nil : Sub [] []", 2),
        ("inductive Star {α : Type} (r : α → α → Prop) : α → α → Prop where\n  | refl (x : α) : Star r x x", 3),
        ("inductive Tree (α : Type) where\n  | leaf", 1),
    ],
)
def test_how_many_arguments_an_inductive_type_is_written_with(declaration: str, arity: int) -> None:
    (found,) = inductives_in([declaration]).values()
    assert found.arity == arity
