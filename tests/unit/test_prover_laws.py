"""Signatures as they are read, and the laws that are tried for definitions."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.prover import policy
from turnstile_lsp.agents.prover.goals import parse_goal
from turnstile_lsp.agents.prover.laws import about
from turnstile_lsp.agents.prover.signatures import Signature, signature_of
from turnstile_lsp.agents.prover.small_values import inductives_in
from turnstile_lsp.agents.prover.surroundings import Surroundings

NUMBERS = inductives_in(["inductive N where\n  | zero\n  | succ (n : N)\n"])
REACH = "inductive Reach {α : Type} (r : α → α → Prop) : α → α → Prop where\n  | refl (x : α) : Reach r x x\n"


@pytest.mark.parametrize(
    ("command", "signature"),
    [
        ("def f : Nat → Nat\n  | 0 => 1\n  | n + 1 => f n", Signature((), ("Nat",), "Nat")),
        ("/-- A : B -/\ndef g {α : Type} [BEq α] (a : α) (xs : List α) : Bool := xs.contains a", Signature(("{α : Type}", "[BEq α]"), ("α", "List α"), "Bool")),
        ("def h (p : Nat → Bool) : List Nat → List Nat\n  | [] => []", Signature((), ("Nat → Bool", "List Nat"), "List Nat")),
        ("@[simp] private def f.{u} {α : Type u} ⦃a : α⦄ (b c : α) : α := b", Signature(("{α : Type u}", "⦃a : α⦄"), ("α", "α"), "α")),
        ("abbrev List.head?' : (List Nat) → Option Nat\n  | [] => none\n  | x :: _ => some x", Signature((), ("List Nat",), "Option Nat")),
        ("noncomputable def «f» (p : (Nat → Nat) → Bool)\n    : Bool where -- : Nat", Signature((), ("(Nat → Nat) → Bool",), "Bool")),
        ("def f (n : Nat := 3) : Nat := n", None),
        ("def k := 1", None),
        ("def", None),
        ("theorem t : 1 = 1 := rfl", None),
    ],
)  # fmt: skip
def test_signatures(command: str, signature: Signature | None) -> None:
    assert signature_of(command) == signature


def test_what_a_function_of_lists_may_obey() -> None:
    double = Signature(("{α : Type}",), ("List α",), "List α")
    statements = [law.statement for law in about("double xs.reverse = ys", {"double": double}, {})]
    assert statements == [
        "∀ {α : Type} (xs ys : List α), double (xs ++ ys) = double xs ++ double ys",
        "∀ {α : Type} (xs ys : List α), double (xs ++ ys) = double ys ++ double xs",
    ]
    assert about("double xs = ys", {"double": double}, {}) == []  # nothing is appended


def test_what_goes_through_a_list_may_do_so_in_two_parts() -> None:
    run = Signature(("{α : Type}",), ("α → Nat → Nat", "List α", "Nat"), "Nat")
    (law,) = about("run f xs 0 = 0", {"Machine.run": run}, {})
    assert law.statement == (
        "∀ {α : Type} (a1 : α → Nat → Nat) (xs ys : List α) (s : Nat), "
        "Machine.run a1 (xs ++ ys) s = Machine.run a1 ys (Machine.run a1 xs s)"
    )
    assert (law.name, law.variables, law.call) == ("run_fold", "α a1 xs ys s", "Machine.run a1 xs s")
    assert about("run xs 0 = 0", {"run": Signature((), ("List Nat", "Nat"), "Bool")}, {}) == []
    assert about("run xs = 0", {"run": Signature((), ("List Nat",), "List Nat")}, {}) == []


def test_what_an_operation_may_obey() -> None:
    operation = Signature((), ("N", "N"), "N")
    laws = {law.name: law.statement for law in about("n.add m = m", {"N.add": operation}, NUMBERS)}
    assert laws == {
        "add_zero_right": "∀ (x : N), N.add x N.zero = x",
        "add_zero_absorbs": "∀ (x : N), N.add x N.zero = N.zero",
        "add_succ_right": "∀ (x y : N), N.add x (N.succ y) = N.succ (N.add x y)",
        "add_assoc": "∀ (x y z : N), N.add (N.add x y) z = N.add x (N.add y z)",
    }


def test_the_ways_to_prove_a_law_are_blocks_of_tactics() -> None:
    around = Surroundings(goal=parse_goal("⊢ Reach r x y"), inductives=inductives_in([REACH]))
    assert policy.law_steps(around) == [
        [
            "have Reach_trans : ∀ a b c, Reach r a b → Reach r b c → Reach r a c := by\n"
            "  intro a b c hab hbc\n"
            "  induction hab <;> solve_by_elim [Reach.refl]"
        ]
    ]
