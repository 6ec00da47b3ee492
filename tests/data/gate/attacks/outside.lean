set_option autoImplicit true

def secret : Nat := 7

variable (h : 2 + 2 = 5)

structure Five where
  value : Nat
  proof : value = 5

inductive Color | red | green

opaque hidden : Nat → Nat

namespace Inner

def deep : Nat := 3

--- A variable that the statement does not name.
--- says: Unknown identifier
theorem t : 2 + 2 = 5 := ⟪h⟫

--- A variable that the statement does not name, from the context.
theorem t : 2 + 2 = 5 := by
  ⟪assumption⟫

--- A variable that would become an argument of the user's data.
--- says: changes the type
def f : {n : Nat // n = 5} := ⟨2 + 2, ⟪h⟫⟩

--- A variable that was never bound, in the proof.
theorem t : n = 5 := ⟪(rfl : n = n)⟫

--- Variables of types that were never bound.
theorem t (x : α) (y : α) : x = y := ⟪by cases x; rfl⟫

--- A deriving handler.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
deriving DecidableEq⟫

--- Macros in a `where`.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪rfl
where
  macro_rules | `(tactic| rfl) => `(tactic| sorry)⟫

--- An instance before the library's.
--- says: does not parse
theorem t : 2 + 2 = 5 := by
  ⟪local instance (priority := high) : Decidable (2 + 2 = 5) := isTrue rfl
  decide⟫

--- An instance for all decisions that follow.
--- says: more than one command
theorem t : 2 + 2 = 4 := ⟪by decide
attribute [instance] Classical.propDecidable⟫

--- What is sealed, opened for one tactic.
--- says: does not parse
theorem t : hidden 1 = 0 := by
  ⟪unseal hidden in
  rfl⟫

--- What cannot be unfolded, made reducible.
--- says: does not parse
theorem t : hidden 1 = 0 := by
  ⟪attribute [local reducible] hidden in
  rfl⟫

--- A recursion whose end a skipped goal shows.
theorem t : 2 + 2 = 5 := by
  ⟪let rec go (n : Nat) (m : Nat) : 2 + 2 = 5 := go (n + 1) m
    termination_by n
    decreasing_by first | decreasing_tactic | skip
  exact go 0 0⟫

--- Helpers that rest on each other.
theorem t : 2 + 2 = 5 := by
  ⟪let rec go (n : Nat) : 2 + 2 = 5 := back n, back (n : Nat) : 2 + 2 = 5 := go n
  exact go 0⟫

--- `show … from` what is still to be found.
theorem t : 2 + 2 = 5 := by
  ⟪refine show ?a from ?b⟫

--- No patterns for what has some.
--- says: Missing cases
theorem t (n : Nat) (e : n + 0 = 0 + n) : 2 + 2 = 5 := ⟪nomatch e⟫

--- No patterns for what cannot be unfolded.
--- says: Missing cases
theorem t : 2 + 2 = 5 := ⟪nomatch (hidden 1)⟫

--- Patterns that leave out what they call inaccessible.
--- says: Missing cases
theorem t : ∀ n m : Nat, n = m → n = 0 := ⟪fun | .(0), 0, rfl => rfl⟫

--- A structure put together from another's proof.
theorem t (w : Five) : w.value = 4 := ⟪(⟨4, w.proof⟩ : Five).proof⟫

--- A structure's value changed, its proof kept.
theorem t (x : {n : Nat // n = 5}) : ∃ y : {n : Nat // n = 5}, y.val = 4 := ⟪⟨{ x with val := 4 }, rfl⟩⟫

--- A structure that leaves its proof to be found.
theorem t : Nonempty {n : Nat // n = n + 1} := ⟪⟨{ val := 0, .. }⟩⟫

--- Numbers taken for proofs.
theorem t (a b : Nat) : a = b := ⟪proof_irrel a b⟫

--- An element of every type of every universe.
theorem t.{u} : ∀ α : Sort u, Nonempty α := ⟪fun α => ⟨(nofun : PEmpty.{u} → α) ⟨⟩⟩⟫

--- A command inside.
--- says: does not parse
theorem t : 2 + 2 = 4 := by
  ⟪#eval 1
  decide⟫

--- The axiom as a quoted name.
theorem t : 2 + 2 = 5 := by
  ⟪exact (`sorryAx)⟫

--- The axiom as a quoted name that is looked up.
--- says: may not name `sorryAx`
theorem t : 2 + 2 = 5 := by
  ⟪exact (``sorryAx)⟫

--- The axiom as a field.
--- says: may not name `sorryAx`
theorem t : 2 + 2 = 5 := ⟪(2 + 2 = 5).sorryAx true⟫

--- The axiom behind a dot.
--- says: may not name `sorryAx`
theorem t : 2 + 2 = 5 := ⟪.sorryAx⟫

--- The declaration's own name.
--- says: is not allowed in a proof
theorem t : 2 + 2 = 5 := ⟪decl_name%⟫

--- A comment's end in a string.
theorem t : 2 + 2 = 5 := ⟪(fun (_ : String) => rfl) "-/ sorry /-"⟫

--- A string's end in a comment, a comment's end in a string.
--- says: `sorry` is not allowed
theorem t : 2 + 2 = 5 := ⟪by /- " -/ sorry /- " -/⟫

--- A comment in a comment.
--- says: `sorry` is not allowed
theorem t : 2 + 2 = 5 := by
  ⟪/- /- -/ decide -/ sorry⟫

--- A quote as a character.
--- says: `sorry` is not allowed
theorem t : 2 + 2 = 5 := ⟪(fun (_ : Char) => sorry) '"'⟫

--- A raw string that ends before it seems to.
--- says: more than one command
theorem t : 2 + 2 = 5 := ⟪(fun (_ : String) => rfl) r#"" -- "# ; sorry⟫

--- A term in a string.
--- says: `sorry` is not allowed
theorem t : 2 + 2 = 5 := ⟪(fun (_ : String) => rfl) s!"{(sorry : Nat)}"⟫

--- Letters that look like others.
--- says: does not parse
theorem t : 2 + 2 = 5 := ⟪ѕоrrу⟫

--- A name brought in under another.
theorem t : 2 + 2 = 5 := ⟪open Classical in (choice ⟨rfl⟩ : 2 + 2 = 5)⟫

--- A local name for the statement's.
theorem t : secret = 8 := by
  ⟪let secret := 8
  exact (rfl : secret = 8)⟫

--- A helper that hides the user's definition from what follows.
--- says: would hide `secret`
theorem t : 2 + 2 = 4 := by
  ⟪let rec secret : Nat := 8
  decide⟫

--- A helper that hides a definition of the namespace.
--- says: would hide `Inner.deep`
theorem t : 2 + 2 = 4 := by
  ⟪let rec deep : Nat := 8
  decide⟫

--- A helper that hides a library's constructor.
--- says: would hide `Nat.succ`
theorem t : 2 + 2 = 4 := by
  ⟪let rec Nat.succ (n : Nat) : Nat := n
  decide⟫

--- A helper inside of data that hides a library's function.
--- says: would hide `id`
def Stack (n : Nat) : {m : Nat // m = n} := ⟨n, ⟪by
  let rec id (n : Nat) : Nat := n + 1
  rfl⟫⟩

--- A helper at the root.
theorem t : 2 + 2 = 4 := by
  ⟪let rec _root_.evil : 2 + 2 = 4 := rfl
  exact evil⟫

--- A helper under the name of the theorem's own parts.
theorem t : 2 + 2 = 4 := by
  ⟪let rec match_1 : 2 + 2 = 4 := rfl
  exact match 1 with | _ => match_1⟫

--- Its own private name.
private theorem t : 2 + 2 = 5 := ⟪_private.t⟫

--- Machine numbers taken for numbers.
theorem t : (2 : Nat) ^ 64 = 0 := ⟪congrArg UInt64.toNat (rfl : (18446744073709551615 + 1 : UInt64) = 0)⟫

--- Two zeros.
theorem t : (0.0 : Float) = -0.0 := ⟪rfl⟫

--- Constructors taken for each other by cases on one.
theorem t : Color.red = Color.green := by
  ⟪cases Color.red <;> rfl⟫

--- Sides of an equation forgotten.
theorem t : 2 + 2 = 5 := by
  ⟪generalize 2 + 2 = x
  generalize 5 = y
  rfl⟫

--- A value forgotten.
theorem t : 2 + 2 = 5 := by
  ⟪let x := 2 + 2
  have h : x = 5 := by clear_value x; trivial
  exact h⟫
