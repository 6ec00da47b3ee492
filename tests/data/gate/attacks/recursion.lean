def double (n : Nat) : Nat := n + n

--- A measure that is `sorry`.
--- says: sorry
theorem t : 2 + 2 = 5 := ⟪by
  let rec f (n : Nat) : 2 + 2 = 5 := f (n + 1)
  termination_by (sorry : Nat)
  exact f 0⟫

--- A measure that grows.
--- says: termination
theorem t : 2 + 2 = 5 := ⟪by
  let rec f (n : Nat) : 2 + 2 = 5 := f (n + 1)
  termination_by n
  decreasing_by decreasing_tactic
  exact f 0⟫

--- A measure that Lean is asked for.
--- says: not allowed
theorem t : 2 + 2 = 5 := ⟪by
  let rec f (n : Nat) : 2 + 2 = 5 := f (n + 1)
  termination_by? 
  exact f 0⟫

--- A least fixed point.
--- says: not allowed
theorem t : 2 + 2 = 5 := ⟪by
  let rec f (n : Nat) : 2 + 2 = 5 := f n
  partial_fixpoint
  exact f 0⟫

--- A greatest fixed point.
--- says: not allowed
theorem t : 2 + 2 = 5 := ⟪by
  let rec f (n : Nat) : Prop := f n
  coinductive_fixpoint
  exact (f 0 : _)⟫

--- A proof of its own existence.
--- says: termination
theorem t : double 2 = 5 := ⟪by
  let rec s : Nonempty (PLift (double 2 = 5)) := ⟨⟨s.elim fun p => p.down⟩⟩
  exact s.elim fun p => p.down⟫

--- Two helpers that decrease, and begin anew.
--- says: termination
theorem t : double 2 = 5 := ⟪by
  let rec a (n : Nat) : double 2 = 5 := match n with | 0 => b 1 | n + 1 => a n,
    b (n : Nat) : double 2 = 5 := match n with | 0 => a 1 | n + 1 => b n
  exact a 0⟫

--- A loop that never returns.
--- says: not allowed
theorem t : 2 + 2 = 5 := ⟪Id.run do
  repeat pure ()
  unreachable!⟫

--- A place that is never reached.
theorem t : 2 + 2 = 5 := ⟪lcUnreachable⟫

--- A panic.
--- says: not allowed
theorem t : 2 + 2 = 5 := ⟪panic! "no"⟫

--- Input and output in a term.
theorem t : 2 + 2 = 4 := ⟪by
  have := (unsafeIO (IO.println "x") : Except IO.Error Unit)
  rfl⟫

--- Accessible by `sorry`.
--- says: sorry
theorem t : 2 + 2 = 5 := ⟪(Acc.rec (motive := fun _ _ => 2 + 2 = 5) (fun x _ ih => ih x trivial) (⟨(), fun _ _ => sorry⟩ : Acc (fun (_ _ : Unit) => True) ()))⟫

--- `sorry` in an interpolated text.
--- says: sorry
theorem t : 2 + 2 = 5 := ⟪(fun (_ : String) => rfl) s!"{(by exact sorry : Nat)}"⟫

--- A helper whose statement is `sorry`.
--- says: sorry
theorem t : 2 + 2 = 5 := ⟪by
  let rec f : (sorry : Prop) := sorry
  exact (f : _)⟫

--- Its own name, escaped.
--- says: termination
theorem t : 2 + 2 = 5 := ⟪(@«t»)⟫

--- Its own name, after a dot.
theorem t : 2 + 2 = 5 := ⟪.t⟫

--- Numbers made one by generalising.
theorem t : 2 + 2 = 5 := ⟪by
  generalize 2 + 2 = x
  generalize 5 = x
  rfl⟫
