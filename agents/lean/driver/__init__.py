"""The driver: Lean code that a Lean process runs to serve a session.

Its files are joined into one, because a driver that is one source file runs unchanged under any Lean.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

IMPORTS = ("Lean.Elab.Frontend", "Lean.Elab.Command")
"""What the driver imports: as little as possible, since start-up time and memory grow with it."""

FILES = ("Basic.lean", "Environments.lean", "Holes.lean", "Document.lean", "Tactics.lean",
         "allowed_kinds.lean", "refused_kinds.lean", "GateSyntax.lean", "GateKernel.lean", "Gate.lean", "Serve.lean")
"""In the order of their use."""


@cache
def source() -> str:
    """The driver as one Lean file."""
    imports = "".join(f"import {module}\n" for module in IMPORTS)
    return imports + "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in FILES)
