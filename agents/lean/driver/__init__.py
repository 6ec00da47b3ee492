"""The driver: Lean code that a Lean process runs to serve a session.

Its files are joined into one, because a driver that is one source file runs unchanged under any Lean. The embedded Lean
takes some 20 seconds of computing to elaborate it, but 3 to load it compiled: there it is compiled once, into the cache.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.processes import child_arguments

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
    folder = cache_folder / _key(command)
    if folder.is_dir():
        return folder
    cache_folder.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=cache_folder))
    try:
        (partial / "driver.lean").write_text(_imports(IMPORTS) + _text(), encoding="utf-8")
        (partial / "start.lean").write_text(_imports(("TurnstileDriver", *IMPORTS)) + START, encoding="utf-8")
        compiler = partial / "compile.lean"
        compiler.write_text(_imports(IMPORTS) + (FOLDER / "Compile.lean").read_text(encoding="utf-8"), encoding="utf-8")
        await _run([*command, str(compiler)], partial, environment)
        if not (partial / "TurnstileDriver.olean").is_file():
            raise LeanFailed("Lean wrote no compiled driver.")
        partial.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _key(command: Sequence[str]) -> str:
    """Another Lean at the same place has another time stamp."""
    stamps = [str(Path(part).stat().st_mtime_ns) for part in command if Path(part).is_file()]
    compiler = (FOLDER / "Compile.lean").read_text(encoding="utf-8")
    return hashlib.sha256("\0".join([*command, *stamps, compiler, _text(), START]).encode()).hexdigest()[:32]


async def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *child_arguments(command, niceness=5),
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(COMPILE_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        raise LeanFailed(f"Lean did not compile the driver within {COMPILE_SECONDS:.0f} s.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise LeanFailed(f"Lean did not compile the driver: {output.decode(errors='replace').strip()}")
