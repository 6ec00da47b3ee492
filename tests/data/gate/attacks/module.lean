module

public section

theorem ownUnfinished : 2 + 2 = 5 := sorry

theorem ownThroughUnfinished : 2 + 2 = 5 := ownUnfinished

private axiom ownPrivate : 2 + 2 = 6

--- The unfinished lemma of a module.
--- says: unfinished lemma: ownUnfinished
theorem t : 2 + 2 = 5 := ⟪ownThroughUnfinished⟫

--- A wrong proof in a module.
theorem t : 2 + 2 = 5 := ⟪rfl⟫

--- A private wrong proof in a module.
private theorem t : 2 + 2 = 5 := by
  ⟪decide⟫

--- An unchecked helper in a module.
--- says: may set
theorem t : 2 + 2 = 5 := by
  ⟪set_option debug.skipKernelTC true in decide⟫

--- A command after it in a module.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
end⟫
