"""The indexes in the real syntax process, as a front end uses them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from turnstile_lsp.agents.coder.index import messages
from turnstile_lsp.agents.coder.index.client import IndexClient
from turnstile_lsp.agents.coder.index.service import IndexService
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess

encode = msgspec.msgpack.encode


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "prices.py").write_text("def price_of(product):\n    return 1\n")
    return folder


@pytest.fixture
async def process() -> AsyncIterator[SyntaxProcess]:
    process = SyntaxProcess()
    yield process
    await process.stop()


def query(folder: Path, before: str = "x = price_of(") -> messages.Query:
    return messages.Query(folder=str(folder), path="main.py", language="Python", before=before)


async def until_found(client: IndexClient, folder: Path, path: str) -> None:
    offset = 0
    async with asyncio.timeout(20):
        while path not in [snippet.path for snippet in await client.retrieve("main", offset, query(folder))]:
            offset += 5000  # elsewhere each time, so that it is asked anew
            await asyncio.sleep(0.05)


async def test_a_process_that_dies_costs_nothing_but_time(process: SyntaxProcess, workspace: Path) -> None:
    client = IndexClient(process)
    client.open(workspace, watch=False)
    await until_found(client, workspace, "prices.py")
    assert process.process_id
    os.kill(process.process_id, signal.SIGKILL)
    (workspace / "prices.py").rename(workspace / "moved.py")
    await until_found(client, workspace, "moved.py")
    await client.stop()


async def test_what_is_known_nearby_is_given_at_once(process: SyntaxProcess, workspace: Path) -> None:
    client = IndexClient(process)
    assert await client.retrieve("main", 0, query(workspace)) == ()
    client.open(workspace, watch=False)
    await until_found(client, workspace, "prices.py")
    client.close(workspace)
    assert client.folders == []
    assert await client.retrieve("main", 0, query(workspace)) == ()
    await client.stop()


async def test_a_home_folder_is_no_workspace(
    process: SyntaxProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    client = IndexClient(process)
    client.open(tmp_path, watch=False)
    client.open(Path(tmp_path.anchor), watch=False)
    assert client.folders == []
    assert process.process_id is None


def test_nothing_is_indexed_while_a_completion_runs(workspace: Path) -> None:
    service = IndexService()
    service.tell("index.open", encode(messages.Opened(folder=str(workspace), watch=False)))
    service.tell("index.hold", encode(messages.Hold(seconds=1000)))
    assert not service.step()
    assert 0 < (service.wait_seconds() or 0) <= 30, "a front end that dies must not hold it for ever"
    status = msgspec.msgpack.decode(service.ask("index.status", encode(messages.Folder(folder=str(workspace)))))
    assert (status["files"], status["ready"]) == (0, False)
    service.tell("index.hold", encode(messages.Hold(seconds=0)))
    while service.step():
        pass
    found = msgspec.msgpack.decode(service.ask("index.retrieve", encode(query(workspace))))
    assert found["snippets"][0]["path"] == "prices.py"
    service.close()
    assert service.wait_seconds() is None


def test_bad_messages_and_folders_harm_nobody(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = IndexService()
    service.tell("index.open", b"\xc1")
    service.tell("index.open", encode({"folder": 3}))
    service.tell("index.nothing", b"")
    assert service.ask("index.retrieve", b"") == encode(None)
    assert service.ask("index.retrieve", encode(query(workspace))) == encode(None)
    service.tell("index.changed", encode(messages.Changed(paths=["/etc/passwd", "relative", ""])))
    (tmp_path / "file").touch()
    monkeypatch.setenv("TURNSTILE_DATA_DIR", str(tmp_path / "file"))
    service.tell("index.open", encode(messages.Opened(folder=str(workspace), watch=True)))
    status = msgspec.msgpack.decode(service.ask("index.status", encode(messages.Folder(folder=str(workspace)))))
    assert "There is no index" in status["problem"]
    assert not service.step()
    service.close()


def test_the_innermost_of_two_folders_is_told(workspace: Path) -> None:
    inner = workspace / "inner"
    inner.mkdir()
    service = IndexService()
    for folder in (workspace, inner):
        service.tell("index.open", encode(messages.Opened(folder=str(folder), watch=False)))
    while service.step():
        pass
    (inner / "late.py").write_text("def late_arrival():\n    pass\n")
    service.tell("index.changed", encode(messages.Changed(paths=[str(inner / "late.py")])))
    deadline = time.monotonic() + 10
    while service.step() and time.monotonic() < deadline:
        pass
    found = msgspec.msgpack.decode(service.ask("index.retrieve", encode(query(inner, "late_arrival("))))
    assert [snippet["path"] for snippet in found["snippets"]] == ["late.py"]
    service.close()
