"""Lean 4 compiled to WebAssembly: the Lean for files that belong to no project, where none is on the PATH."""

from turnstile_lsp.agents.lean.embedded.install import EmbeddedLean, confined, default_root, install, installed

__all__ = ["EmbeddedLean", "confined", "default_root", "install", "installed"]
