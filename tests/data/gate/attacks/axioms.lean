unsafe def ownUnsafe : 2 + 2 = 5 := lcProof

opaque ownOpaque : Nat

def ownDecision : Bool := decide (10 < 20)

--- The compiler's word for an axiom.
--- says: rests on `Lean.
theorem t : 10 < 20 := ⟪of_decide_eq_true (Lean.ofReduceBool ownDecision true rfl)⟫

--- The compiler's word, without a computation.
--- says: rests on `Lean.
theorem t : True := ⟪(fun (_ : True) => trivial) Lean.trustCompiler⟫

--- An axiom for compiled code only.
theorem t : 2 + 2 = 5 := ⟪lcProof⟫

--- An unsafe cast.
theorem t : 2 + 2 = 5 := ⟪unsafeCast ()⟫

--- The user's unsafe definition.
theorem t : 2 + 2 = 5 := ⟪ownUnsafe⟫

--- A constant without a value is no number.
theorem t : ownOpaque = 0 := ⟪rfl⟫

--- Recursion without an end.
theorem t : 2 + 2 = 5 := ⟪t⟫

--- Recursion that does not decrease.
theorem t (n : Nat) : n + n = 5 := ⟪t n⟫

--- Recursion in a helper that does not decrease.
theorem t : 2 + 2 = 5 := by
  ⟪let rec helper (n : Nat) : 2 + 2 = 5 := helper (n + 1)
  exact helper 0⟫

--- A partial helper.
--- says: is not allowed
theorem t : 2 + 2 = 5 := by
  ⟪let rec helper (n : Nat) : 2 + 2 = 5 := helper (n + 1)
    partial_fixpoint
  exact helper 0⟫

--- Another statement, proved.
theorem t : 2 + 2 = 5 := ⟪(rfl : 2 + 2 = 4)⟫

--- A wrong proof.
theorem t : 2 + 2 = 5 := by
  ⟪decide⟫

--- A wrong proof with a confident comment.
theorem t : 2 + 2 = 5 := by
  ⟪rfl -- trivially true
  ⟫

--- A panic is no proof.
theorem t : 2 + 2 = 5 := ⟪panic! "x"⟫

--- An error that is caught is no proof.
theorem t : 2 + 2 = 5 := by
  ⟪first | decide | skip⟫

--- A name that does not exist.
theorem t : 2 + 2 = 5 := ⟪Nat.two_add_two_eq_five⟫

--- The compiler's word, where the kernel asks it.
--- says: rests on `Lean.trustCompiler`
theorem t : Lean.reduceBool ownDecision = true := ⟪rfl⟫

--- The compiler's word on a number.
theorem t : 2 + 2 = 5 := ⟪Lean.ofReduceNat (2 + 2) 5 rfl⟫

--- A library's axiom for programs.
theorem t : 2 + 2 = 5 := ⟪lcUnreachable⟫

--- A library's proof by cast.
theorem t : 2 + 2 = 5 := ⟪cast lcProof True.intro⟫

--- A type whose sides differ, forgotten.
theorem t : 2 + 2 = 5 := ⟪@Eq.mpr _ True (lcProof) trivial⟫

--- Unfounded recursion.
theorem t : 2 + 2 = 5 := ⟪WellFounded.fix (r := fun _ _ => False) ⟨fun _ => ⟨_, nofun⟩⟩ (fun _ h => h _ ‹_›) ()⟫

--- A fixed point of nothing.
theorem t : 2 + 2 = 5 := ⟪(fix (fun x => x) : 2 + 2 = 5)⟫
