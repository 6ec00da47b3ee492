module

/-! Definitions, namespaces and a private lemma. -/

@[expose] public section

namespace Minilib

/-- The larger of two numbers, by comparison. -/
def larger (m n : Nat) : Nat := if m ≤ n then n else m

/-- Whether a list's elements never fall. -/
def Ascending : List Nat → Prop
  | [] => True
  | [_] => True
  | m :: n :: rest => m ≤ n ∧ Ascending (n :: rest)

private theorem larger_of_le {m n : Nat} (h : m ≤ n) : larger m n = n := by
  simp [larger, h]

theorem le_larger_left (m n : Nat) : m ≤ larger m n := by
  unfold larger
  split <;> omega

theorem le_larger_right (m n : Nat) : n ≤ larger m n := by
  unfold larger
  split <;> omega

theorem larger_comm (m n : Nat) : larger m n = larger n m := by
  unfold larger
  split <;> split <;> omega

theorem larger_self (n : Nat) : larger n n = n := larger_of_le (Nat.le_refl n)

namespace Ascending

theorem tail {n : Nat} {rest : List Nat} (h : Ascending (n :: rest)) : Ascending rest := by
  cases rest with
  | nil => trivial
  | cons m rest => exact h.2

end Ascending

end Minilib
