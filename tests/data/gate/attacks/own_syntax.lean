syntax "own_simp" ("(" &"config" " := " term ")")? : tactic
macro_rules
  | `(tactic| own_simp (config := $c)) => `(tactic| simp (config := $c))
  | `(tactic| own_simp) => `(tactic| simp)

syntax "sudo " tactic : tactic
macro_rules | `(tactic| sudo $t) => `(tactic| $t)

macro "wrap " t:tacticSeq : tactic => `(tactic| ($t))

macro "eval% " t:term : term => `($t)

declare_syntax_cat own_clause
syntax "(" &"simp_config" " := " term ")" : own_clause
syntax "own_search" own_clause : tactic
macro_rules | `(tactic| own_search $_) => `(tactic| decide)

--- Configuration of a tactic of the user's.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪own_simp (config := id {})⟫

--- Configuration of a tactic of the user's by a name.
--- says: literals only
theorem t (a : Nat) : a + 0 = a := by
  ⟪own_simp (config := ownConfiguration)⟫

--- Configuration of a clause of the user's.
--- says: literals only
theorem t : 2 + 2 = 4 := by
  ⟪own_search (simp_config := (fun c => c) {})⟫

--- A word that libraries use for what is evaluated.
--- says: `eval%` is not allowed
theorem t : 2 + 2 = 4 := ⟪eval% rfl⟫

--- A word that libraries use to go around limits.
--- says: `sudo` is not allowed
theorem t : 2 + 2 = 4 := by
  ⟪sudo decide⟫

--- A program inside a tactic of the user's.
--- says: `run_tac` is not allowed
theorem t : 2 + 2 = 4 := by
  ⟪wrap
    run_tac pure ()
    decide⟫

--- An option inside a tactic of the user's.
--- says: may set
theorem t : 2 + 2 = 4 := by
  ⟪wrap
    set_option debug.skipKernelTC true in decide⟫
