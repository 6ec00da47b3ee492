"""llama.cpp's own server, built from the source that llama-cpp-python brings: what ours is measured against."""

from __future__ import annotations

import asyncio
import socket
import sys
import tarfile
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL

import httpx

from tools.setup import CACHE, ROOT, digest, run

PINNED = ROOT / "requirements" / "llama-cpp-python.txt"
BUILD_TOOLS = ROOT / "requirements" / "llama-server.txt"
FLAGS = [
    "-DCMAKE_BUILD_TYPE=Release",
    "-DGGML_NATIVE=OFF",  # as the wheel is built
    "-DBUILD_SHARED_LIBS=OFF",
    *(f"-DLLAMA_{part}=OFF" for part in ("BUILD_TESTS", "BUILD_EXAMPLES", "BUILD_APP", "USE_PREBUILT_UI", "OPENSSL")),
]
FILL_IN_THE_MIDDLE = ["-b", "1024", "-ub", "1024", "--cache-reuse", "256"]
"""What the server's own presets for completion in editors (`--fim-qwen-1.5b-default` and its like) start it with."""


def binary() -> Path:
    """The server, built when the cache folder has none for this source and these flags."""
    folder = CACHE / "llama-server" / digest(PINNED, BUILD_TOOLS, *FLAGS)[:16]
    if not (folder / "llama-server").exists():
        print("building llama.cpp's server, about 10 minutes on two cores …", flush=True)
        _build(folder)
    return folder / "llama-server"


def _build(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        place = Path(scratch)
        pip = [sys.executable, "-m", "pip"]
        run([*pip, "download", "--no-deps", "--require-hashes", "-r", PINNED, "-d", scratch], "llama-server-source")
        run([sys.executable, "-m", "venv", place / "tools"], "llama-server-venv")
        tools = place / "tools" / "bin"
        run([tools / "pip", "install", "--require-hashes", "-r", BUILD_TOOLS], "llama-server-tools")
        with tarfile.open(next(place.glob("*.tar.gz"))) as archive:
            archive.extractall(place, filter="data")
        (source,) = place.glob("llama_cpp_python-*/vendor/llama.cpp")
        made = place / "build"
        ninja = f"-DCMAKE_MAKE_PROGRAM={tools / 'ninja'}"
        run([tools / "cmake", "-S", source, "-B", made, "-G", "Ninja", ninja, *FLAGS], "llama-server-configure")
        run([tools / "cmake", "--build", made, "--target", "llama-server"], "llama-server")
        folder.mkdir()
        (made / "bin" / "llama-server").rename(folder / "llama-server")


@asynccontextmanager
async def llama_server(
    model: Path, *, threads: int, context: int, options: Sequence[str] = ()
) -> AsyncIterator[httpx.AsyncClient]:
    """A started server with one slot and a client of it; F16 cache and no flash attention, as ours."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["-m", model, "-c", context, "-np", 1, "-t", threads, "-fa", "off", "--port", port, *options]
    process = await asyncio.create_subprocess_exec(binary(), *map(str, arguments), stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
            await _ready(client, process)
            yield client
    finally:
        process.kill()
        await process.wait()


async def _ready(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            if (await client.get("/health")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise RuntimeError(f"llama.cpp's server ended with code {process.returncode}")
