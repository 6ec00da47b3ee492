"""The project of `tests/data/lean_project` in a folder of its own, with the embedded Lean as its elan toolchain."""

import shutil
import sys
from pathlib import Path

from turnstile_lsp.agents.lean.embedded import EmbeddedLean

DATA = Path(__file__).parent / "data"
TOOLCHAIN = "leanprover--lean4---v4.28.0"


def make_project(folder: Path) -> Path:
    """A copy of the project."""
    return shutil.copytree(DATA / "lean_project", folder / "project")


def make_elan(folder: Path, lean: EmbeddedLean, name: str = TOOLCHAIN) -> dict[str, str]:
    """An environment whose elan has one toolchain: the embedded Lean and the `lake` stand-in."""
    programs = folder / "elan/toolchains" / name / "bin"
    programs.mkdir(parents=True)
    write_program(programs / "lean", f'exec {lean.root}/bin/lean "$@"')
    write_program(programs / "lake", f'exec {sys.executable} {DATA / "lake_stand_in.py"} "$@"')
    return {"ELAN_HOME": str(folder / "elan"), "HOME": str(folder), "PATH": "/usr/bin:/bin"}


def write_program(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
