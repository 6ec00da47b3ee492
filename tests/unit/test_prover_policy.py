"""The symbolic policy: what it suggests at a goal, in which order; and how steps become a proof's text."""

from __future__ import annotations

import msgspec
import pytest

from turnstile_lsp.agents.prover import policy
from turnstile_lsp.agents.prover.best_first import Step, render
from turnstile_lsp.agents.prover.goals import parse_goal
from turnstile_lsp.agents.prover.small_values import inductives_in
from turnstile_lsp.agents.prover.surroundings import Surroundings

EVEN = "inductive Even : Nat → Prop where\n  | zero : Even 0\n  | add_two {n : Nat} : Even n → Even (n + 2)\n"
TREE = "inductive Tree (α : Type) where\n  | leaf\n  | node (left : Tree α) (value : α) (right : Tree α)\n"


def suggested(goal: str, **around: object) -> list[str]:
    """The texts of all suggestions, best first."""
    return [each.text for each in policy.tactics(goal, Surroundings(goal=parse_goal(goal), **around))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("goal", "tactic"),
    [
        ("p q : Prop\n⊢ p → q", "intro h"),
        ("⊢ ∀ (n : Nat), n = n", "intro n"),
        ("h : p\n⊢ ¬p", "intro h1"),
        ("p q : Prop\nh : p ∧ q\n⊢ q", "obtain ⟨h1, h2⟩ := h"),
        ("p q : Prop\n⊢ p ∧ q", "constructor"),
        ("p q : Prop\n⊢ p ∨ q", "right"),
        ("n : Nat\n⊢ ∃ m, n < m", "exists (n + 1)"),
        ("n : Nat\n⊢ ∃ m, m = n * n", "exists (n * n)"),
        ("n : Nat\n⊢ n + 0 = n", "induction n with\n| zero => ?_\n| succ n ih => ?_"),
        ("xs ys : List α\n⊢ f xs = ys", "induction xs generalizing ys with\n| nil => ?_\n| cons x xs ih => ?_"),
        ("f : Nat → Nat\nh : ∀ (n : Nat), f n = 0\nk : Nat\n⊢ f k = 0", "have h1 := h k"),
        ("f : Nat → Nat\nh : ∀ (n : Nat), ∃ m, f m = n\nk : Nat\n⊢ f k = 0", "obtain ⟨m, h1⟩ := h k"),
        ("p q : Prop\nh : p → q\n⊢ q", "apply h"),
        ("n✝ : Nat\nh✝ : n✝ = 1\n⊢ n✝ < 2", "rename_i a1 a2"),
        ("α : Type\ninst✝ : Add α\nn✝ : α\n⊢ n✝ = n✝", "rename_i a1"),
        ("a b : Nat\nh : a = b\n⊢ a + 1 = b + 1", "rw [h]"),
        ("n : Nat\n⊢ n * n % 4 = 0", "have h : n % 4 = 0 ∨ n % 4 = 1 ∨ n % 4 = 2 ∨ n % 4 = 3 := by omega"),
        ("n : Nat\nih : ∀ (m : Nat), m < n → p m\n⊢ p n", "have h := ih (n - 1) (by omega)"),
        ("⊢ (if n = 3 then 1 else 2) < 3", "split"),
        ("h h1 : Nat\n⊢ f (g x) = h (g x)", "generalize g x = h2"),
        (
            "f : Bool → Option Nat\nb : Bool\n⊢ f b = none",
            "cases b <;> cases f0 : f Bool.false <;> cases f1 : f Bool.true <;> simp_all",
        ),
        ("f : Bool → Bool → Nat\n⊢ ∀ b, f b b = 0", "intro b"),
        (
            "p : Nat → Prop\nn : Nat\nh : p n\n⊢ ∃ m, p m",
            "induction n using Nat.strongRecOn with\n| ind n ih => ?_\ngrind",
        ),
        (
            "xs ys : List α\n⊢ zip xs ys = []",
            "induction xs generalizing ys <;> cases ys <;> simp_all",
        ),
    ],
)
def test_what_fits_the_goal_is_suggested(goal: str, tactic: str) -> None:
    assert any(text == tactic or text.startswith(tactic + "\n") for text in suggested(goal)), suggested(goal)


