"""The runtime folder is the user's alone, and no other folder is touched."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from turnstile_lsp.agents.daemon import places
from turnstile_lsp.agents.daemon.launch import daemon_environment
from turnstile_lsp.agents.daemon.places import FolderUnusable, peer_is_this_user, private_folder, runtime_folder


def test_open_folder_with_our_files_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o755)
    (folder / "daemon.log").touch()
    assert stat.S_IMODE(private_folder(folder).stat().st_mode) == 0o700


def test_open_folder_with_foreign_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "utmp").touch()
    with pytest.raises(FolderUnusable, match=r"holds files that are not Turnstile's; name an empty folder"):
        private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(FolderUnusable, match="is not a folder"):
        private_folder(tmp_path / "link")


def test_folder_and_peer_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_is_this_user(ours)
        monkeypatch.setattr(places.os, "geteuid", lambda: os.getuid() + 1)
        assert not peer_is_this_user(ours)
    with pytest.raises(FolderUnusable, match="belongs to another user"):
        private_folder(tmp_path)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TURNSTILE_RUNTIME_DIR": "/named", "XDG_RUNTIME_DIR": "/tmp"}, "/named"),
        ({"XDG_RUNTIME_DIR": "/tmp"}, "/tmp/turnstile"),
        ({"XDG_RUNTIME_DIR": "/nowhere"}, f"/tmp/turnstile-{os.geteuid()}"),
    ],
)
def test_runtime_folder(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str) -> None:
    for name in ("TURNSTILE_RUNTIME_DIR", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert str(runtime_folder()) == expected


def test_daemons_environment_is_places_alone() -> None:
    given = {"HOME": "/h", "TURNSTILE_KEY": "k", "TURNSTILE_DATA_DIR": "relative", "LEAN_PATH": "/l", "LC_ALL": "C"}
    assert daemon_environment(given) == {"HOME": "/h", "LC_ALL": "C", "TURNSTILE_DATA_DIR": os.path.abspath("relative")}
