theorem and_swap (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩
