/-- Lists with an end. -/
inductive Snoc (α : Type) : Type
  | nil : Snoc α
  | snoc : Snoc α → α → Snoc α
  deriving DecidableEq
namespace Snoc
def len {α : Type} : Snoc α → Nat
  | nil => 0
  | snoc s _ => s.len + 1
scoped infixl:65 " ⊹ " => Snoc.snoc
def both (p q : Bool) : Bool := p && q
noncomputable instance : BEq (Snoc Nat) := ⟨fun a b => decide (a = b)⟩

--- The file's own scoped notation.
theorem t (s : Snoc Nat) (a b : Nat) : (s ⊹ a ⊹ b).len = s.len + 2 := ⟪by simp only [len]⟫

--- The law of an instance without a name.
instance : LawfulBEq (Snoc Nat) where
  eq_of_beq := ⟪by intro a b h; exact of_decide_eq_true h⟫
  rfl := by intro a; exact decide_eq_true rfl

--- One of two laws, the other is still open.
instance : LawfulBEq (Snoc Nat) where
  eq_of_beq := sorry
  rfl := ⟪by intro a; exact decide_eq_true rfl⟫

--- The only law of an instance without a name.
instance : Std.Commutative both := ⟨⟪by decide⟫⟩

--- Recursion with a measure, and a proof that it decreases.
theorem t (n : Nat) : n < 2 ^ n := ⟪by
  let rec go (n : Nat) : n < 2 ^ n :=
    if h : n = 0 then by subst h; decide
    else by
      have := go (n - 1)
      have e : 2 ^ n = 2 ^ (n - 1) * 2 := by rw [← Nat.pow_succ]; congr 1; omega
      omega
  termination_by n
  decreasing_by omega
  exact go n⟫

--- Comments in comments, and what looks like one in a text.
theorem t : "a\tb -- no /- comment" = "a\tb -- no /- comment" := ⟪by /- /- nested -/ -- -/ rfl /- "
  -/⟫

--- A helper that recurs on the file's own type.
theorem t : ∀ s : Snoc Nat, 0 ≤ s.len := ⟪by
  let rec go : ∀ s : Snoc Nat, 0 ≤ s.len
    | .nil => Nat.zero_le _
    | .snoc r _ => have := go r; Nat.zero_le _
  exact go⟫

--- The whole proof in one term with French quotes and a name in guillemets.
theorem t (s : Snoc Nat) («h 1» : s.len = 3) : 3 = s.len := ⟪(‹s.len = 3›).symm⟫

--- `nomatch`, and patterns without a body.
theorem t (s : Snoc Nat) (h : s.len < 0) : False := ⟪nomatch h⟫

--- A motive given by hand.
theorem t (s : Snoc Nat) (p : Nat → Prop) (h : ∀ n, p n) : p s.len := ⟪Snoc.rec (motive := fun s => p s.len) (h _) (fun _ _ _ => h _) s⟫

--- Structure update, projections and anonymous functions with dots.
theorem t (p : Nat × Nat) : ({ p with fst := 3 } : Nat × Nat).1 = 3 ∧ [p].map (·.2) = [p.2] := ⟪⟨rfl, rfl⟩⟫

--- A universe-polymorphic helper.
theorem t : (∃ f : Nat → Nat, ∀ n, f n = n) ∧ (∃ f : Bool → Bool, ∀ b, f b = b) := ⟪by
  have same : ∀ {β : Type} , ∃ f : β → β, ∀ x, f x = x := fun {β} => ⟨id, fun _ => rfl⟩
  exact ⟨same, same⟩⟫

--- Functional induction on the file's own function.
theorem t (s : Snoc Nat) : s.len = s.len + 0 := ⟪by
  fun_induction len s with
  | case1 => rfl
  | case2 r _ ih => omega⟫

--- Numbers in many bases, and a character.
theorem t : 0xff = 0b11111111 ∧ 1_000 = 1000 ∧ 'a'.toNat = 0o141 := ⟪by decide⟫
