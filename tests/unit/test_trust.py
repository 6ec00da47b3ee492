"""Trust is per folder, covers what lies below, and is asked anew each time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from turnstile_lsp.agents.trust import TrustNotSaved, TrustStore


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    return TrustStore(tmp_path / "data" / "trusted-folders.json")


def test_nothing_is_trusted_at_first(store: TrustStore, tmp_path: Path) -> None:
    assert not store.is_trusted(tmp_path)


def test_a_trusted_folder_covers_what_is_below_and_nothing_else(store: TrustStore, tmp_path: Path) -> None:
    project = tmp_path / "project"
    store.trust(project)
    assert store.is_trusted(project)
    assert store.is_trusted(project / "deep" / "File.lean")
    assert not store.is_trusted(tmp_path)
    assert not store.is_trusted(tmp_path / "project-two")


def test_a_link_or_dots_out_of_a_trusted_folder_are_not_trusted(store: TrustStore, tmp_path: Path) -> None:
    project, other = tmp_path / "project", tmp_path / "other"
    project.mkdir()
    other.mkdir()
    (project / "link").symlink_to(other)
    store.trust(project)
    assert not store.is_trusted(project / "link" / "File.lean")
    assert not store.is_trusted(project / ".." / "other")


def test_another_program_sees_the_change_at_once(store: TrustStore, tmp_path: Path) -> None:
    other = TrustStore(tmp_path / "data" / "trusted-folders.json")
    store.trust(tmp_path / "a")
    other.trust(tmp_path / "b")
    assert store.folders() == [tmp_path / "a", tmp_path / "b"]
    other.distrust(tmp_path / "a")
    assert not store.is_trusted(tmp_path / "a")


def test_the_file_is_the_users_alone(store: TrustStore, tmp_path: Path) -> None:
    store.trust(tmp_path)
    assert os.stat(tmp_path / "data" / "trusted-folders.json").st_mode & 0o077 == 0


def test_a_damaged_file_trusts_nothing(store: TrustStore, tmp_path: Path) -> None:
    store.trust(tmp_path)
    (tmp_path / "data" / "trusted-folders.json").write_text("[[")
    assert not store.is_trusted(tmp_path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrustNotSaved, match="cannot be written"):
        TrustStore(tmp_path / "file" / "trusted-folders.json").trust(tmp_path)
