"""The driver as Lean gets it, where it cannot be compiled into a cache."""

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
