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

--- A field's default that is data.
--- says: data
structure S where
  n : Nat := ⟪3⟫

--- A field's default by a wrong proof.
structure S where
  n : Nat
  positive : n = n + 1 := ⟪rfl⟫

--- A field's type is not judged.
--- says: not in a place for a proof
structure S where
  small : Fin ((⟨3, ⟪by decide⟫⟩ : {n : Nat // 0 < n}).val)

--- A default script runs later, wherever the structure is used.
--- says: not in a place for a proof
structure S where
  n : Nat
  positive : n = n := by ⟪rfl⟫

--- A default script in place of a default proof.
--- says: outside of the hole
structure S where
  n : Nat
  positive : n = n := ⟪by rfl⟫

--- A theorem among others, by another that is wrong.
mutual
theorem a : 2 + 2 = 5 := ⟪b⟫
theorem b : 2 + 2 = 5 := a
end

--- A theorem among others, by a wrong proof.
mutual
theorem a : 2 + 2 = 5 := ⟪rfl⟫
theorem b : 2 + 2 = 4 := rfl
end

--- A theorem among others that closes the block.
--- says: more than one command
mutual
theorem a : 2 + 2 = 4 := ⟪rfl
end
mutual⟫
theorem b : 2 + 2 = 4 := rfl
end

--- Another theorem put among others.
--- says: outside of the hole
mutual
theorem a : 2 + 2 = 4 := ⟪rfl
theorem c : 2 + 2 = 4 := rfl⟫
theorem b : 2 + 2 = 4 := rfl
end

--- An unfinished block.
mutual
theorem a : 2 + 2 = 4 := ⟪rfl
theorem b : 2 + 2 = 4 := rfl⟫

--- A function among others is data.
--- says: data
mutual
def f : Nat → Nat := ⟪fun n => n⟫
def g : Nat → Nat := fun n => n
end

--- A value without a body is not judged.
opaque positive : {n : Nat // 0 < n} := ⟨3, ⟪by decide⟫⟩

--- An unsafe definition's proof counts for nothing.
unsafe def positive : {n : Nat // 0 < n} := ⟨3, ⟪by decide⟫⟩

--- An inductive type's hole.
inductive I (h : 2 + 2 = 4 := ⟪rfl⟫) where
  | a
