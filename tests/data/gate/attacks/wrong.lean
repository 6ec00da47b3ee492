--- A number too large to be computed.
theorem t : 2 ^ 2 ^ 33 = 0 := by
  ⟪decide⟫

--- A number too large to be computed, by reflexivity.
theorem t : 2 ^ 2 ^ 33 = 0 := ⟪rfl⟫

--- A decision procedure of the candidate's own.
theorem t : (1 : Nat) = 2 := by
  ⟪letI : DecidableEq Nat := fun _ _ => isTrue (by assumption)
  decide⟫

--- A decision by the statement itself.
theorem t : (1 : Nat) = 2 := ⟪@of_decide_eq_true _ (isTrue ‹_›) rfl⟫

--- A match that tells nothing.
theorem t : 1 = 2 := ⟪match (generalizing := true) "a" with | _ => rfl⟫

--- A type under another's name.
theorem t : 1 = 2 := by
  ⟪let Nat := Unit
  exact rfl⟫

--- Another goal.
theorem t : 1 = 2 := by
  ⟪change True
  trivial⟫

--- A helper whose error is caught.
theorem t : 1 = 2 := by
  ⟪have h : 1 = 2 := by first | done | skip
  exact h⟫

--- A helper that does not end, with hints.
theorem t : 1 = 2 := by
  ⟪let rec f (n : Nat) : 1 = 2 := f (n - 1)
    termination_by n
    decreasing_by all_goals simp_all
  exact f 0⟫

--- Many errors in front of the one that counts.
theorem t : 1 = 2 := by
  ⟪iterate 150 (first | (have : 1 = 2 := by rfl) | skip)
  skip⟫
