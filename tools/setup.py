"""Set up a checkout: `.venv` with everything that development needs, and the embedded Lean.

Runs on a bare Python 3.11 (standard library only). Idempotent: each step leaves a stamp of what it depends on and is
left out while that is unchanged. Resumable: a stamp is written after its step, so an interrupted step runs again.
What is costly (the llama-cpp-python wheel, the embedded Lean) is kept in the cache folder for the next checkout.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
XDG_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
CACHE = Path(os.environ.get("TURNSTILE_CACHE_DIR") or XDG_CACHE / "turnstile")
LLAMA_FLAGS = "-DGGML_NATIVE=OFF"  # a wheel for this very processor could stop with an illegal instruction on another


class SetupFailed(Exception):
    """A step failed; the message says what to do."""


def run(command: Sequence[str | Path], log_name: str, **environment: str) -> None:
    """Run a step's command quietly; show the end of its log when it fails."""
    logs = ROOT / "build" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log_path = logs / f"{log_name}.log"
    with log_path.open("w") as log:
        done = subprocess.run(
            command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
    if done.returncode:
        tail = "\n".join(log_path.read_text(errors="replace").splitlines()[-25:])
        raise SetupFailed(
            f"{tail}\nThis step failed; its whole log is {log_path.relative_to(ROOT)}. Run make again to go on from here."
        )


def digest(*parts: str | Path) -> str:
    """A stamp of texts and of files' contents."""
    total = hashlib.sha256(sys.version.encode())
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return total.hexdigest()


def step(name: str, title: str, stamp: str, action: Callable[[], None]) -> None:
    """Run `action` unless its stamp is there already."""
    stamp_path = ENVIRONMENT / "stamps" / name
    if stamp_path.exists() and stamp_path.read_text() == stamp:
        return
    print(f"set-up: {title} …", flush=True)
    started = time.monotonic()
    action()
    stamp_path.parent.mkdir(parents=True, exist_ok=True)
    stamp_path.write_text(stamp)
    print(f"set-up: {title}: {time.monotonic() - started:.0f} s", flush=True)


def make_environment() -> None:
    """Create `.venv`, anew when a half-made one is there."""
    if sys.version_info < (3, 11):  # noqa: UP036  # this file also runs on an older Python, to say so
        raise SetupFailed("Turnstile needs Python 3.11 or newer; name one with `make PYTHON=python3.11`.")
    run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], "venv")


def install_requirements() -> None:
    """Everything of the lock file, hashes checked by pip."""
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    run([*pip, "--require-hashes", "-r", "requirements/dev.txt"], "requirements")


def llama_wheel_folder() -> Path:
    """Where the wheel for the pinned sdist, these flags and this Python is kept."""
    key = digest(ROOT / "requirements" / "llama-cpp-python.txt", LLAMA_FLAGS)[:16]
    return CACHE / "wheels" / f"llama-cpp-python-{key}"


def build_llama_wheel(folder: Path) -> None:
    """Build the wheel beside its place and move it there whole."""
    if not shutil.which("g++"):
        raise SetupFailed("llama.cpp is built from source and needs a C++ compiler: apt-get install g++ make")
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [PYTHON, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "--require-hashes"]
        run(
            [*command, "-r", "requirements/llama-cpp-python.txt", "-w", scratch],
            "llama-cpp-python",
            CMAKE_ARGS=LLAMA_FLAGS,
            CMAKE_BUILD_PARALLEL_LEVEL=str(os.cpu_count() or 1),
        )
        (wheel,) = Path(scratch).glob("*.whl")
        (Path(scratch) / "SHA256").write_text(hashlib.sha256(wheel.read_bytes()).hexdigest())
        shutil.copytree(scratch, folder)


def install_llama() -> None:
    """Install llama-cpp-python from the cache folder; one checkout builds the wheel, others wait for it."""
    folder = llama_wheel_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists() and not wheel_is_whole(folder):
            shutil.rmtree(folder)
        if not folder.exists():
            print("set-up: building llama.cpp, about 5 minutes on two cores …", flush=True)
            build_llama_wheel(folder)
    (wheel,) = folder.glob("*.whl")
    run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", wheel],
        "llama-install",
    )


def wheel_is_whole(folder: Path) -> bool:
    """Whether the kept wheel has the hash that was written after its build."""
    wheels = list(folder.glob("*.whl"))
    recorded = folder / "SHA256"
    return (
        len(wheels) == 1
        and recorded.exists()
        and recorded.read_text() == hashlib.sha256(wheels[0].read_bytes()).hexdigest()
    )


def sources_of_labextension() -> list[Path]:
    """What the JupyterLab extension, which is installed with the project, is built from."""
    folder = ROOT / "jupyter_ext" / "labextension"
    return [*sorted(folder.glob("*.*")), *sorted((folder / "source").iterdir()), ROOT / "tools" / "labextension.py"]


def install_project() -> None:
    """The checkout itself, editable, with the JupyterLab extension as it is now."""
    run([PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", "."], "project")


def install_lean() -> None:
    """The embedded Lean, by the command that users run."""
    done = subprocess.run([PYTHON, "-m", "turnstile_lsp", "lean", "install"], cwd=ROOT)
    if done.returncode:
        raise SetupFailed("The embedded Lean could not be installed; run make again to go on from here.")


def set_up() -> None:
    """All steps, in order."""
    requirements = ROOT / "requirements" / "dev.txt"
    if not (PYTHON.exists() and (ENVIRONMENT / "stamps" / "environment").exists()):
        shutil.rmtree(ENVIRONMENT / "stamps", ignore_errors=True)
    step("environment", "Python environment", digest(), make_environment)
    step("requirements", "Python packages", digest(requirements), install_requirements)
    step("llama", "llama.cpp", digest(str(llama_wheel_folder())), install_llama)
    step("project", "Turnstile itself", digest(ROOT / "pyproject.toml", *sources_of_labextension()), install_project)
    step("lean", "embedded Lean", digest(ROOT / "agents/lean/embedded/package.toml", str(CACHE)), install_lean)


def main() -> int:
    """Set up; one sentence and exit code 1 when it cannot."""
    try:
        set_up()
    except SetupFailed as failure:
        print(f"set-up: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
