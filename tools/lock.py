"""Resolve the requirements and write them with hashes to `requirements/`. No host is named in them.

torch stands apart: it is chosen by the machine (CPU or CUDA), so it is never in a lock file.
llama-cpp-python stands apart too: its sdist is what is pinned, and the wheel built from it is kept in the cache folder.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = [
    sys.executable,
    "-m",
    "uv",
    "pip",
    "compile",
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
]


def compile_requirements(source: str, target: str, *options: str) -> None:
    """Write `requirements/<target>` from `source` (a pyproject file or a requirement given on standard input)."""
    from_stdin = source if "==" in source else None
    subprocess.run(
        [*UV, "--python-version", "3.11", *options, "-" if from_stdin else source, "-o", f"requirements/{target}"],
        cwd=ROOT,
        input=from_stdin,
        text=True,
        check=True,
    )


def main() -> None:
    """Write the lock files; the last is what the bench builds llama.cpp's server with."""
    extras = [part for extra in ("local", "lean", "jupyter", "bench", "dev") for part in ("--extra", extra)]
    apart = ["--no-emit-package", "llama-cpp-python"]
    compile_requirements("pyproject.toml", "dev.txt", "--universal", *extras, *apart)
    compile_requirements(
        "llama-cpp-python==0.3.36", "llama-cpp-python.txt", "--no-deps", "--no-binary", "llama-cpp-python"
    )
    compile_requirements("cmake==3.31.10\nninja==1.13.0", "llama-server.txt", "--universal")


if __name__ == "__main__":
    main()
