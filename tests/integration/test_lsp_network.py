"""TCP and WebSocket: on loopback, with a token, and closed to foreign web pages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.integration.lsp_client import COMMAND
from turnstile_lsp.lsp_server import transport
from turnstile_lsp.lsp_server.start import main

TOKEN = "a-token"
ORIGIN = "http://localhost:3000"


class Listening(NamedTuple):
    host: str
    port: int
    token: str
    process: asyncio.subprocess.Process


@asynccontextmanager
async def listening(*options: str) -> AsyncIterator[Listening]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*COMMAND, *options, stdout=pipe)
    try:
        assert process.stdout is not None
        said = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().split()
        host, _, port = said[2].rstrip(",").rpartition("://")[2].rpartition(":")
        yield Listening(host, int(port), said[-1], process)
    finally:
        process.kill()
        await process.wait()


def initialize(token: str | None) -> dict[str, Any]:
    options = {} if token is None else {"token": token}
    params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    return {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}


async def test_tcp_with_the_token_serves_clients_side_by_side() -> None:
    async with listening("--tcp", "0", "--token", TOKEN) as server:
        assert server.host == "127.0.0.1"
        clients = [LanguageClient("a", "1"), LanguageClient("b", "1")]
        for client in clients:
            await client.start_tcp(server.host, server.port)
            params = types.InitializeParams(types.ClientCapabilities(), initialization_options={"token": TOKEN})
            assert (await client.initialize_async(params)).server_info is not None
        for client in clients:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()


async def test_tcp_without_the_token_is_refused_and_closed() -> None:
    async with listening("--tcp", "127.0.0.1:0", "--token", TOKEN) as server:
        for token in (None, "", "wrong", "a-token "):
            reader, writer = await asyncio.open_connection(server.host, server.port)
            body = json.dumps(initialize(token)).encode()
            writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            answer = await asyncio.wait_for(reader.read(), 20)
            assert b'"error"' in answer
            assert b'"result"' not in answer
            writer.close()


async def test_a_token_is_made_where_none_is_given() -> None:
    async with listening("--tcp", "0") as one, listening("--tcp", "0") as other:
        assert len(one.token) >= 24
        assert one.token != other.token


async def test_websocket_takes_the_token_in_three_places() -> None:
    async with listening("--ws", "0", "--token", TOKEN) as server:
        for way in ("query", "header", "initialize"):
            query = f"?token={TOKEN}" if way == "query" else ""
            headers = {"Authorization": f"Bearer {TOKEN}"} if way == "header" else {}
            async with connect(f"ws://{server.host}:{server.port}/{query}", additional_headers=headers) as socket:
                await socket.send(json.dumps(initialize(TOKEN if way == "initialize" else None)))
                assert "result" in json.loads(await asyncio.wait_for(socket.recv(), 20))


async def test_websocket_refuses_a_wrong_token_and_a_missing_one() -> None:
    async with listening("--ws", "0", "--token", TOKEN) as server:
        with pytest.raises(InvalidStatus, match="401"):
            await connect(f"ws://{server.host}:{server.port}/?token=wrong")
        async with connect(f"ws://{server.host}:{server.port}/") as socket:
            await socket.send(json.dumps(initialize(None)))
            assert "error" in json.loads(await asyncio.wait_for(socket.recv(), 20))


async def test_websocket_refuses_foreign_pages_even_with_the_token() -> None:
    async with listening("--ws", "0", "--token", TOKEN, "--origin", ORIGIN) as server:
        url = f"ws://{server.host}:{server.port}/?token={TOKEN}"
        with pytest.raises(InvalidStatus, match="403"):
            await connect(url, origin="http://evil.example")  # type: ignore[arg-type]
        async with connect(url, origin=ORIGIN) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps(initialize(None)))
            assert "result" in json.loads(await asyncio.wait_for(socket.recv(), 20))


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:99999", ":x"])
def test_a_bad_address_is_wrong_use(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--tcp", address])
    assert stopped.value.code == 2
    assert "HOST:PORT" in capsys.readouterr().err


async def test_a_port_in_use_is_told() -> None:
    async with listening("--tcp", "0") as server:
        command = [*COMMAND, "--tcp", str(server.port)]
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        _, said = await process.communicate()
        assert process.returncode == 3
        assert b"in use" in said


async def test_a_listening_server_ends_some_time_after_its_last_client(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(transport, "LINGER", 0.2)
    serving = asyncio.create_task(transport.serve_tcp("127.0.0.1", 0, TOKEN))
    said = ""
    while not said:
        await asyncio.sleep(0.01)
        said = capsys.readouterr().out
    port = int(said.split(",")[0].rpartition(":")[2])
    await asyncio.sleep(0.4)
    assert not serving.done()
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(0.4)
    assert not serving.done()
    writer.close()
    assert await asyncio.wait_for(serving, 20) == 0
