"""The toolchain's syntax kinds, each with its module and whether a proof may use it.

To look at when a new Lean comes: what it brings is refused until somebody adds it to
`agents/lean/driver/allowed_kinds.lean`. Arguments: the command of another Lean than the embedded one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from turnstile_lsp.agents.lean import driver
from turnstile_lsp.agents.lean.embedded import installed

PROGRAM = Path(__file__).with_suffix(".lean")
MARK = "KIND "


def kinds(lean: list[str]) -> list[tuple[str, str]]:
    """Module ("-" where no constant declares it) and kind, in order."""
    command = [*lean, str(PROGRAM)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stderr
    lines = [line.removeprefix(MARK).split(" ", 1) for line in said.split("\n") if line.startswith(MARK)]
    return sorted({(module, kind) for module, kind in lines if not kind.endswith((".antiquot", ".antiquot_scope"))})


def main() -> None:
    embedded = installed()
    lean = sys.argv[1:] or list(embedded.command if embedded else ("lean",))
    allowed = set((driver.FOLDER / "allowed_kinds.lean").read_text(encoding="utf-8").split("\n"))
    for module, kind in kinds(lean):
        print("allowed" if kind in allowed or kind.startswith("token.") else "refused", module, kind)


if __name__ == "__main__":
    main()
