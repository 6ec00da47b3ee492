"""What a Lake project says of a file: options, plugins and import artefacts, as the editor gets them.

Nothing here builds, clones or installs: what is missing is told, with the command that mends it. Lake itself is run
only after a look at the manifest, because it would otherwise clone packages on its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from turnstile_lsp.agents.errors import ImportsMissing, LeanFailed
from turnstile_lsp.agents.lean.header import Header
from turnstile_lsp.agents.lean.programs import run_program
from turnstile_lsp.agents.lean.project import LAKEFILES

CORE = frozenset({"Init", "Std", "Lean", "Lake"})
SETUP_SECONDS = 120.0
# Exit codes of `lake setup-file` (Lean's `FileWorker/SetupFile.lean`).
NO_LAKEFILE, IMPORTS_OUT_OF_DATE = 2, 3
_UNKNOWN_IMPORT = re.compile(r"(?:bad import|unknown module prefix|no such module|unknown package) '([^']+)'")


class Package(msgspec.Struct, frozen=True):
    """A package of `lake-manifest.json`. `dir`: where a package of type "path" lies, from the project's root."""

    name: str
    type: str
    dir: str | None = None


class Manifest(msgspec.Struct, frozen=True):
    """`lake-manifest.json`, as far as it matters here."""

    packages: Sequence[Package] = ()
    packagesDir: str | None = None


def has_lakefile(project: Path) -> bool:
    """Whether the folder is a Lake package."""
    return any((project / name).is_file() for name in LAKEFILES)


async def setup_file(
    lake: Path, project: Path, file: Path, header: Header, environment: Mapping[str, str]
) -> dict[str, Any] | None:
    """`lake setup-file`'s JSON for the file (Lean's `ModuleSetup`), None where Lake knows no project.

    Raises ImportsMissing (packages or imports not there or not built), LeanFailed (Lake failed or took too long).
    """
    packages = _packages(project)
    command = [str(lake), "setup-file", str(file), "-", "--no-build", "--no-cache"]
    done = await run_program(
        command,
        f"set up {file.name}",
        seconds=SETUP_SECONDS,
        environment=environment,
        folder=project,
        given=msgspec.json.encode(header) + b"\n",
        mend="lake build",
    )
    if done.code == NO_LAKEFILE:
        return None
    if done.code == IMPORTS_OUT_OF_DATE:
        raise _not_built(project, header, packages)
    if done.code != 0:
        if unknown := _UNKNOWN_IMPORT.search(done.complaint):
            raise unknown_import(unknown[1], project)
        raise LeanFailed(f"Lake could not set up {file.name}: {_last_lines(done.complaint)}", mend="lake build")
    try:
        return msgspec.json.decode(done.output, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise LeanFailed(f"Lake's answer for {file.name} is not understood: {error}.") from error


def import_folders(setup: Mapping[str, Any]) -> list[str]:
    """The roots of the `.olean` trees that the setup's artefacts lie in, for a search path."""
    folders: dict[str, None] = {}
    for module, artefacts in setup.get("importArts", {}).items():
        parts = module.split(".")
        first = Path(artefacts[0]) if artefacts else Path()
        if first.with_suffix("").parts[-len(parts) :] == tuple(parts):
            folders[str(first.parents[len(parts) - 1])] = None
    return list(folders)


def unknown_import(module: str, project: Path | None) -> ImportsMissing:
    """The error for an import that no known package provides."""
    package = module.split(".")[0]
    if project is None:
        return ImportsMissing(
            f"{module} is imported, but this file belongs to no Lake project that has it. Open it inside a project "
            f"that requires {package}"
            + (", such as the one that this command makes." if package == "Mathlib" else "."),
            mend="lake new my_project math" if package == "Mathlib" else None,
        )
    return ImportsMissing(
        f"{module} is imported, but no package of {project} provides it. Require {package} in the lakefile"
        + (", then get its compiled files." if package == "Mathlib" else ", then build it."),
        mend="lake exe cache get" if package == "Mathlib" else f"lake build {module}",
    )


def _packages(project: Path) -> list[str]:
    """The names of the project's packages. Raises ImportsMissing when some are not on this machine."""
    try:
        text = (project / "lake-manifest.json").read_bytes()
        manifest = msgspec.json.decode(text, type=Manifest)
    except FileNotFoundError:
        manifest = Manifest()
        if _requires_packages(project):
            raise ImportsMissing(
                f"{project} requires packages that were never resolved: it has no lake-manifest.json. Resolve them.",
                mend="lake update",
            ) from None
    except msgspec.DecodeError as error:
        raise ImportsMissing(f"{project}/lake-manifest.json is damaged: {error}.", mend="lake update") from error
    names = [package.name for package in manifest.packages]
    folder = project / (manifest.packagesDir or ".lake/packages")
    missing = [
        package.name
        for package in manifest.packages
        if not (project / package.dir if package.dir else folder / package.name).is_dir()
    ]
    if missing:
        raise ImportsMissing(
            f"The packages {', '.join(missing)} of {project} are not on this machine. Fetch them there.",
            mend=_fetch_command(names),
        )
    return names


def _requires_packages(project: Path) -> bool:
    try:
        if (project / "lakefile.lean").is_file():
            return bool(re.search(r"^\s*require\b", (project / "lakefile.lean").read_text("utf-8"), re.MULTILINE))
        return bool(tomllib.loads((project / "lakefile.toml").read_text("utf-8")).get("require"))
    except (OSError, ValueError):
        return False  # Lake itself will say what is wrong


def _not_built(project: Path, header: Header, packages: Sequence[str]) -> ImportsMissing:
    modules = [module for module in header.modules() if module.split(".")[0] not in CORE]
    if "mathlib" in packages and any(module.split(".")[0] == "Mathlib" for module in modules):
        return ImportsMissing(
            f"Compiled files of Mathlib are missing or stale in {project}. Get them there.", mend="lake exe cache get"
        )
    return ImportsMissing(
        f"The imports {', '.join(modules)} are not built, or their sources changed. Build them in {project}.",
        mend=f"lake build {' '.join(modules)}",
    )


def _fetch_command(packages: Sequence[str]) -> str:
    return "lake exe cache get" if "mathlib" in packages else "lake build"


def _last_lines(text: str) -> str:
    return " ".join(text.strip().splitlines()[-3:]) or "it gave no message."
