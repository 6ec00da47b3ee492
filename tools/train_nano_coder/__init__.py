"""Trains nano-coder, the small DeepSeekMoE-style completion model that the project ships."""
