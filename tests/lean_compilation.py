"""Compiling Lean modules once per Lean: kept in the cache and found again by what they are made of."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.lean.programs import run_program

COMPILE_SECONDS = 300.0


async def compiled(
    lean: Sequence[str], modules: Mapping[str, str], cache: Path, *, environment: Mapping[str, str] = os.environ
) -> Path:
    """The folder, for LEAN_PATH, of the compiled `modules`: from name ("A.B") to text, each after what it imports.

    `lean`: the command that starts Lean. `cache`: the folder that keeps one folder for each Lean and set of texts.
    Raises LeanFailed with Lean's messages when a module does not compile.
    """
    folder = cache / _key(lean, modules)
    if folder.is_dir():
        return folder
    partial = _new_folder(cache)
    try:
        for name, text in modules.items():
            await _compile(lean, name, text, partial, environment)
        _move(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def modules_of(folder: Path, order: Sequence[str]) -> dict[str, str]:
    """The texts of a library's modules, by name, in the order given."""
    return {name: folder.joinpath(*name.split(".")).with_suffix(".lean").read_text("utf-8") for name in order}


def _new_folder(cache: Path) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".partial-", dir=cache))


def _move(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster
            raise


def _key(lean: Sequence[str], modules: Mapping[str, str]) -> str:
    """Another Lean at the same place has another time stamp."""
    stamp = [str(Path(part).stat().st_mtime_ns) for part in lean if Path(part).is_file()]
    text = "\0".join([*lean, *stamp, *modules.keys(), *modules.values()])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


async def _compile(lean: Sequence[str], name: str, text: str, folder: Path, environment: Mapping[str, str]) -> None:
    source = folder.joinpath(*name.split(".")).with_suffix(".lean")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text, encoding="utf-8")
    # Without extract_closed=false, importing notation or syntax fails where a library comes without its compiled code.
    arguments = ["-Dcompiler.extract_closed=false", "-o", str(source.with_suffix(".olean")), str(source)]
    done = await run_program(
        [*lean, *arguments],
        f"compile {name}",
        seconds=COMPILE_SECONDS,
        environment={**environment, "LEAN_PATH": ":".join(filter(None, [str(folder), environment.get("LEAN_PATH")]))},
        folder=folder,
    )
    if done.code or not source.with_suffix(".olean").is_file():
        raise LeanFailed(f"Lean did not compile {name}: {done.output.decode(errors='replace').strip()}")
