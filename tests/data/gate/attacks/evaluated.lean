--- Configuration is a term that Lean evaluates.
--- says: literals only
theorem t : 2 + 2 = 5 := by
  ⟪decide (config := unsafe unsafeCast ())⟫

--- Configuration by a function's result.
--- says: literals only
theorem t : 2 + 2 = 4 := by
  ⟪decide (config := (fun c => c) {})⟫

--- Configuration by a name.
--- says: literals only
theorem t : 2 + 2 = 4 := by
  ⟪decide (config := someConfiguration)⟫

--- Configuration by a name of its type.
--- says: literals only
theorem t : 2 + 2 = 4 := by
  ⟪decide (config := .some)⟫

--- One item's value is evaluated too.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪simp (maxSteps := (dbgTrace "x" fun _ => 3))⟫

--- A constant's name instead of a literal.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪simp (maxSteps := Nat.zero)⟫

--- A structure built on another.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪simp (config := { Lean.Meta.Simp.neutralConfig with decide := true })⟫

--- A field's value inside a structure.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪simp (config := { maxSteps := id 5 })⟫

--- Configuration of `omega`.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪omega (splitDisjunctions := not false)⟫

--- Configuration of `rw`.
--- says: literals only
theorem t (a b : Nat) (h : a = b) : b = a := by
  ⟪rw (occs := .pos [1]) [h]⟫

--- Configuration of `grind`.
--- says: literals only
theorem t (p : Prop) (h : p) : p := by
  ⟪grind (splits := (2 : Nat) + 3)⟫

--- Configuration of a `conv` tactic.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪conv => lhs; simp (maxSteps := 4 + 4)⟫

--- Configuration inside an alternative that is never tried.
--- says: literals only
theorem t (p : Prop) (h : p) : p := by
  ⟪first
    | exact h
    | simp (zeta := (unsafe unsafeCast 1))⟫

--- `run_tac` runs a program.
--- says: `run_tac` is not allowed
theorem t : 2 + 2 = 5 := by
  ⟪run_tac pure ()⟫

--- `by_elab` runs a program.
--- says: `by_elab` is not allowed
theorem t : 2 + 2 = 5 := ⟪by_elab do throwError "x"⟫

--- A file is read.
--- says: `include_str` is not allowed
theorem t : "" = "" := ⟪(fun (_ : String) => rfl) (include_str "/etc/passwd")⟫

--- Compiled code decides.
--- says: `native_decide` is not allowed
theorem t : 10 < 20 := by
  ⟪native_decide⟫

--- Compiled code decides, as a configuration.
--- says: not `native`
theorem t : 10 < 20 := by
  ⟪decide +native⟫

--- The same with guillemets.
--- says: not `native`
theorem t : 10 < 20 := by
  ⟪decide +«native»⟫

--- The same as a value.
--- says: not `native`
theorem t : 10 < 20 := by
  ⟪decide (native := true)⟫

--- The same as a field.
--- says: not `native`
theorem t : 10 < 20 := by
  ⟪decide (config := { native := true })⟫

--- An external program.
--- says: `bv_decide` is not allowed
theorem t (x : BitVec 8) : x &&& x = x := by
  ⟪bv_decide⟫

--- An unsafe term.
--- says: `unsafe` is not allowed
theorem t : 2 + 2 = 5 := ⟪unsafe (unsafeCast ())⟫

--- Output while elaborating.
--- says: `dbg_trace` is not allowed
theorem t : 2 + 2 = 4 := by
  ⟪dbg_trace "x"
  decide⟫

--- A message is evaluated.
--- says: `trace` is not allowed
theorem t : 2 + 2 = 4 := by
  ⟪trace "proved"
  decide⟫

--- Waiting.
--- says: `sleep` is not allowed
theorem t : 2 + 2 = 4 := by
  ⟪sleep 100000
  decide⟫

--- A quotation.
--- says: is not allowed
theorem t : 2 + 2 = 4 := by
  ⟪have := `(tactic| sorry)
  decide⟫

--- A default value by tactics, run wherever the binder is used.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 4 := by
  ⟪let rec helper (n : Nat) (h : n = n := by decide) : n = n := h
  decide⟫
