"""One daemon per user and runtime folder: how it starts, who may use it, how it ends."""

# ruff: noqa: ASYNC110  # waiting for other processes; small files

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest

import turnstile_lsp
from turnstile_lsp.agents.daemon import link, protocol
from turnstile_lsp.agents.daemon.client import Daemon, DaemonHangs, DaemonNotRunning, FolderUnusable, stop_daemon
from turnstile_lsp.agents.daemon.lock import holder
from turnstile_lsp.agents.engine.base import Chunk, Priority, Request, Sampling
from turnstile_lsp.agents.engine.options import EngineOptions
from turnstile_lsp.agents.errors import DaemonLost, InvalidRequest
from turnstile_lsp.agents.settings import LocalOptions

PACKAGE = Path(turnstile_lsp.__file__).parent
CONNECT = """
import asyncio, sys
from turnstile_lsp.agents.daemon.client import Daemon

async def main():
    daemon = await Daemon.connect()
    status = await daemon.status()
    print(status.pid, status.package, flush=True)
    sys.stdin.read()
    await daemon.close()

asyncio.run(main())
"""
# Two of them run at once, each for a second or more.
LONG = Request(
    text="def f(", sampling=Sampling(max_tokens=400, min_tokens=400, temperature=1.0), n=8, priority=Priority.SEARCH
)
ROOMY = EngineOptions(local=LocalOptions(search_context_length=8192))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder of the test's own; whatever daemon is left in it is killed."""
    runtime = tmp_path / "runtime"
    monkeypatch.setenv("TURNSTILE_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("TURNSTILE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TURNSTILE_CONFIG", str(tmp_path / "config.toml"))
    yield runtime
    if left := holder(runtime):
        os.kill(left.pid, signal.SIGKILL)


@pytest.fixture
async def client(own: Path) -> AsyncIterator[Daemon]:
    """A client of the test's own daemon."""
    daemon = await Daemon.connect()
    yield daemon
    await daemon.close()


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def tree(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


async def generating(daemon: Daemon) -> asyncio.Task[list[Chunk]]:
    """A long request that has begun to answer."""
    begun = asyncio.Event()

    async def read() -> list[Chunk]:
        chunks = []
        async for chunk in daemon.engine("nano-coder", None, ROOMY).generate(LONG):
            chunks.append(chunk)
            begun.set()
        return chunks

    task = asyncio.create_task(read())
    waiting = asyncio.create_task(begun.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    return task


def start_client(script: str = CONNECT, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", script],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def first_line(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return (await asyncio.to_thread(process.stdout.readline)).split()


async def test_without_a_daemon_none_is_started_unasked(own: Path) -> None:
    with pytest.raises(DaemonNotRunning):
        await Daemon.connect(start=False)
    assert await stop_daemon() is False
    assert not (own / "daemon.lock").exists()


async def test_second_client_attaches(client: Daemon) -> None:
    second = await Daemon.connect(start=False)
    assert (await second.status()).pid == (await client.status()).pid
    assert (await second.status()).clients == 2
    await second.close()


async def test_clients_that_start_at_once_end_with_one_daemon(own: Path) -> None:
    clients = [start_client() for _ in range(4)]
    lines = [await first_line(client) for client in clients]
    for client in clients:
        client.communicate()
    assert len({pid for pid, _ in lines}) == 1
    running = [process for process in psutil.process_iter() if serves(process, own)]
    assert [process.pid for process in running] == [int(lines[0][0])]


def serves(process: psutil.Process, runtime: Path) -> bool:
    try:
        is_daemon = process.cmdline()[-1:] == ["turnstile_lsp.agents.daemon"]
        return is_daemon and process.environ().get("TURNSTILE_RUNTIME_DIR") == str(runtime)
    except psutil.Error:
        return False


async def test_socket_and_folder_are_the_users_alone(client: Daemon, own: Path) -> None:
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert stat.S_IMODE((own / "daemon.sock").stat().st_mode) & 0o077 == 0


async def test_long_runtime_folder(tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNSTILE_RUNTIME_DIR", str(tmp_path / ("long" * 30)))
    daemon = await Daemon.connect()
    socket = next(c.laddr for c in psutil.Process((await daemon.status()).pid).net_connections("unix") if c.laddr)
    assert len(socket) <= 100
    assert stat.S_IMODE(Path(socket).parent.stat().st_mode) == 0o700
    await daemon.stop()
    Path(socket).parent.rmdir()


async def test_nothing_of_the_starters_environment_but_places(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNSTILE_KEY", "secret")
    monkeypatch.setenv("TURNSTILE_COMPLETE_MODEL", "other")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    daemon = await Daemon.connect()
    environment = psutil.Process((await daemon.status()).pid).environ()
    assert {"TURNSTILE_KEY", "TURNSTILE_COMPLETE_MODEL", "HTTPS_PROXY"}.isdisjoint(environment)
    assert environment["TURNSTILE_RUNTIME_DIR"] == str(own)
    await daemon.close()


async def test_idle_daemon_ends_and_leaves_no_process(own: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[daemon]\nidle_seconds = 0.5\n")
    daemon = await Daemon.connect()
    await daemon.engine("nano-coder").describe()
    processes = tree((await daemon.status()).pid)
    assert len(processes) >= 2
    await asyncio.sleep(1.0)
    assert not gone(processes), "a client is attached"
    await daemon.close()
    await until(lambda: gone(processes))
    assert not (own / "daemon.sock").exists()


async def test_clients_that_come_while_it_goes_are_served(own: Path, tmp_path: Path) -> None:
    """With an idle time that is shorter than what a starting client needs."""
    (tmp_path / "config.toml").write_text("[daemon]\nidle_seconds = 0.05\n")
    served: list[int] = []

    async def come(pause: float) -> None:
        for _ in range(5):
            client = await Daemon.connect()
            served.append((await client.status()).pid)
            await client.close()
            await asyncio.sleep(pause)

    await asyncio.gather(come(0.05), come(0.12))
    assert len(served) == 10
    assert len(set(served)) > 1, "it went in between"


async def test_stop_ends_what_runs(client: Daemon) -> None:
    task = await generating(client)
    processes = tree((await client.status()).pid)
    assert await stop_daemon() is True
    assert gone(processes)
    with pytest.raises(DaemonLost):
        await task


async def test_sigterm_is_a_clean_stop(client: Daemon, own: Path) -> None:
    processes = tree((await client.status()).pid)
    processes[0].terminate()
    await until(lambda: gone(processes))
    assert not (own / "daemon.sock").exists()


async def test_killed_in_mid_request(client: Daemon) -> None:
    other = await Daemon.connect(start=False)
    tasks = [await generating(client), await generating(other)]
    pid = (await client.status()).pid
    processes = tree(pid)
    os.kill(pid, signal.SIGKILL)
    for task in tasks:
        with pytest.raises(DaemonLost, match="ask again"):
            await task
    await until(lambda: gone(processes))
    assert (await client.status()).pid != pid
    assert (await client.engine("nano-coder").describe()).model == "nano-coder"
    await other.close()


async def test_daemon_that_hangs_is_named_and_ended(client: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    processes = tree((await client.status()).pid)
    processes[0].suspend()
    monkeypatch.setattr(link, "HELLO_SECONDS", 0.5)
    with pytest.raises(DaemonHangs) as raised:
        await Daemon.connect()
    assert raised.value.mend == "turnstile daemon stop"
    assert await stop_daemon() is True
    await until(lambda: gone(processes))


async def test_other_version_drains(client: Daemon, tmp_path: Path) -> None:
    old = (await client.status()).pid
    task = await generating(client)
    newer = start_client(PYTHONPATH=str(package_of_version("9.9.9", tmp_path)))
    pid, version = await first_line(newer)
    assert (int(pid) != old, version) == (True, "9.9.9")
    assert (await client.status()).draining
    assert sum(chunk.finish is not None for chunk in await task) == LONG.n, "what ran is finished"
    await client.close()
    await until(lambda: gone([psutil.Process(old)]) if psutil.pid_exists(old) else True)
    newer.communicate()
    assert psutil.pid_exists(int(pid))


def package_of_version(version: str, folder: Path) -> Path:
    """The package once more, under another version."""
    heavy = shutil.ignore_patterns("*.gguf", "__pycache__", "*.jsonl", "node_modules")
    shutil.copytree(PACKAGE, folder / "other" / "turnstile_lsp", ignore=heavy)
    source = folder / "other" / "turnstile_lsp" / "__init__.py"
    source.write_text(source.read_text().replace(turnstile_lsp.__version__, version))
    return folder / "other"


@pytest.mark.parametrize("content", [b"", b"not ours", b'{"pid":1,"started":"0"}', b'{"pid":999999999,"started":"1"}'])
async def test_stale_lock_file(own: Path, content: bytes) -> None:
    own.mkdir(mode=0o700)
    (own / "daemon.lock").write_bytes(content)
    (own / "daemon.sock").write_bytes(b"")
    daemon = await Daemon.connect()
    assert (await daemon.status()).clients == 1
    await daemon.stop()


async def test_lock_file_that_a_stranger_holds(own: Path) -> None:
    own.mkdir(mode=0o700)
    with (own / "daemon.lock").open("wb") as stranger:
        fcntl.flock(stranger, fcntl.LOCK_EX)
        daemon = await Daemon.connect()
        found = holder(own)
        assert found is not None
        assert found.pid == (await daemon.status()).pid
        await daemon.stop()


async def test_lock_file_that_is_a_link(own: Path, tmp_path: Path) -> None:
    own.mkdir(mode=0o700)
    (tmp_path / "target").write_text("keep")
    (own / "daemon.lock").symlink_to(tmp_path / "target")
    daemon = await Daemon.connect()
    await daemon.stop()
    assert (tmp_path / "target").read_text() == "keep"


@pytest.mark.parametrize("place", ["file/below", "/proc/turnstile"])
async def test_runtime_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TURNSTILE_RUNTIME_DIR", str(tmp_path / place))
    with pytest.raises(FolderUnusable, match=r"cannot be used \(.*\); make it writable, or name another one in"):
        await Daemon.connect()


def test_no_space_for_the_lock(own: Path) -> None:
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
    finished = subprocess.run([sys.executable, "-c", full + CONNECT], capture_output=True, text=True)
    assert "FolderUnusable: The lock file" in finished.stderr
    assert "cannot be written (File too large)" in finished.stderr


async def test_protocol_errors_cost_the_sender_alone(client: Daemon, own: Path) -> None:
    hello = protocol.encode(protocol.Hello(protocol.PROTOCOL, turnstile_lsp.__version__))
    for bad in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x03abc", hello + hello, b"GET / HTTP/1.1\r\n\r\n", b"\x00"):
        reader, writer = await asyncio.open_unix_connection(own / "daemon.sock")
        writer.write(bad if bad.startswith(hello) else hello + bad)
        writer.write_eof()
        async with asyncio.timeout(20):
            await reader.read()
        writer.close()
    assert (await client.status()).clients == 1


async def test_bad_requests_are_named(client: Daemon) -> None:
    with pytest.raises(InvalidRequest, match="no method 'nothing'"):
        await client.call("nothing", None, None)
    with pytest.raises(InvalidRequest, match="not well-formed"):
        await client.call("engine.tokenize", {"text": 1}, None)
    with pytest.raises(InvalidRequest, match="over the daemon's limit of 67 MB"):
        await client.engine("nano-coder").tokenize("x" * (65 * 1024 * 1024))
    with pytest.raises(InvalidRequest, match="surrogate"):
        await client.engine("nano-coder").tokenize("\ud800")
    assert (await client.status()).requests == 0


async def test_leaving_a_stream_stops_the_computing(client: Daemon) -> None:
    task = await generating(client)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(10):
        while (await client.status()).requests:
            await asyncio.sleep(0.01)
    (worker,) = tree((await client.status()).pid)[1:]
    before, at = worker.cpu_times().user, time.monotonic()
    await asyncio.sleep(0.5)
    assert (worker.cpu_times().user - before) / (time.monotonic() - at) < 0.1


async def test_own_settings_are_read_again(client: Daemon, tmp_path: Path, own: Path) -> None:
    (tmp_path / "config.toml").write_text('[daemon]\nlean_idle_seconds = 7\nmodel_idle_seconds = "soon"\n')
    async with asyncio.timeout(20):
        while (settings := (await client.status()).settings)["lean_idle_seconds"] != 7:
            await asyncio.sleep(0.05)
    assert settings["model_idle_seconds"] == 600
    assert "daemon.model_idle_seconds" in (own / "daemon.log").read_text()


async def test_idle_model_is_closed(client: Daemon, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[daemon]\nmodel_idle_seconds = 0.1\n")
    await client.engine("nano-coder").tokenize("x")
    worker = tree((await client.status()).pid)[1:]
    await until(lambda: gone(worker))
    assert (await client.status()).models == []
    assert await client.engine("nano-coder").tokenize("x")


async def test_log_tells_request_ids_and_no_text(client: Daemon, own: Path) -> None:
    from turnstile_lsp.agents.tracing import request_id

    token = request_id.set("request-42")
    await client.engine("nano-coder", key="hidden-key").tokenize("a very private text")
    request_id.reset(token)
    await until(lambda: "[request-42] engine.tokenize done" in (own / "daemon.log").read_text())
    written = (own / "daemon.log").read_text()
    assert "private" not in written
    assert "hidden" not in written


def test_client_is_cheap_to_import() -> None:
    script = "import sys, turnstile_lsp.agents.daemon.client; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {
        "httpx",
        "numpy",
        "typer",
        "pygls",
        "psutil",
        "llama_cpp",
        "rich",
        "watchfiles",
    }
