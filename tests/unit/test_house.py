"""What must hold of the repository as a whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ENDINGS = (".py", ".ts", ".lean")
DATA_FILES = ("allowed_kinds.lean",)
LONGEST = 420


def tracked() -> list[Path]:
    """All files under version control, links left out."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.splitlines() if (path := ROOT / name).is_file() and not path.is_symlink()]


def test_lock_files_name_no_local_version_and_no_host() -> None:
    for path in (ROOT / "requirements").iterdir():
        lines = [line.split("--hash")[0] for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
        assert not [line for line in lines if re.search(r"==\S*\+|://", line)], path
        assert "torch==" not in path.read_text()
    assert not re.search(r'"resolved": "\w+://', (ROOT / "package-lock.json").read_text())


def test_every_requirement_is_hashed() -> None:
    for path in (ROOT / "requirements").iterdir():
        entries = re.split(r"\n(?=\S)", path.read_text())
        assert all("--hash=sha256:" in entry for entry in entries if re.match(r"\w\S*==", entry)), path


def test_source_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in tracked()
        if path.suffix in SOURCE_ENDINGS and "data" not in path.parts and path.name not in DATA_FILES
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_versions_agree() -> None:
    version = re.search(r'__version__ = "(.*)"', (ROOT / "turnstile_lsp/__init__.py").read_text())
    assert version
    for client in ("vscode-client", "jupyter_ext/labextension"):
        assert f'"version": "{version[1]}"' in (ROOT / client / "package.json").read_text()
