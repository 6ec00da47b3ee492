"""The driver: Lean code that a Lean process runs to serve a session.

Its files are joined into one, because a driver that is one source file runs unchanged under any Lean. The embedded Lean
takes some 20 seconds of computing to elaborate it, but 3 to load it compiled: there it is compiled once, into the cache.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.lean.programs import run_program

FOLDER = Path(__file__).parent

IMPORTS = ("Lean.Elab.Frontend", "Lean.Elab.Command")
"""What the driver imports: as little as possible, since start-up time and memory grow with it."""

FILES = (
    "Basic.lean",
    "Environments.lean",
    "Holes.lean",
    "Document.lean",
    "allowed_kinds.lean",
    "refused_kinds.lean",
    "GateSyntax.lean",
    "GateKernel.lean",
    "GateLibrary.lean",
    "GateTexts.lean",
    "Claim.lean",
    "Gate.lean",
    "Judge.lean",
    "Refute.lean",
    "Proofs.lean",
    "Tactics.lean",
    "Steps.lean",
    "Community.lean",
    "Serve.lean",
)
"""In the order of their use."""

START = "#eval show Lean.Elab.Command.CommandElabM Unit from (Turnstile.main : IO Unit)\n"
COMPILE_SECONDS = 300.0
KEPT_SECONDS = 7 * 24 * 3600.0
"""How long a compiled driver of another text is kept after its last start: another checkout may use it."""
PARTIAL = ".partial-"


class Launch(Struct, frozen=True):
    """What Lean is started with: a file, and folders for its search path."""

    file: Path
    lean_path: Sequence[str] = ()


@asynccontextmanager
async def launch(
    command: Sequence[str], environment: Mapping[str, str], *, cache_folder: Path | None
) -> AsyncIterator[Launch]:
    """The driver as a file that may vanish once Lean has started: compiled where there is a cache that can be written
    to, else its source. `command` starts Lean. Raises LeanFailed when the driver does not compile."""
    if cache_folder is not None:
        try:
            folder = await _compiled(command, environment, cache_folder)
        except OSError:
            pass  # a cache that cannot be written to: start slowly
        else:
            yield Launch(folder / "start.lean", (str(folder),))
            return
    with tempfile.TemporaryDirectory(prefix="turnstile-lean-") as temporary:
        file = Path(temporary) / "driver.lean"
        file.write_text(_imports(IMPORTS) + _text() + START, encoding="utf-8")
        yield Launch(file)


@cache
def _text() -> str:
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in FILES)


def _imports(modules: Sequence[str]) -> str:
    return "".join(f"import {module}\n" for module in modules)


async def _compiled(command: Sequence[str], environment: Mapping[str, str], cache_folder: Path) -> Path:
    folder = cache_folder / _name(command)
    if not folder.is_dir():
        await _compile(command, environment, folder)
        _prune(folder)
    with suppress(OSError):  # a cache that may only be read
        os.utime(folder)
    return folder


async def _compile(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder.parent))
    try:
        (partial / "driver.lean").write_text(_imports(IMPORTS) + _text(), encoding="utf-8")
        (partial / "start.lean").write_text(_imports(("TurnstileDriver", *IMPORTS)) + START, encoding="utf-8")
        compiler = partial / "compile.lean"
        compiler.write_text(_imports(IMPORTS) + (FOLDER / "Compile.lean").read_text(encoding="utf-8"), encoding="utf-8")
        done = await run_program(
            [*command, str(compiler)],
            "compile the driver",
            seconds=COMPILE_SECONDS,
            environment=environment,
            folder=partial,
        )
        if done.code or not (partial / "TurnstileDriver.olean").is_file():
            raise LeanFailed(f"Lean did not compile the driver: {done.output.decode(errors='replace').strip()}")
        partial.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _name(command: Sequence[str]) -> str:
    """The Lean's place, then the driver's text. Another Lean at the same place has another time stamp."""
    stamps = [str(Path(part).stat().st_mtime_ns) for part in command if Path(part).is_file()]
    compiler = (FOLDER / "Compile.lean").read_text(encoding="utf-8")
    return f"{_digest(*command)}-{_digest(*stamps, compiler, _text(), START)}"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _prune(folder: Path) -> None:
    """Remove what the same Lean was given in the past and nobody has started for a while."""
    lean = folder.name.partition("-")[0]
    late = time.time() - KEPT_SECONDS
    for other in folder.parent.iterdir():
        if other != folder and other.name.startswith((f"{lean}-", PARTIAL)) and other.stat().st_mtime < late:
            shutil.rmtree(other, ignore_errors=True)
