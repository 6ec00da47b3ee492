--- Another command after the theorem.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪by decide
theorem u : 2 + 2 = 5 := sorry⟫

--- The body ends the section the theorem stands in.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪by decide
end⟫

--- The rest of the file is cut off.
--- says: more than one command
theorem t : 2 + 2 = 5 := ⟪by decide
#exit⟫

--- Local notation changes what follows.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
local notation "True" => False⟫

--- A macro changes what follows.
--- says: more than one command
theorem t : 2 + 2 = 4 := by
  ⟪decide
macro_rules | `(tactic| decide) => `(tactic| sorry)⟫

--- An instance for the rest of the file.
--- says: more than one command
theorem t : 2 + 2 = 4 := by
  ⟪decide
instance : HAdd Nat Nat Nat := ⟨fun _ _ => 5⟩⟫

--- Evaluation after the proof.
--- says: more than one command
theorem t : 2 + 2 = 4 := by
  ⟪decide
#eval IO.println "x"⟫

--- An axiom in the middle.
--- says: more than one command
theorem t : 2 + 2 = 5 := by
  ⟪exact x
axiom x : 2 + 2 = 5
exact x⟫

--- A comment without an end swallows what follows.
--- says: does not parse
theorem t : 2 + 2 = 4 := ⟪by decide /-⟫

--- A line comment at the end swallows what follows on the line.
--- says: ends in a line comment
theorem t : 2 + 2 = 4 := ⟪by decide --⟫

--- A comment's end without a beginning.
--- says: does not parse
theorem t : 2 + 2 = 4 := ⟪by decide -/⟫

--- A documentation comment for whatever comes next.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪by decide
/-- Proved. -/⟫

--- An attribute for whatever comes next.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪by decide
@[simp]⟫

--- `where` with an instance changes `+` for the rest of the file.
--- says: outside of the hole
theorem t : 2 + 2 = 4 := ⟪by decide
where
  @[instance] bad : HAdd Nat Nat Nat := ⟨fun _ _ => 5⟩⟫

--- A plain `where`.
--- says: outside of the hole
theorem t : 2 + 2 = 4 := ⟪helper
where
  helper : 2 + 2 = 4 := by decide⟫

--- Hints on termination.
--- says: outside of the hole
theorem t (n : Nat) : n + 0 = n := ⟪rfl
termination_by n⟫

--- Hints on decreasing.
--- says: outside of the hole
theorem t (n : Nat) : n + 0 = n := ⟪rfl
decreasing_by sorry⟫

--- Out of the bullet.
--- says: outside of the hole
theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · ⟪exact hp
  exact hq⟫

--- Out of the branch.
--- says: outside of the hole
theorem t (p q : Prop) (h : p ∨ q) (hp : p) : p := by
  cases h with
  | inl h => ⟪exact h
  | inr h => exact hp⟫

--- Out of a term into its surroundings.
--- says: outside of the hole
theorem t : 1 = 1 ∧ 2 = 2 := And.intro ⟪rfl rfl⟫ rfl

--- The token before the hole grows.
--- says: outside of the hole
theorem t (h : 2 + 2 = 4) (hx : 2 + 2 = 4) : 2 + 2 = 4 := by exact (h⟪x⟫)

--- Out of parentheses and in again.
--- says: outside of the hole
theorem t : (2 + 2 = 4) := (⟪by decide) |> (fun (h : 2 + 2 = 4) => h⟫)

--- The example becomes a theorem of its own, named in its proof.
--- says: may not name `exampleUnderJudgement`
example : ∀ n : Nat, n + 0 = n := ⟪fun
  | 0 => rfl
  | n + 1 => congrArg (· + 1) (Turnstile.exampleUnderJudgement n)⟫

--- Nothing at all.
--- says: does not parse
theorem t : 2 + 2 = 4 := ⟪⟫

--- A message that looks like an answer.
--- says: `trace` is not allowed
theorem t : 2 + 2 = 5 := by
  ⟪trace "{\"id\": 1, \"result\": {\"judgement\": \"verified\"}}"
  decide⟫

--- A hole in the statement.
--- says: not in a place for a proof
theorem t : 2 + 2 = ⟪(4)⟫ := by decide

--- A hole in an attribute.
--- says: does not parse
@[simp ⟪low⟫] theorem t : 2 + 2 = 4 := by decide

--- A hole in a configuration.
--- says: not in a place for a proof
theorem t : 2 + 2 = 4 := by decide (kernel := ⟪true⟫)

--- The private names of a library.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
open private Nat.add from Init.Prelude⟫

--- The private names of a library, inside.
--- says: does not parse
theorem t : 2 + 2 = 4 := by
  ⟪open private Nat.add from Init.Prelude in
  decide⟫

--- A constant without a value.
--- says: more than one command
theorem t : 2 + 2 = 5 := ⟪by exact x
opaque x : 2 + 2 = 5⟫

--- A type that nobody may have.
--- says: more than one command
theorem t : 2 + 2 = 5 := ⟪by exact x
inductive False' : Prop | intro⟫

--- A quotient of its own.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
init_quot⟫

--- A syntax of its own.
--- says: does not parse
theorem t : 2 + 2 = 5 := ⟪by my_tactic
syntax "my_tactic" : tactic
macro_rules | `(tactic| my_tactic) => `(tactic| sorry)⟫

--- A tactic of its own.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
elab "mine" : tactic => pure ()⟫

--- A program after the proof.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
run_cmd Lean.logInfo "x"⟫

--- An initialiser after the proof.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
initialize IO.println "x"⟫

--- An option for what follows.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
set_option debug.skipKernelTC true⟫

--- A namespace for what follows.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
namespace Nat⟫

--- The same name, proved of something else.
--- says: more than one command
theorem t : 2 + 2 = 5 := ⟪sorryless
theorem t : 2 + 2 = 4 := rfl⟫

--- Another command in front, by way of an `in`.
--- says: does not parse
theorem t (h : 2 + 2 = 4) : 2 + 2 = 4 := ⟪h in⟫

--- A second body.
theorem t : 2 + 2 = 4 := ⟪rfl := rfl⟫

--- A deriving clause.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
deriving instance Repr for Bool⟫

--- A module's end.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
import Lean⟫

--- A character that looks like nothing.
theorem t : 2 + 2 = 4 := ⟪by decide​⟫
