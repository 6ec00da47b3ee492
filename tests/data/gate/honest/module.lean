module

public section

def double (n : Nat) : Nat := n + n

private def triple (n : Nat) : Nat := n + n + n

@[expose] def twice (n : Nat) : Nat := 2 * n

--- A public theorem.
theorem t (p q : Prop) (h : p ∧ q) : q := ⟪h.2⟫

--- A private theorem.
private theorem t (n : Nat) : triple n = n + n + n := by
  ⟪rfl⟫

--- A theorem about an exposed definition.
theorem t (n : Nat) : twice n = n + n := by
  ⟪unfold twice
  omega⟫

--- An example.
example (n : Nat) : n ≤ twice n := by
  ⟪simp only [twice]
  omega⟫

--- A helper by recursion.
theorem t (n : Nat) : 0 + n = n := by
  ⟪let rec helper : ∀ k : Nat, 0 + k = k
    | 0 => rfl
    | k + 1 => congrArg (· + 1) (helper k)
  exact helper n⟫

--- A proof inside data.
def positive : {n : Nat // 0 < n} := ⟨3, ⟪by decide⟫⟩
