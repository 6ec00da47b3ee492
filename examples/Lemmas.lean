/-!
Lemmas from different corners of core Lean. Each waits for its proof:

    turnstile prove examples/Lemmas.lean
-/

namespace Examples

variable {α β γ : Type}

/-! ## Propositional logic -/

theorem not_or_iff (p q : Prop) : ¬(p ∨ q) ↔ ¬p ∧ ¬q := sorry

theorem curry_iff (p q r : Prop) : (p ∧ q → r) ↔ (q → p → r) := by
  sorry

/-! ## Quantifiers -/

theorem exists_or_iff (p q : α → Prop) : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ (∃ x, q x) := by
  sorry

theorem not_forall_of_exists_not {p : α → Prop} (h : ∃ x, ¬p x) : ¬∀ x, p x := by sorry

/-! ## Arithmetic -/

theorem succ_mod_four (n : Nat) (h : n % 4 = 3) : (n + 1) % 4 = 0 := by sorry

theorem le_of_two_mul_le (a b c : Int) (h₁ : 2 * a ≤ b + c) (h₂ : c ≤ b) : a ≤ b := by
  sorry

/-! ## Induction -/

/-- `0 + 1 + … + n`. -/
def sumTo : Nat → Nat
  | 0 => 0
  | n + 1 => sumTo n + (n + 1)

theorem two_mul_sumTo (n : Nat) : 2 * sumTo n = n * (n + 1) := by
  sorry

/-- Binary trees with values at the inner nodes. -/
inductive Tree (α : Type) where
  | leaf
  | node (left : Tree α) (value : α) (right : Tree α)

/-- The mirror image of a tree. -/
def Tree.mirror : Tree α → Tree α
  | leaf => leaf
  | node left value right => node right.mirror value left.mirror

theorem Tree.mirror_mirror (t : Tree α) : t.mirror.mirror = t := by
  sorry

/-! ## Lists -/

theorem reverse_concat (xs : List α) (x : α) : (xs ++ [x]).reverse = x :: xs.reverse := by
  sorry

/-- Every element twice: `double [a, b] = [a, a, b, b]`. -/
def double : List α → List α
  | [] => []
  | x :: xs => x :: x :: double xs

theorem length_double (xs : List α) : (double xs).length = 2 * xs.length := by
  sorry

/-! ## Functions -/

/-- Different arguments have different values. -/
def Injective (f : α → β) : Prop := ∀ ⦃a b⦄, f a = f b → a = b

theorem Injective.comp {g : β → γ} {f : α → β} (hg : Injective g) (hf : Injective f) : Injective (g ∘ f) := by
  sorry

theorem comp_map_map (g : β → γ) (f : α → β) : List.map g ∘ List.map f = List.map (g ∘ f) := by
  sorry

end Examples
