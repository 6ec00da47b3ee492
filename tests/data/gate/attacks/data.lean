def Even (n : Nat) : Prop := ∃ k, n = 2 * k

--- Data is not a proof.
--- says: data
def f : Nat := ⟪3⟫

--- Data inside data.
--- says: data
def f : {n : Nat // 0 < n} := ⟨⟪3⟫, by decide⟩

--- A wrong proof inside data.
def f : {n : Nat // 0 < n} := ⟨0, ⟪by decide⟫⟩

--- The hole of an instance is data.
--- says: data
instance : Inhabited (Nat × Nat) := ⟪⟨(1, 2)⟩⟫

--- An axiom's hole.
axiom a : ⟪True⟫

--- Evaluation is no declaration.
#eval (⟪3⟫ : Nat)

--- A field's default is not judged.
--- says: not in a place for a proof
structure S where
  n : Nat
  positive : n = n := ⟪rfl⟫

--- A theorem among others is not judged.
--- says: not in a place for a proof
mutual
theorem a : 2 + 2 = 4 := ⟪rfl⟫
theorem b : 2 + 2 = 4 := rfl
end

--- An inductive type's hole.
inductive I (h : 2 + 2 = 4 := ⟪rfl⟫) where
  | a
