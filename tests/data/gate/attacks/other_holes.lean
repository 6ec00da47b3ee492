macro "my_try " t:tacticSeq : tactic => `(tactic| try ($t))
macro "my_first " t:tacticSeq : tactic => `(tactic| first | ($t) | skip)
macro "my_drop " t:tacticSeq : tactic => `(tactic| skip)

--- Nothing is done, so another hole takes the goal.
--- says: leaves its goal
theorem t : 2 + 2 = 5 := by
  ⟪skip⟫
  sorry

--- Nothing is done, and one that takes all goals takes one more.
--- says: leaves its goal
theorem t (p q : Prop) (hp : p) : p ∧ q ∧ q := by
  refine ⟨?_, ?_, ?_⟩
  ⟪skip⟫
  all_goals sorry

--- Another goal is proved, so another hole takes this one.
--- says: leaves its goal
theorem t : 2 + 2 = 5 ∧ 2 + 2 = 4 := by
  constructor
  ⟪rotate_left
  decide⟫
  sorry

--- A failure that the user's own tactic forgives.
--- says: leaves its goal
theorem t : 2 + 2 = 5 := by
  my_try ⟪fail⟫
  sorry

--- A failure behind which the user's own tactic goes on.
--- says: leaves its goal
theorem t : 2 + 2 = 5 := by
  my_first ⟪fail⟫
  sorry

--- A hole that the user's own tactic leaves out.
--- says: rests on `sorry`
theorem t : 2 + 2 = 4 ∧ 2 + 2 = 5 := by
  my_drop ⟪decide⟫
  constructor
  · decide
  · sorry

--- A lemma's proof becomes a goal for another hole.
--- says: leaves its goal
theorem t : 2 + 2 = 5 := by
  have h : 2 + 2 = 5 := ⟪?_⟫
  · exact h
  · sorry

--- A part of a term becomes a goal for another hole.
--- says: leaves its goal
theorem t : 2 + 2 = 5 ∧ True := by
  refine ⟨⟪?x⟫, trivial⟩
  sorry

--- A goal is put off, and named by another hole.
--- says: leaves its goal
theorem t (h : ∃ n : Nat, n = 5) : 2 + 2 = 5 := by
  obtain ⟨n, hn⟩ := h
  have : n = 4 := ⟪?later⟫
  · omega
  case later => sorry

--- A conversion that does nothing.
--- says: leaves its goal
theorem t (n : Nat) : n + 0 = 5 := by
  conv => lhs; tactic => ⟪skip⟫
  sorry

--- What would be in the middle is left to another hole to say.
--- says: leaves its goal
theorem t (a b c : Nat) (h : a = b) : a = c := Eq.trans ⟪h⟫ sorry
