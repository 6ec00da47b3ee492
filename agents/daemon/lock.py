"""The lock file: at most one accepting daemon for each runtime folder.

The lock is `flock(2)`'s, which the kernel drops when its holder dies, so the file's content never decides; it only says
who holds the lock, and tells a daemon from a stranger who locked the file.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.daemon.places import FolderUnusable

LOCK_NAME = "daemon.lock"
_WRITE_SECONDS = 2.0


class Holder(Struct, frozen=True, kw_only=True):
    """A daemon: its pid and when that process started, which tells it from a later process of the same pid."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether that very process still runs."""
        return start_time(self.pid) == self.started


def this_process() -> Holder:
    """This process, as a lock file names it."""
    return Holder(pid=os.getpid(), started=start_time(os.getpid()) or "")


def start_time(pid: int) -> str | None:
    """When a process started, in the system's own terms; None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except OSError:
        if os.path.isdir("/proc/self"):
            return None
    import psutil

    with contextlib.suppress(psutil.Error):
        return str(psutil.Process(pid).create_time())
    return None


class Lock:
    """The held lock; it is released by `release` or by the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(this_process()), 0)

    @property
    def held(self) -> bool:
        """Whether this process is the one that accepts clients."""
        return self._descriptor is not None

    def release(self) -> None:
        """Let another daemon take over; idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder(runtime: Path) -> Holder | None:
    """Who the lock file names, if it names a process that runs."""
    try:
        named = msgspec.json.decode((runtime / LOCK_NAME).read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None
    return named if named.alive() else None


def acquire(runtime: Path) -> Lock | None:
    """The lock, or None while another daemon holds it. Raises `FolderUnusable`.

    A file that cannot be opened, or that something other than a daemon has locked, is replaced: the folder is ours.
    """
    path = runtime / LOCK_NAME
    patience = time.monotonic() + _WRITE_SECONDS
    while True:
        try:
            descriptor = _open(path)
        except OSError as error:
            raise FolderUnusable(f"The lock file {path} cannot be written ({error.strerror}); remove it.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            if holder(runtime) is not None:
                return None
            # Either a daemon that has not yet written its name, or a stranger.
            if time.monotonic() > patience:
                path.unlink(missing_ok=True)
            time.sleep(0.02)
            continue
        try:
            if _is_still(path, descriptor):
                return Lock(descriptor)
        except OSError as error:
            raise FolderUnusable(f"The lock file {path} cannot be written ({error.strerror}).") from error
        os.close(descriptor)


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except OSError:
        path.unlink()
        return os.open(path, flags, 0o600)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the locked file is the one that others will open: it may have been replaced since."""
    try:
        return os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False
