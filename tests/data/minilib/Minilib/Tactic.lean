module

public import Minilib.Order

/-! A tactic by macro. -/

public section

/-- Proves facts about `Minilib.larger` by cases and linear arithmetic. -/
macro "larger_cases" : tactic =>
  `(tactic| (simp only [Minilib.larger]; repeat' split) <;> omega)
