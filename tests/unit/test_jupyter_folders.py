"""Which folder of a Jupyter server is indexed."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnstile_lsp.jupyter_ext.context import folder_of


def test_it_is_the_folder_that_the_server_shows(tmp_path: Path) -> None:
    for path in ("a.ipynb", "deep/down/a.ipynb", "", "../a.ipynb"):
        assert folder_of(tmp_path, path) == tmp_path
    assert folder_of(None, "a.ipynb") is None


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("work/a.ipynb", "work"),
        ("work/deep/a.ipynb", "work/deep"),
        ("work/../other/a.ipynb", "other"),
        ("a.ipynb", None),
        ("", None),
        ("..", None),
        ("../elsewhere/a.ipynb", None),
        ("/etc/a.ipynb", None),
        ("work/\0/a.ipynb", "work/\0"),
    ],
)
def test_of_a_home_folder_it_is_the_notebooks_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, folder: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder_of(tmp_path, path) == (tmp_path / folder if folder is not None else None)
