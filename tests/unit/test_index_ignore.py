"""Which files are looked at."""

from pathlib import Path

import pytest

from turnstile_lsp.agents.coder.index.ignore import Ignore, Withheld


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / ".gitignore").write_text("# comment\n*.log\n/build/\n!kept.log\n[\n\\\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / ".gitignore").write_text("generated.py\n!private.py\n!special.log\n")
    (tmp_path / ".turnstileignore").write_text("private.py\nnotes/\n")
    return tmp_path


@pytest.mark.parametrize(
    "path",
    [
        "a.log",
        "src/deep/a.log",
        "build/main.py",
        "src/generated.py",
        "src/deep/generated.py",
        "src/private.py",
        "notes/today.md",
        "node_modules/x/index.js",
        ".git/config",
        "src/.env",
    ],
)
def test_excluded(workspace: Path, path: str) -> None:
    assert Ignore(workspace).excludes(path)


@pytest.mark.parametrize("path", ["kept.log", "src/special.log", "generated.py", "src/build/main.py", "src/main.py"])
def test_not_excluded(workspace: Path, path: str) -> None:
    assert not Ignore(workspace).excludes(path)


def test_a_document_that_git_ignores_may_be_completed_one_that_the_user_withholds_may_not(workspace: Path) -> None:
    withheld = Withheld()
    assert workspace / "a.log" not in withheld
    assert workspace / "build/main.py" not in withheld
    assert workspace / "src/private.py" in withheld
    assert workspace / "notes/today.md" in withheld
    assert workspace / ".env.local" in withheld
    assert workspace / ".ssh/config" in withheld
    assert workspace / "src/../notes/today.md" in withheld


def test_an_ignore_file_that_cannot_be_read_excludes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    (tmp_path / ".turnstileignore").write_bytes(b"\xff\xfe\x00*\n" * 10)
    assert not Ignore(tmp_path).excludes("main.py")
