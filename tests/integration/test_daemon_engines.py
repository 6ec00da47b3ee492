"""Engines in the daemon: shared, arbitrated among, and told apart by their options."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.base import Chunk, Excerpt, Message, Priority, Request, Sampling
from turnstile_lsp.agents.engine.options import EngineOptions, LocalOptions
from turnstile_lsp.agents.errors import BadModelFile, ContextOverflow, InvalidRequest, ModelNotFound, Superseded

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
    [open_model] = [model for model in (await daemon.status()).models if model.model == "nano-coder"]
    assert open_model.decoded > 0
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


def endless(prompt: str, **more: bool) -> Request:
    grammar = "root ::= [a-z]{300}"
    return Request(pieces=[Excerpt(text=prompt, tokens=50)], sampling=Sampling(max_tokens=400), grammar=grammar, **more)


async def test_what_nobody_asked_for_gives_way_to_the_clients_next_question(daemon: Daemon) -> None:
    answers = daemon.engine("nano-coder").generate(endless("a = ", unasked=True))
    await anext(answers)
    same = asyncio.create_task(read(daemon, endless("a = ", unasked=True)))
    await asyncio.sleep(0.05)
    other = await Daemon.connect()
    others = asyncio.create_task(read(other, endless("b = ", unasked=True)))
    assert (await read(daemon, ASKED))[-1].timings
    for older in (same, rest(answers)):
        with pytest.raises(Superseded):
            await older
    assert (await others)[-1].timings, "another client's goes on"
    await other.close()


async def rest(chunks: AsyncGenerator[Chunk, None]) -> None:
    async for _ in chunks:
        pass


async def test_whoever_asks_for_much_does_not_keep_others_waiting(daemon: Daemon) -> None:
    much = [asyncio.create_task(read(daemon, endless(f"{index} = "))) for index in range(6)]
    await asyncio.wait(much, return_when=asyncio.FIRST_COMPLETED)
    other = await Daemon.connect()
    assert (await read(other, endless("x = ")))[-1].timings
    assert sum(task.done() for task in much) <= 3
    assert all(chunks[-1].timings for chunks in await asyncio.gather(*much)), "what was asked for is answered"
    await other.close()


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
