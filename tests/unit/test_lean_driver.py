"""The driver as Lean gets it, where it cannot be compiled into a cache."""

import os
from pathlib import Path

import pytest

from turnstile_lsp.agents.lean import driver


@pytest.mark.parametrize(
    "cache", [None, Path("/dev/null/cache")], ids=["no cache", "a cache that cannot be written to"]
)
async def test_the_source_is_one_file_with_its_imports_on_top(cache: Path | None) -> None:
    async with driver.launch(("lean",), {}, cache_folder=cache) as launch:
        lines = launch.file.read_text("utf-8").splitlines()
        imports = [number for number, line in enumerate(lines) if line.startswith("import ")]
        assert [lines[number] for number in imports] == [f"import {module}" for module in driver.IMPORTS]
        assert imports == list(range(len(imports)))
        assert lines[-1] == driver.START.strip()
        assert launch.lean_path == ()
    assert not launch.file.exists()


def test_every_lean_file_belongs_to_the_driver() -> None:
    assert {path.name for path in driver.FOLDER.glob("*.lean")} == {*driver.FILES, "Compile.lean"}


COMPILER = """#!/bin/sh
touch TurnstileDriver.olean
"""


async def test_drivers_of_the_past_are_removed_when_a_new_one_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a program in Lean's place that writes what a compiler would."""
    lean, other = tmp_path / "lean", tmp_path / "other"
    for program in (lean, other):
        program.write_text(COMPILER)
        program.chmod(0o755)
    cache = tmp_path / "cache"

    async def folder(program: Path) -> Path:
        async with driver.launch((str(program),), dict(os.environ), cache_folder=cache) as launch:
            return launch.file.parent

    older, of_other = await folder(lean), await folder(other)
    monkeypatch.setattr(driver, "START", "-- changed")
    recent = await folder(lean)
    assert {path.name for path in cache.iterdir()} == {older.name, recent.name, of_other.name}
    for stale in (older, of_other):
        os.utime(stale, (0, 0))
    monkeypatch.setattr(driver, "START", "-- changed again")
    newest = await folder(lean)
    assert {path.name for path in cache.iterdir()} == {recent.name, newest.name, of_other.name}
    os.utime(newest, (0, 0))
    assert await folder(lean) == newest
    assert newest.stat().st_mtime > 0, "a start tells that it is used"
