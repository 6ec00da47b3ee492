"""What notebooks talk to. `%load_ext jupyter_ext` brings the magics `%%lean` and `%%prove`."""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext jupyter_ext`."""
    from turnstile_lsp.jupyter_ext.magics import LeanMagics

    shell.register_magics(LeanMagics(shell))
