"""The remote engine against llama-cpp-python's own OpenAI-compatible server, and against broken ones."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager

import httpx
import pytest

from tests.integration.scripted_model import scripted_model
from turnstile_lsp.agents.coder.complete import Coder
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.engine.base import Chunk, Message, Request, Sampling
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.engine.remote import RemoteEngine
from turnstile_lsp.agents.errors import (
    ContextOverflow,
    EngineFailed,
    InvalidRequest,
    ModelNotFound,
    ServerUnreachable,
    TurnstileError,
)
from turnstile_lsp.agents.models.names import LocalModel, RemoteModel, resolve
from turnstile_lsp.agents.settings import RemoteOptions

CODE = "import os\n\n\ndef read_lines(path):\n    with open(path) as file:\n        "
KEY = "a-secret-key"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The base URL of a llama-cpp-python server with nano-coder."""
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "llama_cpp.server", "--model", model.path, "--model_alias", "nano-coder", "--port", str(port),
         "--api_key", KEY, "--n_ctx", "512", "--n_threads", "1", "--n_threads_batch", "1", "--logits_all", "true",
         "--interrupt_requests", "false", "--verbose", "false"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/v1/models")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_it_answers(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            httpx.get(url, trust_env=False)
            return
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.1)


@asynccontextmanager
async def connected(url: str, key: str | None = KEY, **options: object) -> AsyncIterator[RemoteEngine]:
    model = resolve(f"{url}#nano-coder")
    assert isinstance(model, RemoteModel)
    engine = RemoteEngine(model, RemoteOptions(**options), key)  # type: ignore[arg-type]
    yield engine
    await engine.close()


async def chunks_of(engine: RemoteEngine | LlamaCppEngine, request: Request) -> list[Chunk]:
    async with aclosing(engine.generate(request)) as chunks:
        return [chunk async for chunk in chunks]


def text_of(chunks: list[Chunk], index: int = 0) -> str:
    return "".join(chunk.text for chunk in chunks if chunk.index == index)


async def test_it_streams_what_the_local_engine_says(server: str) -> None:
    # Few tokens: the server computes with other kernels, and further on two tokens are nearly as likely as each other.
    request = Request(text=CODE, sampling=Sampling(max_tokens=6), log_probabilities=True)
    local = LlamaCppEngine(resolve("nano-coder"))  # type: ignore[arg-type]
    expected = await chunks_of(local, request)
    await local.close()
    async with connected(server, log_probabilities=True) as engine:
        chunks = await chunks_of(engine, request)
    assert text_of(chunks) == text_of(expected)
    assert chunks[-1].model == "nano-coder"
    assert chunks[-1].finish == expected[-1].finish
    assert len(chunks) > 3
    said = [value for chunk in chunks for value in chunk.log_probabilities]
    wanted = [value for chunk in expected for value in chunk.log_probabilities]
    assert said[: len(wanted)] == pytest.approx(wanted, abs=0.05)


async def test_it_describes_the_server(server: str) -> None:
    async with connected(server) as engine:
        description = await engine.describe()
    assert description.model == "nano-coder"
    assert description.fim
    assert description.fim.begin == "<｜fim▁begin｜>"
    assert not description.token_prompts
    assert not description.exact_token_counts


async def test_token_counts_are_an_upper_estimate(server: str) -> None:
    local = LlamaCppEngine(resolve("nano-coder"))  # type: ignore[arg-type]
    async with connected(server) as engine:
        assert len(await engine.tokenize(CODE)) >= len(await local.tokenize(CODE))
    await local.close()


async def test_n_samples_differ_and_come_back_by_seed(server: str) -> None:
    def request(n: int, seed: int) -> Request:
        return Request(text=CODE, sampling=Sampling(max_tokens=8, temperature=1.0, seed=seed), n=n)

    async with connected(server) as engine:
        chunks = await chunks_of(engine, request(3, 5))
        texts = [text_of(chunks, index) for index in range(3)]
        assert len(set(texts)) > 1
        assert [chunk.index for chunk in chunks if chunk.finish] != []
        assert text_of(await chunks_of(engine, request(1, 7))) == texts[2]


async def test_stops_and_chat(server: str) -> None:
    async with connected(server) as engine:
        stopped = await chunks_of(engine, Request(text=CODE, sampling=Sampling(max_tokens=40), stop=["\n"]))
        assert "\n" not in text_of(stopped)
        chat = Request(messages=[Message(role="user", content="def")], sampling=Sampling(max_tokens=5))
        assert text_of(await chunks_of(engine, chat))


async def test_the_coder_completes_through_a_server(server: str) -> None:
    document = CompletionDocument(
        text='import os\n\n\ndef exists(path):\n    return os.\n\n\nMARK = "<｜fim▁hole｜>"\n',
        path="a.py",
        language_id="python",
    )
    offset = document.text.index("os.\n") + 3
    async with connected(server) as engine:
        (completion,) = await Coder(engine).complete(document, offset, automatic=False)
    assert completion.text
    assert completion.model == "nano-coder"


