"""What thinks: completion, proofs, models and Lean. Knows no editor."""
