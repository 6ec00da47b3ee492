"""What a notebook's cell is written in, and what is put around it."""

from __future__ import annotations

import pytest

from turnstile_lsp.jupyter_ext.cells import Cell, cell_of, language_id_of, text_around

LEAN = "%%lean\ndef double (n : Nat) := n + n\n"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("x = 1", Cell("python", "x = 1")),
        (LEAN, Cell("lean4", "def double (n : Nat) := n + n\n", len("%%lean\n"))),
        ("%%prove --budget 5\nx", Cell("lean4", "x", len("%%prove --budget 5\n"))),
        ("%%bash\nls", Cell("bash", "ls", len("%%bash\n"))),
        ("%%R -i x\ny <- 1", Cell("r", "y <- 1", len("%%R -i x\n"))),
        ("%%time\nx = 1", Cell("python", "%%time\nx = 1")),
        ("%%lean", Cell("python", "%%lean")),
        ("x\n%%lean\n", Cell("python", "x\n%%lean\n")),
        ("", Cell("python", "")),
    ],
)
def test_a_magic_says_what_a_cell_is_written_in(text: str, cell: Cell) -> None:
    assert cell_of(text, "python") == cell


def test_only_cells_in_the_same_language_stand_around() -> None:
    above = ["third = 3\n", LEAN, "", "first = 1"]
    assert text_around(cell_of("x", "python"), above, ["below = 1"], "python") == (
        "first = 1\n\nthird = 3\n\n",
        "\n\nbelow = 1",
    )
    assert text_around(cell_of("%%prove\nx", "python"), above, [], "python") == (cell_of(LEAN, "").text + "\n", "")


def test_of_a_long_notebook_the_nearest_cells_count() -> None:
    above = ["near", "x" * 39_990, "far", "farther"]
    before, after = text_around(Cell("python", ""), above, ["y" * 10_001, "z"], "python")
    assert before == "far\n\n" + "x" * 39_990 + "\n\nnear\n\n"
    assert after == ""


@pytest.mark.parametrize(
    ("name", "path", "language_id"),
    [
        ("python", "a.ipynb", "python"),
        ("Python", "", "python"),
        ("R", "", "r"),
        ("C++", "", "cpp"),
        ("Klingon", "a.py", "klingon"),
        ("plaintext", "a.ipynb", "plaintext"),
        ("", "folder/a.rs", "rust"),
        ("", "README", "plaintext"),
    ],
)
def test_kernels_call_languages_otherwise_than_editors(name: str, path: str, language_id: str) -> None:
    assert language_id_of(name, path) == language_id
