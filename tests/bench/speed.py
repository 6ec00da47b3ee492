"""The engine behind the daemon against llama.cpp's own server: same file, tokens, threads and flags, in interleaved pairs."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.bench.llama_server import FILL_IN_THE_MIDDLE, llama_server
from tests.bench.report import Report, measure
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.base import Chunk, Engine, Excerpt, Request, Sampling
from turnstile_lsp.agents.engine.options import EngineOptions
from turnstile_lsp.agents.models.names import LocalModel, resolve

LONG_MILLISECONDS = 200
PREFIX, SUFFIX = 96, 24


async def against_llama_server(report: Report, short: bool) -> None:
    """Time beyond what the server itself says that it computed ("bare llama.cpp"), and its `/infill` as a user meets it."""
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    places = _places(10 if short else 60)
    daemon = await Daemon.connect()
    options = EngineOptions()
    plain = msgspec.structs.replace(options, local=msgspec.structs.replace(options.local, speculate=False))
    try:
        async with llama_server(Path(model.path), threads=1, context=512, options=FILL_IN_THE_MIDDLE) as server:
            engines = {
                "": daemon.engine("nano-coder", None, options),
                "_unspeculated": daemon.engine("nano-coder", None, plain),
            }
            for name, engine in engines.items():
                await _bare(report, name, engine, server, places)
                await _infill(report, name, engine, server, places)
    finally:
        await daemon.close()


async def _bare(
    report: Report, name: str, engine: Engine, server: httpx.AsyncClient, places: Sequence[tuple[str, str]]
) -> None:
    beyond, long = [], []
    for number, (prefix, suffix) in enumerate(places):
        tokens = [*await engine.tokenize(prefix)][-PREFIX:] + [*await engine.tokenize(suffix)][:SUFFIX]
        count = 384 if number % 5 == 0 else 32
        bare = (await _post(server, "/completion", {"prompt": tokens, "n_predict": count, "ignore_eos": True}))[
            "timings"
        ]
        bare_milliseconds = bare["prompt_ms"] + bare["predicted_ms"]
        ours, answered = await _ours(
            engine, Request(tokens=tokens, sampling=Sampling(max_tokens=count, min_tokens=count))
        )
        assert answered == bare["predicted_n"] == count, "equal work on both sides"
        beyond.append(ours - bare_milliseconds - 0.1 * count)
        if bare_milliseconds >= LONG_MILLISECONDS:
            long.append(ours / bare_milliseconds)
    report.add(f"speed.beyond_bare_llama_cpp{name}", measure(beyond[1:], "ms", "<= 5"))
    if long:
        report.add(f"speed.long_answers_ratio{name}", measure(long, "ratio", "<= 1.05"))


async def _infill(
    report: Report, name: str, engine: Engine, server: httpx.AsyncClient, places: Sequence[tuple[str, str]]
) -> None:
    ratios = []
    fim = (await engine.describe()).fim
    assert fim is not None
    for prefix, suffix in places:
        started = time.perf_counter()
        body = {"input_prefix": prefix, "input_suffix": suffix, "n_predict": 24}
        await _post(server, "/infill", body)
        theirs = 1000 * (time.perf_counter() - started)
        pieces = [
            fim.begin,
            Excerpt(text=prefix, tokens=400, keep_end=True),
            fim.hole,
            Excerpt(text=suffix, tokens=64),
            fim.end,
        ]
        ours, _ = await _ours(engine, Request(pieces=pieces, sampling=Sampling(max_tokens=24)))
        ratios.append(ours / theirs)
    report.add(f"speed.infill_ratio{name}", measure(ratios[1:], "ratio", "<= 1"))


async def _ours(engine: Engine, request: Request) -> tuple[float, int]:
    """Milliseconds from asking to the last chunk, and the tokens generated."""
    started = time.perf_counter()
    last = Chunk()
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            last = chunk
    assert last.timings is not None
    return 1000 * (time.perf_counter() - started), last.timings.generated


async def _post(server: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    answer = await server.post(path, content=json.dumps({"temperature": 0, "cache_prompt": True, **body}))
    answer.raise_for_status()
    return answer.json()


def _places(count: int) -> list[tuple[str, str]]:
    """What stands before and after the cursor, at places spread over a module of the standard library."""
    text = inspect.getsource(inspect)
    step = (len(text) - 2000) // count
    return [(text[at - 200 : at], text[at : at + 60]) for at in range(1000, 1000 + count * step, step)]
