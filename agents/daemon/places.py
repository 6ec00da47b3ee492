"""The runtime folder, which is the user's alone, and the socket in it.

`TURNSTILE_RUNTIME_DIR` names it; else it lies in the session's (`XDG_RUNTIME_DIR`), else under /tmp.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import struct
from pathlib import Path

from turnstile_lsp.agents.errors import Missing

SOCKET_PATH_BYTES = 100
"""`sockaddr_un` holds 108 bytes on Linux, 104 on macOS."""

SOCKET_NAME = "daemon.sock"
_OUR_NAMES = "daemon."


class FolderUnusable(Missing):
    """A folder that Turnstile needs cannot be made, written to or kept private."""


def runtime_folder() -> Path:
    """The folder of the socket, the lock and the log: one daemon for each."""
    named = os.environ.get("TURNSTILE_RUNTIME_DIR")
    if named:
        return Path(named).absolute()
    session = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}"
    if os.access(session, os.W_OK):
        return Path(session) / "turnstile"
    return Path(f"/tmp/turnstile-{os.geteuid()}")


def private_folder(folder: Path) -> Path:
    """`folder`, made if need be, with mode 0700 and this user as its owner.

    A folder that is open to others is closed to them only where nothing but Turnstile's own files is in it: a runtime
    folder named by mistake (`/run`) must not be shut for its other users. Raises `FolderUnusable`.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode):
            raise FolderUnusable(f"{folder} is not a folder; name another one in TURNSTILE_RUNTIME_DIR.")
        if found.st_uid != os.geteuid():
            raise FolderUnusable(f"{folder} belongs to another user; name a folder of yours in TURNSTILE_RUNTIME_DIR.")
        if found.st_mode & 0o077:
            if not all(name.startswith(_OUR_NAMES) for name in os.listdir(folder)):
                raise FolderUnusable(
                    f"{folder} is open to other users and holds files that are not Turnstile's; "
                    "name an empty folder in TURNSTILE_RUNTIME_DIR."
                )
            os.chmod(folder, 0o700)
    except OSError as error:
        raise FolderUnusable(
            f"The folder {folder} cannot be used ({error.strerror}); make it writable, or name another one in "
            "TURNSTILE_RUNTIME_DIR."
        ) from error
    return folder


def socket_path(runtime: Path) -> Path:
    """The daemon's socket. Where its path would be too long for a socket, in a private folder under /tmp."""
    path = runtime / SOCKET_NAME
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(runtime)).hexdigest()[:16]
    return private_folder(Path(f"/tmp/turnstile-{os.geteuid()}-{digest}")) / SOCKET_NAME


def peer_is_this_user(connected: socket.socket) -> bool:
    """Whether this user runs the process at the other end. Where the system does not tell, the folder's mode does."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = struct.Struct("3i")
    _, user, _ = credentials.unpack(connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, credentials.size))
    return bool(user == os.geteuid())
