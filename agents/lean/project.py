"""Where a Lean project begins, and what of it must be trusted before it runs."""

from __future__ import annotations

from pathlib import Path

LAKEFILES = ("lakefile.lean", "lakefile.toml")
PROJECT_FILES = (*LAKEFILES, "lean-toolchain")


def project_root(file: Path) -> Path | None:
    """The nearest folder above the file that has a lakefile or a `lean-toolchain`."""
    for folder in file.absolute().parents:
        if any((folder / name).is_file() for name in PROJECT_FILES):
            return folder
    return None


def folders_to_trust(file: Path) -> list[Path]:
    """The file's folder and its project's root: the root may lie above a folder that is trusted, and it is what runs."""
    folder = file.absolute().parent
    return [folder, project_root(file) or folder]
