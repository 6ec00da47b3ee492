namespace Own

def double (n : Nat) : Nat := n + n

macro "solve_it" : tactic => `(tactic| first | omega | simp | decide)

syntax "both " tactic : tactic
macro_rules | `(tactic| both $t) => `(tactic| (constructor <;> $t))

syntax "own_simp" ("(" &"config" " := " term ")")? : tactic
macro_rules
  | `(tactic| own_simp (config := $c)) => `(tactic| simp (config := $c))
  | `(tactic| own_simp) => `(tactic| simp)

notation:65 a " ⊞ " b => double a + double b

scoped infixl:65 " ⊕⊕ " => fun a b => double a + b

local macro "the_trivial" : term => `(True.intro)

axiom choice_of_mine : double 1 = 2

def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)

def halve (n : Nat) : Nat := if n < 2 then 0 else halve (n - 2) + 1

variable {α : Type} (xs : List α)

section
variable (p : Prop) (hp : p)

--- The user's macro.
theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by
  ⟪solve_it⟫

--- The user's syntax with an argument.
theorem t (hp : p) : p ∧ p := by
  ⟪both exact hp⟫

--- The user's syntax with a configuration that is a literal.
theorem t (a : Nat) : a + 0 = a := by
  ⟪own_simp (config := { decide := true })⟫

--- The user's notation.
theorem t (a b : Nat) : (a ⊞ b) = (b ⊞ a) := by
  ⟪show (a ⊞ b) = double b + double a
  exact Nat.add_comm _ _⟫

--- Scoped notation.
theorem t : 1 ⊕⊕ 2 = 4 := ⟪(rfl : 1 ⊕⊕ 2 = 4)⟫

--- A local macro for a term.
theorem t : True := ⟪the_trivial⟫

--- Equations of the user's function.
theorem t (n : Nat) : fib (n + 2) = fib n + fib (n + 1) := by
  ⟪rw [fib]⟫

--- The same by `simp`.
theorem t : fib 7 = 13 := by
  ⟪simp [fib]⟫

--- Well-founded recursion, unfolded.
theorem t (n : Nat) (h : ¬ n < 2) : halve n = halve (n - 2) + 1 := by
  ⟪rw [halve]
  simp [h]⟫

--- Induction along the user's function.
theorem t (n : Nat) : fib n ≤ fib n + n := by
  ⟪fun_induction fib n <;> omega⟫

--- The user's axiom.
theorem t : double 1 + 0 = 2 := ⟪choice_of_mine⟫

--- Variables of a section.
theorem t : xs ++ [] = xs := ⟪List.append_nil xs⟫

--- An example with a variable's hypothesis in its statement.
example (q : Prop) (hq : q) : p → q := ⟪fun _ => hq⟫

--- An example whose proof alone names a variable.
example : p ∨ 1 = 2 := ⟪Or.inl hp⟫

--- A private theorem.
private theorem t (n : Nat) : double n = n + n := ⟪rfl⟫

--- A protected theorem with an attribute.
@[simp] protected theorem double.t (n : Nat) : double n = n + n := by
  ⟪rfl⟫

--- At the root.
theorem _root_.Elsewhere.t (n : Nat) : double n = n + n := by
  ⟪unfold double
  rfl⟫

--- After `open … in`.
open Classical in
theorem t (q : Prop) : (if q then 1 else 1) = 1 := by
  ⟪split <;> rfl⟫

--- A statement with equations.
theorem t : ∀ n : Nat, double n = n + n
  | 0 => rfl
  | n + 1 => ⟪by unfold double; rfl⟫

--- A proof inside data.
def three : {n : Nat // 0 < n} := ⟨3, ⟪by decide⟫⟩

--- A proof in a field.
instance : Inhabited {n : Nat // 0 < n} where
  default := ⟨3, by ⟪decide⟫⟩

--- A proof that a recursion ends.
def down (n : Nat) : Nat := if h : n = 0 then 0 else down (n - 1)
decreasing_by ⟪omega⟫

--- The second of two holes.
theorem t (q r : Prop) (hq : q) (hr : r) : q ∧ r := by
  have first : q := sorry
  exact ⟨first, ⟪hr⟫⟩

--- A field's default that is a proof.
structure S where
  n : Nat
  same : n + 0 = n := ⟪Nat.add_zero n⟫

--- A field's default that a class needs.
class C (α : Type) where
  one : α
  same : one = one := ⟪rfl⟫

--- A theorem among others.
mutual
theorem a : 2 + 2 = 4 := ⟪by decide⟫
theorem b : 2 + 2 = 4 := rfl
end

--- Theorems that prove each other, by recursion.
mutual
theorem a : ∀ n : Nat, 0 + n = n
  | 0 => rfl
  | n + 1 => congrArg (· + 1) (b n)
theorem b : ∀ n : Nat, 0 + n = n
  | 0 => rfl
  | n + 1 => ⟪congrArg (· + 1) (a n)⟫
end

--- A proof inside a function among others.
mutual
def f : Nat → {n : Nat // 0 < n}
  | 0 => ⟨1, ⟪by decide⟫⟩
  | n + 1 => g n
def g : Nat → {n : Nat // 0 < n}
  | 0 => ⟨2, by decide⟩
  | n + 1 => f n
end
