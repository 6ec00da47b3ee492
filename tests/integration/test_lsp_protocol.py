"""The server as a process: what is loaded when, broken input, the order of messages, exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.lsp_client import COMMAND
from turnstile_lsp.lsp_server.frames import MAXIMUM_BODY

INITIALIZE = {"processId": None, "rootUri": None, "capabilities": {}}

MODULES_AT_INITIALIZE = """
import os, sys
from turnstile_lsp.lsp_server import transport
from turnstile_lsp.lsp_server.protocol import Protocol
send = Protocol._send_data
def report(self, data):
    print("\\n".join(sys.modules), file=sys.stderr, flush=True)
    send(self, data)
Protocol._send_data = report
from turnstile_lsp.lsp_server.start import main
sys.exit(main([]))
"""


class Wire:
    """Speaks frames with a server process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    def send(self, method: str, params: Any = None, message_id: Any = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.send_bytes(frame(message if message_id is None else {**message, "id": message_id}))

    async def receive(self) -> dict[str, Any]:
        """The next message that is not a notification."""
        assert self.process.stdout is not None
        while True:
            headers = await asyncio.wait_for(self.process.stdout.readuntil(b"\r\n\r\n"), 30)
            length = int(headers.split(b"Content-Length:")[1].split(b"\r\n")[0])
            message: dict[str, Any] = json.loads(await self.process.stdout.readexactly(length))
            if "id" in message:
                return message

    async def call(self, method: str, params: Any = None, message_id: Any = 1) -> dict[str, Any]:
        self.send(method, params, message_id)
        return await self.receive()

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 30)


def frame(message: Any) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


@asynccontextmanager
async def wire(*command: str) -> AsyncIterator[Wire]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*(command or COMMAND), stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        yield Wire(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_initialize_is_answered_before_anything_heavy_is_loaded() -> None:
    async with wire(sys.executable, "-c", MODULES_AT_INITIALIZE) as server:
        assert "result" in await server.call("initialize", INITIALIZE)
        server.send("exit")
        await server.ended()
        assert server.process.stderr is not None
        loaded = {name.partition(".")[0] for name in (await server.process.stderr.read()).decode().split()}
    heavy = {"numpy", "httpx", "typer", "tree_sitter", "llama_cpp", "rich", "msgspec", "psutil", "websockets", "click"}
    assert not loaded & heavy
    assert {"pygls", "lsprotocol", "turnstile_lsp"} <= loaded


async def test_nothing_of_ours_but_the_server_is_loaded_at_initialize() -> None:
    async with wire(sys.executable, "-c", MODULES_AT_INITIALIZE) as server:
        await server.call("initialize", INITIALIZE)
        server.send("exit")
        await server.ended()
        assert server.process.stderr is not None
        loaded = (await server.process.stderr.read()).decode().split()
    assert not [name for name in loaded if name.startswith(("turnstile_lsp.agents", "turnstile_lsp.command_line"))]


async def test_capabilities() -> None:
    async with wire() as server:
        result = (await server.call("initialize", INITIALIZE))["result"]
        capabilities = result["capabilities"]
        assert result["serverInfo"]["name"] == "turnstile"
        assert capabilities["positionEncoding"] == "utf-16"
        assert (capabilities["textDocumentSync"]["openClose"], capabilities["textDocumentSync"]["change"]) == (True, 2)
        assert capabilities["inlineCompletionProvider"] is not None
        commands = capabilities["executeCommandProvider"]["commands"]
        assert {
            "turnstile.prove",
            "turnstile.fill",
            "turnstile.suggest",
            "turnstile.minimise",
            "turnstile.cancel",
        } <= set(commands)


async def test_shutdown_and_exit_end_with_0() -> None:
    async with wire() as server:
        await server.call("initialize", INITIALIZE)
        server.send("initialized", {})
        assert (await server.call("shutdown", None, 2))["result"] is None
        assert (await server.call("textDocument/completion", None, 3))["error"]["code"] == -32600
        server.send("exit")
        assert await server.ended() == 0


@pytest.mark.parametrize("initialized", [False, True])
async def test_exit_without_shutdown_ends_with_1(initialized: bool) -> None:
    async with wire() as server:
        if initialized:
            await server.call("initialize", INITIALIZE)
        server.send("exit")
        assert await server.ended() == 1


async def test_a_client_that_goes_away_ends_the_server() -> None:
    async with wire() as server:
        await server.call("initialize", INITIALIZE)
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert await server.ended() == 1


async def test_requests_before_initialize_are_refused() -> None:
    async with wire() as server:
        server.send("textDocument/didOpen", {})
        refused = await server.call("textDocument/inlineCompletion", completion("file:///a.py"))
        assert refused["error"]["code"] == -32002
        assert "result" in await server.call("initialize", INITIALIZE, 2)
        assert (await server.call("initialize", INITIALIZE, 3))["error"]["code"] == -32600


INVALID_MESSAGES: list[tuple[bytes, int, Any]] = [
    (b"{not json", -32700, None),
    (b"\xff\xfe", -32700, None),
    (b"[" * 100_000, -32700, None),
    (b"[1, 2]", -32600, None),
    (b'{"id": 5, "method": "x"}', -32600, None),
    (b'{"jsonrpc": "2.0", "id": 5, "method": "textDocument/completion", "params": {"position": 3}}', -32602, 5),
    (b'{"jsonrpc": "2.0", "id": 5, "method": "no/such", "params": {}}', -32601, 5),
    (b'{"jsonrpc": "2.0", "id": 5, "method": "workspace/executeCommand", "params": {"command": "x"}}', -32602, 5),
]


async def test_messages_that_are_none_are_answered_and_survived() -> None:
    async with wire() as server:
        await server.call("initialize", INITIALIZE)
        for body, code, message_id in INVALID_MESSAGES:
            server.send_bytes(frame(body))
            answer = await server.receive()
            assert (answer["error"]["code"], answer["id"]) == (code, message_id), body[:100]
        assert (await server.call("shutdown", None, 2))["result"] is None


async def test_a_frame_over_the_limit_is_refused_and_survived() -> None:
    async with wire() as server:
        await server.call("initialize", INITIALIZE)
        server.send_bytes(b"Content-Length: %d\r\n\r\n" % (MAXIMUM_BODY + 1))
        refused = await server.receive()
        assert refused["error"]["code"] == -32600
        assert str(MAXIMUM_BODY) in refused["error"]["message"]
        block = bytes(1024 * 1024)
        for _ in range(64):
            server.send_bytes(block)
            await server.process.stdin.drain()  # type: ignore[union-attr]
        server.send_bytes(b"x")
        assert (await server.call("shutdown", None, 2))["result"] is None


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"x" * 20_000, b"Content-Length: -1\r\n\r\n"]
)
async def test_a_stream_that_is_not_the_protocol_closes_cleanly(garbage: bytes) -> None:
    async with wire() as server:
        await server.call("initialize", INITIALIZE)
        server.send_bytes(garbage)
        assert await server.ended() == 1
        assert server.process.stderr is not None
        said = (await server.process.stderr.read()).decode()
    assert "connection is closed" in said
    assert "Traceback" not in said


