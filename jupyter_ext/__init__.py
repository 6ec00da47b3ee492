"""What notebooks talk to. `%load_ext jupyter_ext` brings the magics `%%lean` and `%%prove`; the Jupyter Server extension
answers JupyterLab, whose side is in `labextension/`."""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext jupyter_ext`."""
    from turnstile_lsp.jupyter_ext.magics import LeanMagics

    shell.register_magics(LeanMagics(shell))


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Called by a Jupyter server, which finds this module by a file in `jupyter_server_config.d`."""
    from turnstile_lsp.jupyter_ext.handlers import Turnstile

    return [{"module": "turnstile_lsp.jupyter_ext", "app": Turnstile}]
