"""A program that cannot write, cannot reach a network and cannot grow without bounds: Lean, while it checks.

On Linux, by what every process may ask of the kernel for itself: Landlock (no file is written, created or removed outside
of the folders named; no signal leaves), a seccomp filter (no socket; nothing of another process is read or changed) and
resource limits. All of it survives `execve` and cannot be taken back. `confined` puts `python confine.py …` in front of a
command. What the kernel does not offer is left out, and elsewhere than on Linux all of it: there Node's permission model
confines the embedded Lean.

This file imports the standard library alone: it is run by itself.
"""

import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2

# linux/landlock.h. The system calls have the same numbers on every machine.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION, RULE_PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
READS = EXECUTE | READ_FILE | READ_DIR
WRITES = WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # removing and making of all kinds
LATER_WRITES = ((2, 1 << 13), (3, 1 << 14))  # by version: linking to another folder, truncating
TCP = 0b11  # binding, connecting
SCOPES = 0b11  # abstract Unix sockets, signals

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The numbers of linux/audit.h."""
REFUSED_CALLS = {
    # Networks, and other programs' sockets.
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "io_uring_setup": (425, 425),
    # Other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    # What Landlock leaves alone: owners, modes, times and attributes of files.
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
"""System calls that fail, with their numbers on the two machines."""
X32 = 0x40000000  # calls of the same kernel under other numbers
LOAD, IF_EQUAL, IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, FAIL_WITH_EPERM = 0x7FFF0000, 0x00050001


def confined(command: Sequence[str], *, writable: Sequence[str] = (), memory: int) -> list[str]:
    """The argument list that runs a command confined: it writes into the folders `writable` alone, and its own memory
    (what is neither shared nor a file) ends at `memory` bytes."""
    return [sys.executable, "-I", "-S", __file__, str(memory), str(len(writable)), *writable, *command]


def _limit_resources(memory: int) -> None:
    import resource

    for kind, limit in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, memory), (resource.RLIMIT_DATA, memory)):
        _, hard = resource.getrlimit(kind)
        bound = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (bound, bound))


def _restrict_files(writable: Sequence[str]) -> None:
    """Landlock. Files that are open already, standard streams among them, stay as they are."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    if version < 1:
        return  # a kernel without it
    writes = WRITES | sum(right for since, right in LATER_WRITES if since <= version)
    attributes = struct.pack("QQQ", READS | writes, TCP if version >= 4 else 0, SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(CREATE_RULESET, attributes, size, 0)
    for path, rights in (("/", READS), ("/dev/null", WRITE_FILE), *((folder, writes) for folder in writable)):
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, file))
        if libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0) != 0:
            raise OSError(ctypes.get_errno(), "landlock_add_rule", path)
        os.close(file)
    if libc.syscall(RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")


def _refuse_calls() -> None:
    """A seccomp filter: the calls fail with EPERM, and so do all calls of another machine's numbering."""
    import ctypes

    if platform.machine() not in MACHINES:
        return
    column = list(MACHINES).index(platform.machine())
    numbers = [call[column] for call in REFUSED_CALLS.values() if call[column] is not None]
    last = len(numbers) + 5  # the place of the statement that fails; the one before it allows
    program = [
        (LOAD, 0, 0, 4),  # of `struct seccomp_data` the machine
        (IF_EQUAL, 0, last - 2, MACHINES[platform.machine()]),
        (LOAD, 0, 0, 0),  # the call's number
        (IF_AT_LEAST, last - 4, 0, X32),
        *((IF_EQUAL, last - 5 - place, 0, number) for place, number in enumerate(numbers)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, FAIL_WITH_EPERM),
    ]
    statements = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *statement) for statement in program))
    filter_ = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(statements)))
    refused = ctypes.CDLL(None, use_errno=True).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0)
    if refused and ctypes.get_errno() != errno.EINVAL:  # a kernel without it
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")


def _main() -> None:
    memory, folders, *rest = sys.argv[1:]
    writable, command = rest[: int(folders)], rest[int(folders) :]
    if sys.platform == "linux":
        import ctypes

        if ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            _limit_resources(int(memory))
            _restrict_files(writable)
            _refuse_calls()
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    _main()