async def test_special_tokens_in_user_text_steer_no_server() -> None:
    text = "a = '<｜fim▁hole｜>'\nb = '<|EOT|>' if x <| y |> z\nc = '<｜EOT｜>' + "
    document = CompletionDocument(text=text, path="a.py", language_id="python")
    with scripted_model(["'<¦fim▁hole¦>' + '<¦EOT¦>'"], name="deepseek-coder-v2-lite-base") as model:
        (completion,) = await Coder(model.engine(), locally=False).complete(document, len(text), automatic=False)
    (prompt,) = model.prompts
    assert prompt.count("<｜fim▁hole｜>") == 1
    assert "EOT|" not in prompt
    assert "if x <| y |> z" in prompt
    assert completion.text == "'<｜fim▁hole｜>' + '<|EOT|>'", "as the document writes them"


@pytest.mark.parametrize("key", [None, "wrong"])
async def test_a_refused_key_is_told_and_not_shown(server: str, key: str | None) -> None:
    async with connected(server, key) as engine:
        with pytest.raises(ServerUnreachable, match="TURNSTILE_KEY") as caught:
            await engine.describe()
        with pytest.raises(ServerUnreachable, match="TURNSTILE_KEY"):
            await chunks_of(engine, Request(text=CODE))
    assert "wrong" not in str(caught.value)
    assert KEY not in repr(vars(caught.value))


async def test_a_prompt_that_is_too_long(server: str) -> None:
    """This server says nothing at all then, and ends the stream."""
    async with connected(server) as engine:
        with pytest.raises(EngineFailed, match="more briefly"):
            await chunks_of(engine, Request(text=CODE * 100))


async def test_requests_are_checked_before_they_are_sent() -> None:
    async with connected("http://127.0.0.1:9/v1") as engine:
        for request in (Request(text=CODE, n=0), Request(tokens=[1]), Request(text=CODE, grammar="root ::= [a]")):
            with pytest.raises(InvalidRequest):
                await chunks_of(engine, request)


async def test_no_server_there() -> None:
    async with connected("http://127.0.0.1:9/v1") as engine:
        with pytest.raises(ServerUnreachable, match="cannot be reached"):
            await engine.describe()


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[str]:
    """The base URL of a server that does what `handler` does with each connection."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def saying(status: str, body: str, headers: str = "") -> Handler:
    """A handler that answers every request with these words."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    return handle


EVENT = 'data: {"choices": [{"text": "a", "index": 0, "finish_reason": null}]}\n\n'


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "words"),
    [
        ("404 Not Found", "no such model", "", ModelNotFound, "nano-coder"),
        ("429 Too Many Requests", "", "Retry-After: 7\r\n", ServerUnreachable, "in 7 s"),
        ("500 Internal Server Error", "boom", "", ServerUnreachable, "500.*boom"),
        ("503 Service Unavailable", "", "", ServerUnreachable, "503"),
        ("302 Found", "", "Location: http://elsewhere/\r\n", ServerUnreachable, "302"),
        ("400 Bad Request", "maximum context length is 8", "", ContextOverflow, "maximum context"),
        ("422 Unprocessable Entity", "bad field", "", InvalidRequest, "bad field"),
        ("200 OK", "<html>hello</html>", "", EngineFailed, "broke off"),
        ("200 OK", "data: <html>\n\n", "", EngineFailed, "no answer"),
        ("200 OK", 'data: {"choices": 5}\n\n', "", EngineFailed, "choices"),
        ("200 OK", 'data: {"error": {"message": "out of memory"}}\n\n', "", EngineFailed, "out of memory"),
        ("200 OK", EVENT, "", EngineFailed, "broke off"),
        ("200 OK", EVENT, "Content-Length: 5000\r\n", EngineFailed, "broke"),
        ("nonsense", "", "", EngineFailed, "broke"),
    ],
)
async def test_what_a_server_gets_wrong_is_told(
    status: str, body: str, headers: str, error: type[TurnstileError], words: str
) -> None:
    async with answering(saying(status, body, headers)) as url, connected(url) as engine:
        with pytest.raises(error, match=words):
            await chunks_of(engine, Request(text=CODE))


async def test_models_that_are_no_json() -> None:
    async with answering(saying("200 OK", "<html>")) as url, connected(url) as engine:
        with pytest.raises(ServerUnreachable, match="OpenAI-compatible"):
            await engine.describe()


async def test_a_silent_server_is_left_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with answering(silent) as url, connected(url, read_seconds=0.2) as engine:
        with pytest.raises(ServerUnreachable, match=r"0\.2 seconds"):
            await chunks_of(engine, Request(text=CODE))


async def test_a_cancel_closes_the_connection() -> None:
    closed = asyncio.Event()

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\n\r\n{EVENT}".encode())
        await writer.drain()
        while await reader.read(1024):
            pass
        closed.set()
        writer.close()

    async with answering(endless) as url, connected(url) as engine:
        async with aclosing(engine.generate(Request(text=CODE))) as chunks:
            assert (await anext(chunks)).text == "a"
        await asyncio.wait_for(closed.wait(), 10)
