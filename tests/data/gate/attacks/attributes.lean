--- A helper that changes `simp` for the rest of the file.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec @[simp] helper : 2 + 2 = 4 := rfl
  exact helper⟫

--- A helper that becomes an instance.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec @[instance] helper : HAdd Nat Nat Nat := ⟨fun _ _ => 5⟩
  decide⟫

--- A helper that replaces compiled code.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := ⟪let rec @[implemented_by Nat.add] helper (a b : Nat) : Nat := a * b; rfl⟫

--- A helper that documents itself.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec /-- Help. -/ helper : 2 + 2 = 4 := rfl
  exact helper⟫

--- An attribute set inside.
--- says: does not parse
theorem t : 2 + 2 = 4 := by
  ⟪attribute [local simp] Nat.add_comm in
  decide⟫

--- A local instance inside.
--- says: does not parse
theorem t : 2 + 2 = 4 := by
  ⟪local instance : HAdd Nat Nat Nat := ⟨fun _ _ => 5⟩
  decide⟫

--- A private name is not for a proof.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := ⟪(private_decl% rfl)⟫
