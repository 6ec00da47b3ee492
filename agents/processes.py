"""Children that never outlive the process that started them, also when that one is killed with SIGKILL.

On Linux a child asks the kernel for SIGKILL at its parent's death (`prctl(2)`, PR_SET_PDEATHSIG). The request survives
`execve`, so a program that is not ours (Lean's `node`) is started through this very file: `child_arguments` puts
`python processes.py PARENT` in front of a command. The kernel watches the *thread* that forked: start children from
the main thread, never from a pool's. Elsewhere a child only sees its standard input end.

This file imports the standard library alone, and little of it: every child pays for it.
"""

import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have this process killed when its parent dies; exit at once if `parent` (a pid) died before that was arranged."""
    if sys.platform == "linux":
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(1)


def child_arguments(command: Sequence[str], *, niceness: int = 0) -> list[str]:
    """The argument list that runs `command` as a child which dies with this process, `niceness` steps less urgent."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(niceness), *command]


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours; `-P` keeps the working folder, maybe a stranger's, off its path."""
    return [sys.executable, "-P", "-m", module, *arguments]


def _main() -> None:
    parent, niceness, *command = sys.argv[1:]
    die_with_parent(int(parent))
    if int(niceness):
        os.nice(int(niceness))
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    _main()
