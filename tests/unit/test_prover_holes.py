"""How proofs stand in files: one data file for each place, and properties that hold everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover.holes import Edit, column_of, fill

CASES = sorted((Path(__file__).parents[1] / "data" / "holes").glob("*.toml"))


def load(path: Path) -> tuple[str, Hole, int, dict[str, Any]]:
    """A case's document without the marks `⟪ ⟫`, its hole, where the hole's command starts, and the case."""
    case = tomllib.loads(path.read_text("utf-8"))
    start = case["before"].index("⟪")
    end = case["before"].index("⟫") - 1
    document = case["before"].replace("⟪", "").replace("⟫", "")
    command = [match.start() for match in re.finditer(r"^ *theorem", document, re.M) if match.start() < start][-1]
    command += len(document[command:]) - len(document[command:].lstrip(" "))
    return document, Hole(kind=case["kind"], start=start, end=end), command, case


def test_cases_are_there() -> None:
    assert len(CASES) >= 25


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    document, hole, command, case = load(path)
    assert fill(document, hole, case["tactics"], command_start=command).apply(document) == case["after"]


lines = st.lists(st.text("abc ⟨⟩·;", min_size=1).map(lambda line: "t" + line.rstrip()), min_size=1, max_size=4)


@given(lines, st.integers(0, 60), st.booleans())
def test_every_line_of_a_tactic_hole_starts_in_its_column(tactics: list[str], indent: int, crlf: bool) -> None:
    newline = "\r\n" if crlf else "\n"
    document = f"theorem t : p := by{newline}{' ' * indent}sorry{newline}#eval 1{newline}"
    start = document.index("sorry")
    edit = fill(document, Hole(kind="tactic", start=start, end=start + 5), "\n".join(tactics))
    after = edit.apply(document)
    body = after[len("theorem t : p := by") + len(newline) : after.index(newline + "#eval")]
    assert body.split(newline) == [" " * indent + line for line in tactics]


@given(
    lines,
    st.sampled_from(["tactic", "term", "by"]),
    st.text("xyz:= (⟨,;\n", max_size=30),
    st.text("x),;\n ", max_size=9),
)
def test_only_the_hole_changes(tactics: list[str], kind: str, before: str, after: str) -> None:
    document = before + "sorry" + after
    edit = fill(document, Hole(kind=kind, start=len(before), end=len(before) + 5), "\n".join(tactics))
    assert edit.apply(document).startswith(before)
    assert edit.apply(document).endswith(after)


def test_columns_count_code_points() -> None:
    assert column_of("a\n𝔸⟨sorry", 4) == 2
    assert Edit(start=1, end=2, replacement="⟨").apply("abc") == "a⟨c"
