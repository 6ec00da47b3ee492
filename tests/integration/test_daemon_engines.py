"""Engines in the daemon: shared, arbitrated among, and told apart by their options."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.base import Chunk, Message, Priority, Request, Sampling
from turnstile_lsp.agents.engine.options import EngineOptions, LocalOptions
from turnstile_lsp.agents.errors import BadModelFile, ContextOverflow, InvalidRequest, ModelNotFound

SEARCH = Request(
    text="def f(", sampling=Sampling(max_tokens=400, temperature=1.0, seed=1), n=16, priority=Priority.SEARCH
)
ASKED = Request(text="import os\n\ndef ", sampling=Sampling(max_tokens=100, temperature=1.0, seed=1))


async def read(daemon: Daemon, request: Request) -> list[Chunk]:
    return [chunk async for chunk in daemon.engine("nano-coder").generate(request)]


async def test_two_clients_share_one_engine(daemon: Daemon) -> None:
    other = await Daemon.connect()
    first, second = await asyncio.gather(read(daemon, ASKED), read(other, ASKED))
    assert "".join(chunk.text for chunk in first) == "".join(chunk.text for chunk in second)
    assert first[-1].model == "nano-coder"
    assert [model.model for model in (await daemon.status()).models].count("nano-coder") == 1
    await other.close()


async def test_a_key_for_some_server_does_not_load_a_local_model_twice(daemon: Daemon) -> None:
    await daemon.engine("nano-coder", key="one").describe()
    await daemon.engine("nano-coder", key="two").describe()
    assert [model.model for model in (await daemon.status()).models].count("nano-coder") == 1


async def test_searches_of_other_engines_rest_while_a_person_waits(daemon: Daemon) -> None:
    """Engines with other options are other processes, which know nothing of each other."""
    searching = daemon.engine("nano-coder", options=EngineOptions(local=LocalOptions(ubatch=256)))
    asked = daemon.engine("nano-coder")
    await asked.describe()
    order: list[str] = []
    begun = asyncio.Event()

    async def search() -> int:
        finished = 0
        async for chunk in searching.generate(SEARCH):
            order.append("search")
            finished += chunk.finish is not None
            begun.set()
        return finished

    running = asyncio.create_task(search())
    await begun.wait()
    async for _ in asked.generate(ASKED):
        order.append("asked")
    last = len(order) - order[::-1].index("asked")
    assert await running == SEARCH.n
    between = order[order.index("asked") : last].count("search")
    assert between <= 2 * SEARCH.n, "only what was under way"
    assert order[last:].count("search") > between


async def test_typed_errors_cross(daemon: Daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadModelFile, match=r"broken\.gguf is cut short"):
        await daemon.engine("broken.gguf").describe()
    with pytest.raises(ModelNotFound, match="no model 'other'"):
        await daemon.engine("other").describe()
    with pytest.raises(ContextOverflow):
        await read(daemon, Request(text="x = 1\n" * 1000))
    with pytest.raises(InvalidRequest):
        await read(daemon, Request(text="x", messages=[Message(role="user", content="x")]))
