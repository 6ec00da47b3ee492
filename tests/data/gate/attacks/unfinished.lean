theorem ownUnfinished : 2 + 2 = 5 := sorry

def ownAlias := @sorryAx

instance ownDecision : Decidable (2 + 2 = 5) := sorry

theorem ownDecided : @decide (2 + 2 = 5) ownDecision = true := sorry

macro "my_magic" : tactic => `(tactic| sorry)

macro "my_term" : term => `(sorry)

notation "mine" => sorryAx

--- A term without proof.
--- says: `sorry` is not allowed
theorem t : 2 + 2 = 5 := ⟪by exact sorry⟫

--- A tactic without proof.
--- says: `sorry` is not allowed
theorem t : 2 + 2 = 5 := by
  ⟪skip; sorry⟫

--- `admit`.
--- says: `admit` is not allowed
theorem t : 2 + 2 = 5 := by
  ⟪admit⟫

--- `stop` leaves out the rest.
--- says: `stop` is not allowed
theorem t : 2 + 2 = 5 := by
  ⟪stop
  decide⟫

--- The axiom itself.
--- says: may not name `sorryAx`
theorem t : 2 + 2 = 5 := ⟪sorryAx _ false⟫

--- The axiom itself, in guillemets.
--- says: may not name `sorryAx`
theorem t : 2 + 2 = 5 := ⟪«sorryAx» _ false⟫

--- The axiom under another name.
--- says: may not name `sorryAx`
theorem t : 2 + 2 = 5 := by
  ⟪open _root_ renaming sorryAx → proof in
  exact proof _ false⟫

--- The user's own macro hides it.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 := by
  ⟪my_magic⟫

--- The user's own term hides it.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 := ⟪my_term⟫

--- The user's own notation hides it.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 := ⟪mine _ false⟫

--- It is left in a helper that the proof does not use.
--- says: rests on `sorry`
theorem t : 2 + 2 = 4 := by
  ⟪let rec helper : 2 + 2 = 5 := by my_magic
  decide⟫

--- The user's own definition hides it.
--- says: unfinished lemma
theorem t : 2 + 2 = 5 := ⟪ownAlias _ false⟫

--- The user's unfinished lemma.
--- says: unfinished lemma
theorem t : 2 + 2 = 5 := ⟪ownUnfinished⟫

--- A macro that hides it in one of two holes.
--- says: rests on `sorry`
theorem t : 2 + 2 = 5 ∧ 2 + 2 = 4 := by
  constructor
  · ⟪my_magic⟫
  · sorry

--- A hole whose failure its surroundings forgive, with another hole to take the goal.
--- says: forgives
theorem t : 2 + 2 = 5 := by
  try (⟪fail⟫)
  sorry

--- What a tactic suggests is no proof yet.
--- says: checked on its own
theorem t (a b : Nat) (h : a ≤ b) : a < b + 1 := by
  ⟪exact?⟫

--- grind's own way to give up.
--- says: is not allowed in a proof
theorem t (p : Prop) : p := by
  ⟪grind => sorry⟫

--- A hole that is left open.
--- says: don't know how to synthesize
theorem t : ∃ n : Nat, n = n := ⟪⟨_, rfl⟩⟫

--- A goal that is left open.
--- says: unsolved goals
theorem t : 2 + 2 = 4 ∧ 2 + 2 = 5 := by
  ⟪constructor
  · decide⟫

--- The user's own instance hides it.
--- says: unfinished lemma: ownDecided, ownDecision
theorem t : 2 + 2 = 5 := @of_decide_eq_true _ ownDecision ⟪ownDecided⟫

--- What `try?` closes a goal with.
theorem t (p : Prop) : p := by
  ⟪try?⟫

--- What `try?` says is not the proof.
--- says: checked on its own
theorem t (a b : Nat) (h : a ≤ b) : a < b + 1 := by
  ⟪try?⟫

--- What `show_term` says is checked on its own.
theorem t (p : Prop) (h : p) : p := by
  ⟪show_term exact h⟫

--- What `says` was told.
theorem t : 2 + 2 = 5 := by
  ⟪decide says sorry⟫
