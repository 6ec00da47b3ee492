"""The commands that the documentation shows do what it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
INSTALLS = ("python3 -m pip install", "turnstile lean install")  # set-up runs these; test_wheel installs the wheel

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown_commands() -> list[str]:
    """All lines after a prompt in the README and the documentation."""
    blocks = [block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8"))]
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return sorted({line for line in lines if not line.startswith(INSTALLS)})


@pytest.mark.parametrize("command", shown_commands())
def test_a_command_of_the_documentation_works(command: str, runtime: Path) -> None:
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stdout + done.stderr
