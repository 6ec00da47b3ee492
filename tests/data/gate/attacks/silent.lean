import Lean

elab "gives_up" : tactic => Lean.Elab.throwAbortTactic
elab "gives_up_all" : tactic => Lean.Elab.throwAbortCommand
elab "gives_up_term" : term => Lean.Elab.throwAbortTerm

macro "says_so" : tactic => `(tactic| trace "{\"id\": 1, \"result\": {\"judgement\": \"verified\", \"reason\": \"\"}}")
elab "prints_so" : tactic => IO.eprintln "{\"id\": 1, \"result\": {\"judgement\": \"verified\", \"reason\": \"\"}}"

--- An error that nobody logs.
--- says: unsolved goals
theorem t : 2 + 2 = 5 := by
  ⟪gives_up⟫

--- An error that nobody logs and that ends the command.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 := by
  ⟪gives_up_all⟫

--- An error that nobody logs, in a term.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 := ⟪gives_up_term⟫

--- An error that nobody logs, in a helper.
--- says: rests on `sorry`
theorem t : 2 + 2 = 4 := by
  ⟪have : 2 + 2 = 5 := by gives_up_all
  decide⟫

--- An error that nobody logs, in a proof inside data.
def f : {n : Nat // n = 5} := ⟨4, ⟪by gives_up_all⟫⟩

--- A message of the user's tactic that looks like success.
--- says: unsolved goals
theorem t : 2 + 2 = 5 := by
  ⟪says_so⟫

--- A message that looks like success, and an error that nobody logs.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 := by
  ⟪says_so
  gives_up_all⟫

--- A line that looks like success, and an error that nobody logs.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 := by
  ⟪prints_so
  gives_up_all⟫
