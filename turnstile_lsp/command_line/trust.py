"""`turnstile trust FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.trust import TrustStore
from turnstile_lsp.command_line.running import examples, fail

EXAMPLES = examples("turnstile trust ~/proofs", "turnstile trust ~/proofs --revoke")


def trust(
    folder: Annotated[Path, typer.Argument(help="The folder; everything below it is trusted too.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="Trust it no longer.")] = False,
) -> None:
    """Trust a folder of yours. Its Lake, its own Lean and its turnstile.toml may then be used."""
    if not folder.is_dir():
        fail(InvalidRequest(f"There is no folder {folder}; name the folder of the project."))
    store = TrustStore()
    if revoke:
        store.distrust(folder)
    else:
        store.trust(folder)
    print(f"{folder.resolve()} is {'no longer trusted' if revoke else 'trusted'}.")