def test_where_the_goal_is_data_nothing_is_suggested_that_only_proves() -> None:
    around = Surroundings(goal=parse_goal(goal := "a : Nat\n⊢ Nat"))
    for data in (False, True):
        assert ("exfalso" in [each.text for each in policy.tactics(goal, around, data=data)]) is not data


@pytest.mark.parametrize(
    ("goal", "tactic"),
    [
        (
            "xs : List Nat\n⊢ count xs 0 = xs.sum",
            "suffices h : ∀ acc, count xs acc = xs.sum + acc by simpa using h 0\nintro acc",
        ),
        ("n m : Nat\nh : P (n + m)\n⊢ P (m + n)", "have h1 : (m + n) = (n + m) := by omega\nrw [h1]\nexact h"),
        ("⊢ ∃ n, 2 * n = 18", "refine ⟨9, ?_⟩ <;> first | omega | grind"),
        ("k n : Nat\nh : k ≤ n + 1\n⊢ P k", "rcases Nat.lt_or_eq_of_le h with h1 | rfl"),
        (
            "a : Int\n⊢ a * (a + 1) % 2 = 0",
            "have h : a % 2 = 0 ∨ a % 2 = 1 := by omega\nrcases h with h | h <;> first | omega | simp [h, Int.mul_emod, Int.add_emod]",
        ),
    ],
)
def test_a_goal_is_made_more_general_or_brought_into_another_form(goal: str, tactic: str) -> None:
    assert tactic in suggested(goal)


def test_an_induction_hypothesis_is_used_backwards_and_what_recurs_in_it_made_a_variable() -> None:
    goal = "x : Nat\nxs : List Nat\nih : rev (rev xs) = xs\n⊢ rev (snoc (rev xs) x) = x :: xs"
    around = {"definitions": ["snoc", "rev"], "recursive": ["snoc", "rev"]}
    block = "rw [← ih]\ngeneralize rev xs = h\ninduction h <;> grind [snoc, rev]"
    assert {block, f"conv => rhs; {block}"} <= set(suggested(goal, **around))


def test_induction_is_over_what_a_recursive_function_takes_apart() -> None:
    goal = "x : Nat\nxs : List Nat\n⊢ x ∈ sort xs"
    texts = suggested(goal, definitions=["sort"], recursive=["sort"])
    assert [text for text in texts if text.startswith("induction xs with")]
    assert [text for text in texts if text.startswith("induction x ")] == []


def test_an_instance_that_is_there_is_not_made_again() -> None:
    goal = "f : Nat → Nat\nh : ∀ (a b : Nat), f a = f b\nk : Nat\n{}⊢ f k = 0"
    assert "have h1 := h k" in suggested(goal.format(""))
    assert "have h1 := h k" not in suggested(goal.format("g : ∀ (b : Nat), f k = f b\n"))


def test_the_files_own_types_definitions_and_lemmas_are_used() -> None:
    around = {"inductives": inductives_in([EVEN, TREE]), "definitions": ["size"], "lemmas": ["size_leaf"]}
    tree = suggested("α : Type\nt : Tree α\n⊢ size t = 0", **around)
    assert "induction t with\n| leaf => ?_\n| node t x t1 ih ih1 => ?_" in tree
    assert {"simp [size]", "unfold size", "rw [size_leaf]", "apply size_leaf"} <= set(tree)
    assert "induction h" in suggested("n : Nat\nh : Even n\n⊢ n % 2 = 0", **around)
    assert {"apply Even.zero", "apply Even.add_two"} <= set(suggested("n : Nat\n⊢ Even (2 * n)", **around))


