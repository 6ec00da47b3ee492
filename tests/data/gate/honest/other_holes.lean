--- What another hole has to prove names the proof.
theorem t : ∃ x : {n : Nat // n = 5}, x = x := by
  refine ⟨⟨5, ⟪by decide⟫⟩, ?_⟩
  exact sorry

--- The other goals are left to a hole that takes all.
theorem t (p q : Prop) (hp : p) : p ∧ q ∧ q := by
  refine ⟨?_, ?_, ?_⟩
  ⟪exact hp⟫
  all_goals sorry

--- A step of a calculation.
theorem t (a b c : Nat) (h : a = b) : a = c := calc
  a = b := ⟪h⟫
  _ = c := sorry

--- The other hole has an error.
theorem t (p q : Prop) (hp : p) : p ∧ q := ⟨⟪hp⟫, by omega⟩

--- Data with two holes.
def f : {n : Nat // n = 5} × {n : Nat // n = 6} := ⟨⟨5, ⟪rfl⟫⟩, ⟨6, sorry⟩⟩

--- Holes within what is behind.
theorem t.{u} (α : Type u) (p : α → Prop) (h : ∀ x, p x) : ∀ x, p x ∧ p x := by
  intro x
  have hx : p x := ⟪by simp [h]⟫
  constructor
  · have : p x := by sorry
    sorry
  · exact hx

--- A helper with the name that the judge would choose.
theorem t : 2 + 2 = 4 := by
  ⟪let rec claimed : 2 + 2 = 4 := rfl
  exact claimed⟫
