"""Installations that cannot succeed, and what they say."""

from pathlib import Path
from typing import NamedTuple

import pytest

from turnstile_lsp.agents.errors import LeanMissing
from turnstile_lsp.agents.lean.embedded import installed
from turnstile_lsp.agents.lean.embedded.install import InstallFailed, install, package
from turnstile_lsp.agents.lean.embedded.node import find_node


def quiet(what: str, share: float) -> None:
    """No progress."""


async def test_another_archive_is_refused(tmp_path):
    (tmp_path / package().archive_name).write_bytes(b"something else")
    with pytest.raises(InstallFailed, match="SHA-512 differs"):
        await install(source=tmp_path, destination=tmp_path / "lean/embedded", progress=quiet)
    assert installed(tmp_path / "lean/embedded") is None


async def test_a_folder_without_the_archive_is_told(tmp_path):
    with pytest.raises(InstallFailed, match=f"no {package().archive_name} in"):
        await install(source=tmp_path, destination=tmp_path / "lean/embedded", progress=quiet)


async def test_a_folder_that_cannot_be_written_to_is_told():
    with pytest.raises(InstallFailed, match="TURNSTILE_CACHE_DIR"):
        await install(source=None, destination=Path("/proc/turnstile/embedded"), progress=quiet)


async def test_a_full_disk_is_told_before_anything_is_fetched(tmp_path, monkeypatch):
    class Usage(NamedTuple):
        free: int = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage())
    with pytest.raises(InstallFailed, match="not enough room") as raised:
        await install(source=None, destination=tmp_path / "lean/embedded", progress=quiet)
    assert "700 MB" in raised.value.message
    assert not (tmp_path / "lean/archives").exists()


@pytest.mark.parametrize("marker", ["", "{}", '{"sha512": "another", "layout": 1}'])
def test_an_unfinished_or_older_installation_does_not_count(tmp_path, marker):
    (tmp_path / "installed.json").write_text(marker)
    assert installed(tmp_path) is None


def test_node_is_the_program_itself_and_can_be_named():
    assert find_node({}).read_bytes()[:2] != b"#!"
    assert find_node({"TURNSTILE_NODE": "/opt/node"}) == Path("/opt/node")


def test_without_node_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(LeanMissing) as raised:
        find_node({"PATH": "/nowhere"})
    assert raised.value.mend == "pip install 'turnstile-lsp[lean]'"
