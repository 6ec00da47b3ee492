"""Drafts by look-up in the real worker: the text stays the same and comes in fewer batches."""

from __future__ import annotations

import inspect
from contextlib import aclosing

import pytest
from msgspec.structs import replace

from turnstile_lsp.agents.engine.base import Chunk, Request, Sampling
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel
from turnstile_lsp.agents.settings import LocalOptions

REPEATED = "".join(f'    "{word}": parse_{word},\n' for word in ("alpha", "beta", "gamma", "delta"))


def engine(model: LocalModel, *, speculate: bool) -> LlamaCppEngine:
    return LlamaCppEngine(model, LocalOptions(cache_type="f32", flash_attention=False, speculate=speculate))


async def answer(engine: LlamaCppEngine, request: Request) -> tuple[str, Chunk]:
    text, last = "", Chunk()
    async with aclosing(engine.generate(request)) as chunks:
        async for last in chunks:
            text += last.text
    return text, last


@pytest.mark.parametrize("temperature", [0.0, 0.7])
async def test_the_text_is_the_same_with_and_without_drafts(exact_model: LocalModel, temperature: float) -> None:
    source = inspect.getsource(inspect)
    prompts = [source[at - 250 : at] for at in range(2000, 60_000, 3000)] + [REPEATED * 3]
    plain, speculating = engine(exact_model, speculate=False), engine(exact_model, speculate=True)
    try:
        verifications = 0
        for seed, prompt in enumerate(prompts):
            request = Request(text=prompt, sampling=Sampling(max_tokens=64, temperature=temperature, seed=seed))
            expected, _ = await answer(plain, request)
            text, last = await answer(speculating, request)
            assert text == expected
            assert last.timings is not None
            verifications += last.timings.verifications
        assert verifications > 20
    finally:
        await plain.close()
        await speculating.close()


async def test_a_reference_is_drafted_from_and_counts_are_kept(exact_model: LocalModel) -> None:
    speculating = engine(exact_model, speculate=True)
    try:
        request = Request(text=REPEATED[:60], sampling=Sampling(max_tokens=60, min_tokens=60))
        expected, _ = await answer(speculating, request)
        text, last = await answer(speculating, replace(request, reference=[REPEATED[:60] + expected]))
        assert text == expected
        assert last.timings is not None
        assert last.timings.generated == 60
        assert last.timings.accepted >= 2 * last.timings.verifications > 0
        before = (await speculating.statistics()).decoded
        again, _ = await answer(speculating, request)  # what a wrong draft left in the cache would show here
        assert again == expected
        assert (await speculating.statistics()).decoded > before
    finally:
        await speculating.close()
