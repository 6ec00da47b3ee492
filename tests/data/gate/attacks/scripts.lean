--- A script as a helper: a type that names it would run it, in a later proof.
--- says: It adds a script
theorem t : 2 + 2 = 4 := by
  ⟪let rec script : Lean.Syntax := .node .none `Lean.Parser.Tactic.tacticSorry #[.atom .none "sorry"]
  rfl⟫

--- A script as a helper, of a type that is not written.
--- says: It adds a script
theorem t : 2 + 2 = 4 := by
  ⟪let rec script := Lean.Syntax.missing
  rfl⟫

--- A script as a helper, in a proof inside data.
--- says: It adds a script
def f : { n : Nat // n = 4 } := ⟨4, ⟪by
  let rec script : Lean.Syntax := .missing
  rfl⟫⟩

--- A script that is run where another helper says why it ends.
--- says: beside others
theorem t (n : Nat) : 2 + 2 = 5 := by
  ⟪let rec script : Lean.Syntax := .node .none `Lean.Parser.Tactic.tacticSeq #[.node .none
    `Lean.Parser.Tactic.tacticSeq1Indented #[.node .none `null #[.node .none
      `Lean.Parser.Tactic.tacticSorry #[.atom .none "sorry"]]]]
  let rec go (m : Nat) : 2 + 2 = 5 := (fun (_ : script = script) => go (m + 1)) rfl
    termination_by m
    decreasing_by
      have run : ∀ (p : Prop) (_ : autoParam p t.script), p := fun _ h => h
      exact run _
  exact go n⟫

--- A script of the library where a proof belongs.
theorem t : 2 + 2 = 5 := by
  ⟪have run : ∀ (p : Prop) (_ : autoParam p Lean.Syntax.missing), p := fun _ h => h
  exact run _⟫