async def test_a_request_whose_cancel_is_queued_behind_it_is_not_run() -> None:
    async with wire() as server:
        await server.call("initialize", INITIALIZE)
        opened = {"textDocument": {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": "import "}}
        server.send("textDocument/didOpen", opened)
        both = request("textDocument/inlineCompletion", completion("file:///a.py"), 7)
        cancel = frame({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 7}})
        server.send_bytes(both + cancel)
        answer = await server.receive()
        assert answer["id"] == 7
        assert answer["error"]["code"] == -32800


async def test_a_change_to_a_document_that_is_not_open_is_survived() -> None:
    async with wire() as server:
        await server.call("initialize", INITIALIZE)
        document = {"uri": "file:///a.py", "version": 2}
        server.send("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": "x"}]})
        server.send("textDocument/didClose", {"textDocument": {"uri": "file:///a.py"}})
        assert (await server.call("shutdown", None, 2))["result"] is None


async def test_two_servers_at_once() -> None:
    async with wire() as one, wire() as other:
        for server in (one, other):
            assert "result" in await server.call("initialize", INITIALIZE)


async def test_a_read_only_home_is_survived(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": "/proc/none", "TURNSTILE_CONFIG": "/proc/none/config.toml"}
    command = ["env", *(f"{name}={environment[name]}" for name in ("HOME", "TURNSTILE_CONFIG")), *COMMAND]
    async with wire(*command) as server:
        await server.call("initialize", INITIALIZE)
        server.send("initialized", {})
        assert (await server.call("shutdown", None, 2))["result"] is None


def completion(uri: str) -> dict[str, Any]:
    where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 7}}
    return {**where, "context": {"triggerKind": 1}}


def request(method: str, params: Any, message_id: int) -> bytes:
    return frame({"jsonrpc": "2.0", "id": message_id, "method": method, "params": params})
