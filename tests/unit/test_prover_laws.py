"""Signatures as they are read, and the laws that are tried for definitions."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.prover import assumption, computed_laws
from turnstile_lsp.agents.prover.goals import parse_goal
from turnstile_lsp.agents.prover.law import Law
from turnstile_lsp.agents.prover.laws import about
from turnstile_lsp.agents.prover.signatures import Signature, signature_of
from turnstile_lsp.agents.prover.small_values import inductives_in
from turnstile_lsp.agents.prover.surroundings import Surroundings

NUMBERS = inductives_in(["inductive N where\n  | zero\n  | succ (n : N)\n"])
REACH = "inductive Reach {α : Type} (r : α → α → Prop) : α → α → Prop where\n  | refl (x : α) : Reach r x x\n"


@pytest.mark.parametrize(
    ("command", "signature"),
    [
        ("def f : Nat → Nat\n  | 0 => 1\n  | n + 1 => f n", Signature((), ("Nat",), "Nat", (0,))),
        ("/-- A : B -/\ndef g {α : Type} [BEq α] (a : α) (xs : List α) : Bool := xs.contains a", Signature(("{α : Type}", "[BEq α]"), ("α", "List α"), "Bool")),
        ("def h (p : Nat → Bool) : List Nat → List Nat\n  | [] => []", Signature((), ("Nat → Bool", "List Nat"), "List Nat", (1,))),
        ("@[simp] private def f.{u} {α : Type u} ⦃a : α⦄ (b c : α) : α := b", Signature(("{α : Type u}", "⦃a : α⦄"), ("α", "α"), "α")),
        ("abbrev List.head?' : (List Nat) → Option Nat\n  | [] => none\n  | x :: _ => some x", Signature((), ("List Nat",), "Option Nat", (0,))),
        ("noncomputable def «f» (p : (Nat → Nat) → Bool)\n    : Bool where -- : Nat", Signature((), ("(Nat → Nat) → Bool",), "Bool")),
        ("def f : Nat → List Nat → Nat → Nat\n  | 0, _, n => n\n  | k + 1, x :: xs, n => f k xs (x + n)\n  | k + 1, [], n => n", Signature((), ("Nat", "List Nat", "Nat"), "Nat", (0, 1))),
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
        "∀ {α : Type} (a1 : List α), double a1 = a1.reverse",
        "∀ {α : Type} (xs ys : List α), double (xs ++ ys) = double xs ++ double ys",
        "∀ {α : Type} (xs ys : List α), double (xs ++ ys) = double ys ++ double xs",
    ]
    assert len(about("double xs = ys", {"double": double}, {})) == 1, "nothing is appended"


def test_what_goes_through_a_list_may_do_so_in_two_parts() -> None:
    run = Signature(("{α : Type}",), ("α → Nat → Nat", "List α", "Nat"), "Nat")
    (law,) = (law for law in about("run f xs 0 = 0", {"Machine.run": run}, {}) if law.name.endswith("_fold"))
    assert law.statement == (
        "∀ {α : Type} (a1 : α → Nat → Nat) (xs ys : List α) (s : Nat), "
        "Machine.run a1 (xs ++ ys) s = Machine.run a1 ys (Machine.run a1 xs s)"
    )
    assert (law.name, law.variables, law.call) == ("run_fold", "α a1 xs ys s", "Machine.run a1 xs s")
    others = about("run xs 0 = 0", {"run": Signature((), ("List Nat", "Nat"), "Bool")}, {})
    assert not [law for law in others if law.name.endswith("_fold")]


def test_what_an_operation_may_obey() -> None:
    operation = Signature((), ("N", "N"), "N")
    laws = {law.name: law.statement for law in about("n.add m = m", {"N.add": operation}, NUMBERS)}
    assert laws == {
        "add_zero_right": "∀ (x : N), N.add x N.zero = x",
        "add_zero_absorbs": "∀ (x : N), N.add x N.zero = N.zero",
        "add_succ_right": "∀ (x y : N), N.add x (N.succ y) = N.succ (N.add x y)",
        "add_assoc": "∀ (x y z : N), N.add (N.add x y) z = N.add x (N.add y z)",
        "add_comm": "∀ (x y : N), N.add x y = N.add y x",
    }


def test_what_a_function_may_make_of_an_operation() -> None:
    definitions = {
        "app": Signature(("{α : Type}",), ("L α", "L α"), "L α"),
        "rev": Signature(("{β : Type}",), ("L β",), "L β"),
        "size": Signature(("{α : Type}",), ("L α",), "Nat"),
    }
    laws = {law.name: law.statement for law in about("rev xs = ys", definitions, {})}
    assert laws["rev_app"] == "∀ {β : Type} (xs ys : L β), rev (app xs ys) = app (rev xs) (rev ys)"
    assert laws["rev_app1"] == "∀ {β : Type} (xs ys : L β), rev (app xs ys) = app (rev ys) (rev xs)"
    assert laws["size_app"] == "∀ {α : Type} (xs ys : L α), size (app xs ys) = size xs + size ys"
    assert laws["size_rev"] == "∀ {α : Type} (t : L α), size (rev t) = size t"


def test_what_a_function_may_make_of_an_insertion() -> None:
    definitions = {
        "insert": Signature((), ("Nat", "T"), "T"),
        "size": Signature((), ("T",), "Nat"),
        "count": Signature((), ("Nat", "T"), "Nat"),
        "ordered": Signature((), ("T",), "Bool"),
        "Mem": Signature((), ("T", "Nat"), "Prop"),
    }
    laws = {law.name: law for law in about("p", definitions, {})}
    assert {name: law.statement for name, law in laws.items()} == {
        "size_insert": "∀ (e1 : Nat) (t : T), size (insert e1 t) = size t",
        "size_insert1": "∀ (e1 : Nat) (t : T), size (insert e1 t) = size t + 1",
        "count_insert": "∀ (a1 : Nat) (e1 : Nat) (t : T), "
        "count a1 (insert e1 t) = (if a1 = e1 then 1 else 0) + count a1 t",
        "ordered_insert": "∀ (e1 : Nat) (t : T), ordered (insert e1 t) = ordered t",
        "ordered_insert1": "∀ (e1 : Nat) (t : T), ordered t = true → ordered (insert e1 t) = true",
        "Mem_insert": "∀ (a1 : Nat) (e1 : Nat) (t : T), (Mem (insert e1 t) a1 ↔ a1 = e1 ∨ Mem t a1)",
    }
    assert (laws["Mem_insert"].variables, laws["Mem_insert"].call) == ("a1 e1 t", "insert e1 t")


def test_a_statement_with_all_binders_explicit() -> None:
    law = Law(name="l", function="", statement="∀ {α} {β : Type} [BEq α] (x : α), [x, x] = [x]", variables="x")
    assert law.explicit == "∀ (α : Type) (β : Type) (inst : BEq α) (x : α), [x, x] = [x]"


def test_the_ways_to_prove_a_law_are_blocks_of_tactics() -> None:
    around = Surroundings(goal=parse_goal("⊢ Reach r x y"), inductives=inductives_in([REACH]))
    (law,) = assumption.tries(around)
    assert law.proofs == [
        "have Reach_trans : ∀ a b c, Reach r a b → Reach r b c → Reach r a c := by\n"
        "  intro a b c hab hbc\n"
        "  induction hab <;> solve_by_elim [Reach.refl]"
    ]


def test_what_a_function_may_be_in_the_library() -> None:
    own = {
        "last": Signature(("{β : Type}",), ("β", "List β"), "List β"),
        "each": Signature(("{α β : Type}",), ("α → β", "List α"), "List β"),
        "odd": Signature((), ("Nat → Nat", "List Bool"), "List Nat"),
        "times": Signature((), ("Nat", "Nat"), "Nat"),
    }
    laws = {law.name: law for law in computed_laws.about(own) if law.settles}
    assert laws["last_eq"].statement == "∀ {β : Type} (a1 : β) (a2 : List β), last a1 a2 = a2 ++ [a1]"
    assert laws["each_eq"].statement == "∀ {α β : Type} (a1 : α → β) (a2 : List α), each a1 a2 = a2.map a1"
    assert not [name for name in laws if name.startswith("odd_eq")]
    values = [law.statement.rpartition(" = ")[2] for name, law in laws.items() if name.startswith("times_eq")]
    assert "a1 * a2" in values
    assert "a2 * a1" not in values
    assert {"a1 ^ a2", "a2 ^ a1"} < set(values)


def test_what_a_function_with_an_accumulator_may_compute() -> None:
    own = {
        "total": Signature((), ("List Nat",), "Nat", (0,)),
        "loop": Signature((), ("List Nat", "Nat"), "Nat", (0,)),
        "Tree.onto": Signature(("{α : Type}",), ("Tree α", "List α"), "List α", (0,)),
        "Tree.size": Signature(("{α : Type}",), ("Tree α",), "Nat", (0,)),
        "both": Signature((), ("List Nat", "Nat", "Nat"), "Nat × Nat", (0,)),
    }
    laws = {law.statement.partition(", ")[2]: law for law in computed_laws.about(own)}
    assert laws["loop a1 a2 = a2 + (total a1)"].settles
    assert laws["loop a1 a2 = a2 + (loop a1 0)"].generalizing == ("a1", "a2")
    assert not laws["(Tree.onto a1 a2).length = a2.length + (Tree.size a1)"].settles
    assert {"(both a1 a2 a3).1 = a2 + a1.sum", "(both a1 a2 a3).2 = a3 + a1.length"} < laws.keys()


def test_where_a_computation_may_be_some_steps_further_on() -> None:
    own = {
        "fib": Signature((), ("Nat",), "Nat", (0,)),
        "loop": Signature((), ("Nat", "Nat", "Nat"), "Nat", (0,)),
        "pair": Signature((), ("Nat",), "Nat × Nat", (0,)),
    }
    laws = {law.statement: law for law in computed_laws.about(own)}
    assert laws["∀ (a1 k : Nat), loop a1 (fib k) (fib (k + 1)) = fib (a1 + k)"].stepped == ("a1", "k")
    assert "∀ (a1 : Nat), pair a1 = (fib a1, fib (a1 + 1))" in laws
