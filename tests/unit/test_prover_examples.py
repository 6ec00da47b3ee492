"""The examples say of themselves what is true."""

from __future__ import annotations

import tomllib
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_positions_are_at_ends_of_lines_in_the_files() -> None:
    positions = tomllib.loads((EXAMPLES / "positions.toml").read_text())["position"]
    assert len(positions) == 3
    for position in positions:
        line = (EXAMPLES / position["file"]).read_text().split("\n")[position["line"] - 1]
        assert position["column"] == len(line) + 1
        assert line.strip()


def test_at_least_eight_lemmas_wait() -> None:
    text = (EXAMPLES / "Lemmas.lean").read_text()
    assert text.count("sorry") == text.count("\ntheorem ") >= 8
