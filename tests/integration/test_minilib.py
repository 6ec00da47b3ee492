"""The fixture library: compiled once into the cache, then imported through LEAN_PATH by the embedded Lean."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.minilib import compiled_minilib
from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.lean.compilation import compiled
from turnstile_lsp.agents.lean.embedded import installed

HEADER = "import Minilib\nopen Minilib\n"


async def test_files_that_import_it_check(tmp_path):
    """Its theorems, notation, scoped syntax and macro tactic work; its private lemma is private; false is refused."""
    (tmp_path / "Use.lean").write_text(
        HEADER
        + "theorem left (m n : Nat) : m ≤ m ⊔ₙ n := le_larger_left m n\n"
        + "theorem assoc (a b c : Nat) : a ⊔ₙ (b ⊔ₙ c) = a ⊔ₙ b ⊔ₙ c := by larger_cases\n"
        + "theorem rising : ascending! [1, 2, 3] := by simp [Ascending]\n"
        + "example (xs : List Nat) : ‖xs ++ []‖ = ‖xs‖ := by simp\n"
        + "example : 3 ⊔ₙ 5 = 5 := by decide\n"
        + "example : larger 2 2 = 2 := larger_of_le (Nat.le_refl 2)\n"
        + "example : 3 ⊔ₙ 5 = 3 := by larger_cases\n"
    )
    (tmp_path / "Closed.lean").write_text(
        "module\nimport Minilib\ntheorem t : Minilib.Ascending [] := trivial\n#check ‖[1]‖\n"
    )
    library = await compiled_minilib()
    used = _lean(tmp_path, library, "Use.lean")
    assert [line.split(":")[1] for line in used.splitlines() if ": error" in line] == ["8", "9"]
    closed = _lean(tmp_path, library, "Closed.lean")
    assert [line.split(":")[1] for line in closed.splitlines() if ": error" in line] == ["4"]


async def test_compiling_again_is_only_a_look():
    library = await compiled_minilib()
    before = {path: path.stat().st_mtime_ns for path in library.rglob("*")}
    assert await compiled_minilib() == library
    assert {path: path.stat().st_mtime_ns for path in library.rglob("*")} == before


async def test_a_module_with_an_error_is_told_and_nothing_is_kept(tmp_path):
    embedded = installed()
    assert embedded
    with pytest.raises(LeanFailed, match="Wrong"):
        await compiled(embedded.command, {"Wrong": "module\ntheorem t : 1 = 2 := rfl\n"}, tmp_path)
    assert not list(tmp_path.iterdir())


def _lean(folder: Path, library: Path, file: str) -> str:
    embedded = installed()
    assert embedded
    return subprocess.run(
        [*embedded.command, file],
        cwd=folder,
        env=os.environ | {"LEAN_PATH": str(library)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout
