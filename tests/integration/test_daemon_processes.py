"""A child dies with its parent, however the parent ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from turnstile_lsp.agents.processes import child_arguments, module_command

PARENT = """
import subprocess, sys
from turnstile_lsp.agents.processes import child_arguments
child = subprocess.Popen(child_arguments(["sleep", "600"]))
print(child.pid, flush=True)
child.wait()
"""


def test_child_dies_with_a_killed_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    while child.name() != "sleep":
        assert child.is_running()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    psutil.wait_procs([child], timeout=20)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_child_whose_parent_is_gone_already_does_not_start() -> None:
    arguments = child_arguments(["echo", "started"])
    arguments[arguments.index(str(os.getpid()))] = "1" if os.getpid() != 1 else "2"
    finished = subprocess.run(arguments, capture_output=True, text=True)
    assert (finished.returncode, finished.stdout) == (1, "")


@pytest.mark.parametrize("steps", [0, 5])
def test_niceness(steps: int) -> None:
    finished = subprocess.run(child_arguments(["nice"], niceness=steps), capture_output=True, text=True, check=True)
    assert int(finished.stdout) == os.nice(0) + steps


def test_missing_program() -> None:
    finished = subprocess.run(child_arguments(["/nowhere/program"]), capture_output=True, text=True)
    assert finished.returncode == 127
    assert "/nowhere/program: No such file" in finished.stderr


def test_modules_of_the_working_folder_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / "this.py").write_text("")
    finished = subprocess.run(module_command("this"), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Zen" in finished.stdout
