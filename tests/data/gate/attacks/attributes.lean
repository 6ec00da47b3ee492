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

--- A helper that is compiled to something else.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := ⟪let rec @[extern "lean_nat_mul"] helper (a b : Nat) : Nat := a + b; rfl⟫

--- A helper that compiled code is replaced by.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec @[csimp] helper : @Nat.add = @Nat.add := rfl
  decide⟫

--- A helper that runs when the file is imported.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec @[init] helper : IO Unit := pure ()
  decide⟫

--- A helper that becomes a tactic.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec @[tactic Lean.Parser.Tactic.decide] helper : Nat := 3
  decide⟫

--- A helper that becomes a macro.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec @[macro Lean.Parser.Tactic.decide] helper : Nat := 3
  decide⟫

--- A helper that can be unfolded by nobody.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec @[irreducible] helper : Nat := 3
  decide⟫
