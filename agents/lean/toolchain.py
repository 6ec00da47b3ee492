"""Which Lean checks a file: its project's own, the one on the user's PATH, or the embedded one.

Only the `environment` of the request counts, never this process's own: the daemon serves clients of several
environments. Nothing is installed, built or cloned: elan's and Lake's proxies would do so, hence the programs inside
elan's toolchains are called directly, after a look whether they are there.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents.errors import LeanFailed, LeanMissing, UntrustedWorkspace
from turnstile_lsp.agents.lean import lake
from turnstile_lsp.agents.lean.base import Toolchain
from turnstile_lsp.agents.lean.embedded import default_root, installed
from turnstile_lsp.agents.lean.header import Header, parse
from turnstile_lsp.agents.lean.programs import run_program
from turnstile_lsp.agents.lean.project import project_root

VERSION_SECONDS = 60.0


class NativeLean(Struct, frozen=True):
    """A Lean installation. `programs`: the folder of `lean` and `lake`. `version`: None until asked."""

    programs: Path
    version: str | None = None

    @property
    def lean(self) -> Path:
        return self.programs / "lean"

    @property
    def library(self) -> Path:
        """Its own `.olean` files."""
        return self.lean.resolve().parent.parent / "lib" / "lean"


async def discover(file: Path | None, text: str, *, environment: Mapping[str, str], trusted: bool) -> Toolchain:
    """The Lean for a file (None: a document that was never saved) with the text `text`, of which the header counts.

    `environment`: the client's. `trusted`: whether the user trusts `project.folders_to_trust`.
    Raises UntrustedWorkspace, LeanMissing, ImportsMissing, LeanFailed (Lake failed).
    """
    header = parse(text)
    project = project_root(file) if file else None
    if file is None or project is None:
        return await _without_project(file, header, environment)
    if not trusted:
        raise UntrustedWorkspace(
            f"{project} is a Lean project that you have not trusted, so its Lake and its Lean are not run.",
            mend=f"turnstile trust {project}",
        )
    return await _of_project(file, project, header, environment)


def embedded_toolchain(environment: Mapping[str, str] = os.environ, folder: str = "/tmp") -> Toolchain:
    """The embedded Lean, to run in `folder`. Raises LeanMissing."""
    embedded = installed(environment=environment)
    if embedded is None:
        raise LeanMissing(
            "There is no Lean on this machine for a file outside a project. Install the embedded one.",
            mend="turnstile lean install",
        )
    return Toolchain(
        command=embedded.command,
        version=embedded.version,
        embedded=True,
        lean_path=_lean_path(environment),
        working_folder=folder,
    )


async def _of_project(file: Path, project: Path, header: Header, environment: Mapping[str, str]) -> Toolchain:
    native = await _project_lean(project, environment)
    setup = None
    if lake.has_lakefile(project):
        setup = await lake.setup_file(native.programs / "lake", project, file, header, environment)
    return Toolchain(
        command=(str(native.lean),),
        version=native.version or await _version(native.lean, environment),
        project=str(project),
        lean_path=[*(lake.import_folders(setup) if setup else ()), *_lean_path(environment)],
        options=(setup or {}).get("options", {}),
        setup=setup,
        working_folder=str(project),
    )


async def _without_project(file: Path | None, header: Header, environment: Mapping[str, str]) -> Toolchain:
    lean_path = _lean_path(environment)
    folder = str(file.parent) if file and file.parent.is_dir() else "/tmp"
    if native := _lean_of_user(environment):
        _require_imports(header, [native.library, *map(Path, lean_path)])
        version = native.version or await _version(native.lean, environment)
        return Toolchain(command=(str(native.lean),), version=version, lean_path=lean_path, working_folder=folder)
    toolchain = embedded_toolchain(environment, folder)
    _require_imports(header, [default_root(environment) / "lib/lean", *map(Path, lean_path)])
    return toolchain


async def _project_lean(project: Path, environment: Mapping[str, str]) -> NativeLean:
    """The Lean that the project's `lean-toolchain` names, else the user's. Raises LeanMissing."""
    wanted = _wanted_toolchain(project)
    if wanted is None:
        if native := _lean_of_user(environment):
            return native
        raise LeanMissing(
            f"{project} needs a Lean of its own, and there is none on this machine. Name one in its lean-toolchain and "
            "install it with elan.",
            mend="elan default stable",
        )
    if native := _elan_toolchain(wanted, environment):
        return native
    on_path = _lean_on_path(environment)
    if on_path and _number(wanted) == await _version(on_path.lean, environment):
        return on_path
    raise LeanMissing(
        f"The project {project} wants the Lean toolchain {wanted}, which is not installed.",
        mend=f"elan toolchain install {wanted}",
    )


def _wanted_toolchain(project: Path) -> str | None:
    for folder in (project, *project.parents):
        try:
            if name := (folder / "lean-toolchain").read_text("utf-8").strip():
                return name
        except (OSError, UnicodeDecodeError):
            continue
    return None


def _lean_of_user(environment: Mapping[str, str]) -> NativeLean | None:
    """The Lean on the PATH, or the default toolchain of the elan that is there."""
    if native := _lean_on_path(environment):
        return native
    try:
        settings = tomllib.loads((_elan_home(environment) / "settings.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    default = settings.get("default_toolchain")
    return _elan_toolchain(default, environment) if isinstance(default, str) else None


def _lean_on_path(environment: Mapping[str, str]) -> NativeLean | None:
    """A `lean` on the PATH that is no proxy of elan's: a proxy installs what is missing without asking."""
    for folder in environment.get("PATH", "").split(":"):
        if folder and shutil.which("lean", path=folder) and not shutil.which("elan", path=folder):
            return NativeLean(Path(folder))
    return None


def _elan_toolchain(name: str, environment: Mapping[str, str]) -> NativeLean | None:
    folders = _elan_home(environment) / "toolchains"
    for candidate in (name, f"leanprover/lean4:{name}", f"leanprover/lean4:v{name}"):
        programs = folders / candidate.replace("/", "--").replace(":", "---") / "bin"
        if (programs / "lean").is_file():
            return NativeLean(programs, _number(name))
    return None


def _elan_home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("ELAN_HOME") or Path(environment.get("HOME", "/")) / ".elan")


def _number(toolchain: str) -> str | None:
    """The version in a toolchain's name: "leanprover/lean4:v4.28.0" → "4.28.0"; None for "stable" and the like."""
    match = re.fullmatch(r"(?:.*:)?v?(\d+\.\d+\.\d+\S*)", toolchain)
    return match[1] if match else None


async def _version(lean: Path, environment: Mapping[str, str]) -> str:
    done = await run_program(
        [str(lean), "--version"], "tell its version", seconds=VERSION_SECONDS, environment=environment
    )
    match = re.search(r"version ([^\s,]+)", done.output.decode(errors="replace"))
    if match is None:
        raise LeanFailed(f"{lean} is not a Lean that tells its version.")
    return match[1]


def _lean_path(environment: Mapping[str, str]) -> list[str]:
    return [folder for folder in environment.get("LEAN_PATH", "").split(":") if folder]


def _require_imports(header: Header, folders: Sequence[Path]) -> None:
    """Raises ImportsMissing for the first import that none of the folders has."""
    for module in header.modules():
        relative = Path(*module.replace("«", "").replace("»", "").split(".")).with_suffix(".olean")
        if not any((folder / relative).is_file() for folder in folders):
            raise lake.unknown_import(module, None)
