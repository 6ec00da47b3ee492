"""Turnstile: code completion and checked Lean proofs for any editor and any notebook."""

__version__ = "0.1.0"