def test_a_derivation_is_inducted_over_with_the_rules_of_its_predicate_for_all_that_it_does_not_mention() -> None:
    goal = "α : Type\nm n k : Nat\nh : Even m\nl : m ≤ k\n⊢ n = m"
    texts = suggested(goal, inductives=inductives_in([EVEN]))
    rules = "grind [cases Even, intro Even]"
    assert {f"induction h <;> {rules}", f"induction h generalizing n <;> {rules}"} <= set(texts)
    assert [text for text in texts if text.startswith("induction l <;>")] == []


def test_the_order_is_by_cost_and_experience_changes_it() -> None:
    goal = "p q : Prop\n⊢ p ∨ q"
    assert suggested(goal).index("left") < suggested(goal).index("right")
    learned = policy.tactics(goal, Surroundings(goal=parse_goal(goal)), lambda move: 0.5 if move == "right" else 0.0)
    assert [each.cost for each in learned] == sorted(each.cost for each in learned)
    texts = [each.text for each in learned]
    assert texts.index("right") < texts.index("left")
    assert len(set(texts)) == len(texts)


def test_every_move_comes_up_somewhere() -> None:
    goals = [
        "n m : Nat\nf : Nat → Nat\nx : List Nat\nh : ∃ k, n = k\nk : n = 1 → m = 1\nu : ∀ (a : Nat), a = a\nd : Even n\n"
        "w : ∀ (a : Nat), a < n → a = a\n⊢ ∃ y, f (twice n) = f (twice n) ∧ (n = y ∨ x = []) ∧ 2 ∣ n ^ 2 % 3",
        "p : Prop\na b : Int\nx✝ : p\n⊢ ∀ (n : Nat), (if p then n else n) ≠ 0 ∧ a * b ≤ 0",
        "n : Nat\n⊢ Even n",
        "f : Nat → Nat\nn : Nat\n⊢ f (twice n) = n",
        "n m : Nat\n⊢ n * m = m * n",
        "x : List Nat\nn : Nat\nh : n = 1\nk : n ≤ n + 1\n⊢ count x 0 = n",
        "n m : Nat\nh : Even (n + m)\n⊢ Even (m + n)",
        "⊢ ∃ n, 2 * n = 10",
        "x : Nat\nxs : List Nat\nih : twice xs = xs\n⊢ x * twice (x :: xs) = 0",
        "g : Bool → Bool\nb : Bool\n⊢ g b = b",
    ]
    around = {
        "definitions": ["twice"], "recursive": ["twice"], "lemmas": ["earlier"], "inductives": inductives_in([EVEN])
    }  # fmt: skip
    everything = {
        each.move for goal in goals for each in policy.tactics(goal, Surroundings(goal=parse_goal(goal), **around))
    }
    assert [move.text for move in policy.load().moves if move.text not in everything] == []


def test_a_wrong_data_file_is_named() -> None:
    for broken in (
        b"features = {}\nmove = [{text = 1}]",
        b'features = {}\nmove = [{text = "x", cost = 1.0, when = ["a"]}]',
    ):
        with pytest.raises(msgspec.ValidationError):
            policy.read(broken)


def test_steps_become_a_block_with_a_bullet_for_each_of_several_goals() -> None:
    steps = [Step("intro h", 1), Step("constructor", 2), Step("rfl", 0), Step("cases h with\n| a => ?_\n| b => ?_", 2)]
    assert render([*steps, Step("simp", 0), Step("skip", 1), Step("omega", 0)]).split("\n") == [
        "intro h",
        "constructor",
        "· rfl",
        "· cases h with",
        "  | a => ?_",
        "  | b => ?_",
        "  · simp",
        "  · skip",
        "    omega",
    ]


def test_a_step_that_closes_other_goals_too_leaves_no_empty_bullet() -> None:
    assert render([Step("apply f", 3), Step("assumption", -1), Step("rfl", 0)]) == "apply f\nassumption\nrfl"
