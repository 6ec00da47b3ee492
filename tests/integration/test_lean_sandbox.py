"""The sandbox that Lean runs in, by real attempts to get out of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warm_lean import embedded_toolchain
from turnstile_lsp.agents.lean import confine
from turnstile_lsp.agents.lean.base import Session

MEMORY = 2 << 30
ATTEMPTS = {
    "write a file": "open(outside / 'new', 'w')",
    "change a file": "open(outside / 'kept', 'r+')",
    "empty a file": "os.truncate(outside / 'kept', 0)",
    "remove a file": "os.remove(outside / 'kept')",
    "move a file in": "os.rename(scratch / 'own', outside / 'own')",
    "move a file out": "os.rename(outside / 'kept', scratch / 'kept')",
    "link a file": "os.link(scratch / 'own', outside / 'own')",
    "link to a file": "os.symlink(scratch / 'own', outside / 'own')",
    "make a folder": "os.mkdir(outside / 'new')",
    "make a pipe": "os.mkfifo(outside / 'new')",
    "change a mode": "os.chmod(outside / 'kept', 0o777)",
    "change a time": "os.utime(outside / 'kept', (0, 0))",
    "set an attribute": "os.setxattr(outside / 'kept', 'user.x', b'x')",
    "reach a server": "socket.create_connection(('127.0.0.1', port))",
    "serve": "socket.create_server(('127.0.0.1', 0))",
    "send a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))",
    "reach a program of the machine": "socket.socket(socket.AF_UNIX).connect(str(outside / 'socket'))",
    "stop another process": "os.kill(os.getppid(), signal.SIGSTOP)",
    "read another process": "ctypes_error(101 if os.uname().machine == 'x86_64' else 117, 16, os.getppid(), 0, 0)",
    "write by another program": "subprocess.run(['touch', str(outside / 'new')], check=True, stderr=-3)",
}
PRELUDE = """
import ctypes, os, pathlib, signal, socket, subprocess, sys
scratch, outside, port = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
def ctypes_error(*call):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(*call) < 0:
        raise OSError(ctypes.get_errno(), "it failed")
(scratch / "own").write_text("x")
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "kept").write_text("kept")
    return folder


def run(program: str, outside: Path, port: int = 0, memory: int = MEMORY) -> subprocess.CompletedProcess[str]:
    """A Python program in the place of a native Lean; it may write beside `outside`, in `scratch`."""
    scratch = outside.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    command = [sys.executable, "-I", "-c", PRELUDE + program, str(scratch), str(outside), str(port)]
    confined = confine.confined(command, writable=[str(scratch)], memory=memory)
    return subprocess.run(confined, capture_output=True, text=True, timeout=60, check=False)


def test_nothing_gets_out(outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every attempt fails, for want of permission, and a way in is no way out."""
    steps = [
        f"""
try:
    {attempt}
    print("done:", {title!r})
except (PermissionError, subprocess.CalledProcessError):
    print("refused")
except OSError as error:
    print({title!r}, error, "EXDEV" if error.errno == 18 else "")
"""
        for title, attempt in ATTEMPTS.items()
    ]
    listener, program = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    with listener, program:
        monkeypatch.chdir(outside)  # a path short enough for a socket
        program.bind("socket")
        program.listen()
        result = run("".join(steps), outside, listener.getsockname()[1])
    assert result.stderr == ""
    refused = [line for line in result.stdout.splitlines() if line == "refused" or line.endswith("EXDEV")]
    assert refused == result.stdout.splitlines()
    assert len(refused) == len(ATTEMPTS)
    assert (sorted(os.listdir(outside)), (outside / "kept").read_text()) == (["kept", "socket"], "kept")


def test_its_own_folder_can_be_written_to(outside: Path) -> None:
    result = run(
        "print((scratch / 'own').read_text(), len(os.listdir('/')) > 3, (outside / 'kept').read_text())", outside
    )
    assert (result.stdout, result.stderr) == ("x True kept\n", "")


def test_memory_has_an_end(outside: Path) -> None:
    grow = "kept = []\nwhile True: kept.append(b'x' * (1 << 24))"
    assert run(grow, outside, memory=1 << 28).stderr.splitlines()[-1] == "MemoryError"


def test_a_program_that_is_not_there_says_so(outside: Path) -> None:
    result = subprocess.run(
        confine.confined(["/nowhere/lean"], memory=MEMORY), capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (127, "/nowhere/lean: No such file or directory\n")


def test_the_program_that_runs_the_embedded_lean_reaches_nobody(outside: Path) -> None:
    script = (
        "const net = require('net'), fs = require('fs');"
        "try { fs.writeFileSync(process.argv[1] + '/new', 'x') } catch (error) { console.log(error.code) };"
        "try { net.connect(+process.argv[2], '127.0.0.1').on('error', error => console.log(error.code)) }"
        "catch (error) { console.log(error.code) }"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [embedded_toolchain().command[0], "-e", script, str(outside), str(listener.getsockname()[1])]
        result = subprocess.run(
            confine.confined(command, memory=6 << 30), capture_output=True, text=True, timeout=60, check=False
        )
    assert result.stdout.split() == ["EACCES", "EPERM"]


async def test_code_that_runs_in_a_session_changes_nothing(lean_session: Session, outside: Path) -> None:
    """The user's own text may run code, which no candidate may: it stands for one that found a way."""
    text = f"""
#eval IO.FS.writeFile "{outside}/new" "x"
#eval IO.FS.writeFile "{outside}/kept" "x"
#eval IO.FS.removeFile "{outside}/kept"
#eval IO.FS.createDir "{outside}/folder"
#eval IO.FS.rename "{outside}/kept" "{outside}/new"
#eval IO.FS.readFile "/etc/passwd"
#eval IO.Process.output {{ cmd := "touch", args := #["{outside}/new"] }}
#eval IO.println "it runs"
"""
    elaboration = await lean_session.elaborate(text)
    said = [message.text for command in elaboration.commands for message in command.messages]
    assert said[-1] == "it runs\n"
    assert any("/etc/passwd" in text for text in said), "it is not there"
    assert (os.listdir(outside), (outside / "kept").read_text()) == (["kept"], "kept")
