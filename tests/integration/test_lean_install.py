"""The embedded Lean, installed from the kept archive, and what its patches are for."""

import asyncio
import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from turnstile_lsp.agents import places
from turnstile_lsp.agents.lean.embedded import EmbeddedLean, install, installed

ARCHIVES = places.cache_folder() / "lean" / "archives"

SETUP = {
    "name": "Proof",
    "isModule": False,
    "importArts": {},
    "dynlibs": [],
    "plugins": [],
    "options": {"autoImplicit": False},
}


@pytest.fixture(scope="module")
def lean() -> EmbeddedLean:
    """The one that the set-up installed."""
    embedded = installed()
    assert embedded, "make sets it up: turnstile lean install"
    return embedded


async def test_an_interrupted_installation_is_taken_up_again(tmp_path):
    destination = tmp_path / "lean/embedded"
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    told: list[tuple[str, float]] = []

    def progress(what: str, share: float) -> None:
        told.append((what, share))
        if "library" in what:
            loop.call_soon_threadsafe(begun.set)

    first = asyncio.create_task(install(source=ARCHIVES, destination=destination, progress=progress))
    await begun.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert installed(destination) is None
    assert not destination.exists()

    told.clear()
    assert await install(source=ARCHIVES, destination=destination, progress=progress) == destination
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1][1] == 1.0
    assert installed(destination)
    assert {path.name for path in (destination / "bin").iterdir()} == {"lean", "lean.js", "lean.symbols", "lean.wasm"}
    assert len(list(destination.rglob("*.olean"))) == 2098
    assert not list(destination.rglob("._*"))
    script = (destination / "bin/lean.js").read_text("latin-1")
    assert 'console.log("[DEBUG' not in script
    assert len(script) < 1_000_000

    told.clear()
    await install(source=None, destination=destination, progress=progress)
    assert told == [("The embedded Lean is installed", 1.0)]


def test_launcher_takes_leans_arguments_from_any_folder_and_leaves_no_litter(lean):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder, "Proof.lean").write_text('#eval "⊢"\nexample : p ∨ True := by simp\nexample : False := by simp\n')
        Path(folder, "setup.json").write_text(json.dumps(SETUP))
        plain = _run([f"{lean.root}/bin/lean", "Proof.lean"], folder)
        assert plain.returncode == 1
        assert plain.stdout.splitlines() == ['"⊢"', "Proof.lean:3:22: error: `simp` made no progress"]
        strict = _run([f"{lean.root}/bin/lean", "--setup=setup.json", "Proof.lean"], folder)
        assert "Unknown identifier `p`" in strict.stdout
        assert sorted(os.listdir(folder)) == ["Proof.lean", "setup.json"]


async def test_standard_input_is_read_as_it_comes(lean, tmp_path):
    """Bytes of one character in two pieces, an empty pipe for a while, and more than any buffer holds."""
    (tmp_path / "Echo.lean").write_text(
        "unsafe def echo (input output : IO.FS.Handle) : IO Unit := do\n"
        "  let line ← input.getLine\n"
        "  if line.isEmpty then return ()\n"
        '  output.putStrLn ("## " ++ toString line.length ++ " " ++ toString line.hash)\n'
        "  output.flush\n"
        "  echo input output\n"
        '#eval do echo (← IO.FS.Handle.mk "/dev/stdin" .read) (← IO.FS.Handle.mk "/dev/stderr" .write)\n'
    )
    process = await asyncio.create_subprocess_exec(
        *lean.command,
        "Echo.lean",
        cwd=tmp_path,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stderr
    try:
        whole = ("∀∃⊢𝔸" * 30_000).encode()
        process.stdin.write("∀\n".encode()[:2])
        await process.stdin.drain()
        await asyncio.sleep(0.2)
        process.stdin.write("∀\n".encode()[2:] + whole)
        await process.stdin.drain()
        process.stdin.write(b"\n" + whole + b"\n")
        process.stdin.write_eof()
        answers = [line.split() async for line in process.stderr if line.startswith(b"## ")]
        assert [int(length) for _, length, _ in answers] == [2, 120_001, 120_001]
        assert answers[1] == answers[2]
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_a_confined_lean_sees_its_folders_alone_and_writes_nothing(lean, tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (inside / "Look.lean").write_text(
        f'#eval IO.FS.readFile "{outside}/secret"\n'
        f'#eval IO.FS.readFile "{inside}/Look.lean"\n'
        f'#eval IO.FS.writeFile "{inside}/written" "x"\n'
        f'#eval IO.FS.writeFile "{outside}/written" "x"\n'
        "example : 1 + 1 = 2 := rfl\n"
    )
    command, environment = lean.confined([inside])
    result = _run([*command, "Look.lean"], inside, environment)
    assert "Look.lean:1:0: error: no such file" in result.stdout
    assert "Look.lean:2:0: error" not in result.stdout
    assert sorted(os.listdir(inside)) == ["Look.lean"]
    assert sorted(os.listdir(outside)) == ["secret"]


def test_a_lean_whose_heap_is_full_ends_at_once(lean, tmp_path):
    (tmp_path / "Fill.lean").write_text(
        "unsafe def fill (n : Nat) (kept : List (Array Nat)) : IO Unit := do\n"
        "  fill (n + 1) (Array.replicate 16777216 n :: kept)\n"
        "#eval fill 1 []\n"
    )
    result = _run([*lean.command, "Fill.lean"], tmp_path)
    assert result.returncode == -signal.SIGKILL
    assert result.stderr.splitlines()[-1] == "Lean's heap is full"


def _run(
    command: list[str], folder: str | Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
