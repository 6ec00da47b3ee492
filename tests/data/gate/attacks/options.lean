--- A helper lemma enters unchecked by the kernel.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : 2 + 2 = 5 := by
  ⟪set_option debug.skipKernelTC true in
  decide⟫

--- The same name in guillemets.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : 2 + 2 = 5 := by
  ⟪set_option «debug».«skipKernelTC» true in
  decide⟫

--- An option in a term.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : 2 + 2 = 5 := ⟪set_option debug.skipKernelTC true in by decide⟫

--- An option deep inside an allowed tactic.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : True ∧ 2 + 2 = 5 := by
  ⟪refine ⟨trivial, ?_⟩
  first
    | decide
    | (have : 2 + 2 = 5 := set_option debug.skipKernelTC true in by decide
       exact this)⟫

--- No limit at all.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : 2 + 2 = 4 := by
  ⟪set_option maxHeartbeats 0 in
  decide⟫

--- A limit far too high.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : 2 + 2 = 4 := by
  ⟪set_option maxRecDepth 100000000 in
  decide⟫

--- A text where a number belongs.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : 2 + 2 = 4 := by
  ⟪set_option maxHeartbeats "400" in
  decide⟫

--- The warning about `sorry` is switched off.
--- says: may set `maxHeartbeats` and `maxRecDepth` only
theorem t : 2 + 2 = 5 := by
  ⟪set_option warn.sorry false in
  exact?⟫

--- An option in grind's own language.
--- says: is not allowed in a proof
theorem t (p : Prop) (h : p) : p := by
  ⟪grind =>
    set_option debug.skipKernelTC true in finish⟫
