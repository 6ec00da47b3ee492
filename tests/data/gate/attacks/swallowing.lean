--- A match that swallows the next alternative.
--- says: outside of the hole
theorem t : ∀ n : Nat, n = 2 * n
  | 0 => ⟪match 0 with⟫
  | n + 1 => sorry

--- An alternative more.
--- says: outside of the hole
theorem t : ∀ n : Nat, n = n
  | 0 => ⟪rfl
  | 1 => rfl⟫
  | n + 1 => rfl

--- Cases that swallow the next case.
theorem t (n : Nat) : n = n := by
  cases n with
  | zero => ⟪cases 0 with
    | zero => rfl⟫
  | succ n => rfl

--- An `if` that swallows the `else`.
theorem t (n : Nat) : n = n :=
  if h : n = 0 then ⟪if h' : n = 1 then rfl⟫ else rfl

--- A step of `calc` more.
--- says: outside of the hole
theorem t : 1 + 1 = 2 :=
  calc 1 + 1 = 2 := ⟪rfl
    _ = 2 := rfl⟫
    _ = 2 := rfl

--- A function whose body is the rest.
theorem t : (1 = 1 → 1 = 1) ∧ True := ⟨⟪fun h⟫ => h, trivial⟩

--- Data by what its proof is about.
def f : { n : Nat // n > 5 } := ⟨_, ⟪(by decide : 7 > 5)⟫⟩

--- Data by what its proof is about, by unification.
def f : Σ' n : Nat, n = n := ⟨_, ⟪(rfl : 3 = 3)⟫⟩

--- A helper under the name of an equation.
--- says: already been declared
def f (n : Nat) : { m : Nat // m = n } := ⟨n, ⟪by
  let rec eq_1 : 1 = 1 := rfl
  rfl⟫⟩

--- A helper under the name of the unfolding.
--- says: already been declared
def f (n : Nat) : { m : Nat // m = n } := ⟨n, ⟪by
  let rec eq_def : 1 = 1 := rfl
  rfl⟫⟩

--- A helper under the name of the induction.
--- says: already been declared
def f : Nat → { m : Nat // m = m } 
  | 0 => ⟨0, ⟪by
  let rec induct : 1 = 1 := rfl
  rfl⟫⟩
  | n + 1 => ⟨(f n).1, rfl⟩

--- A helper under the name of the compiled function: `#eval f 3` would give 1003.
--- says: Lean itself makes
def f (n : Nat) : { m : Nat // m = n } := ⟨n, ⟪by
  let rec _unsafe_rec (n : Nat) : Nat := n + 1000
  have : _unsafe_rec 0 = _unsafe_rec 0 := rfl
  rfl⟫⟩

--- A helper under the name of the smart unfolding.
--- says: Lean itself makes
def f (n : Nat) : { m : Nat // m = n } := ⟨n, ⟪by
  let rec _sunfold (n : Nat) : Nat := n + 1000
  rfl⟫⟩
