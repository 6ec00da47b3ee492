"""nano-coder through the real engine and coder: deterministic, and as good as its card says."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from turnstile_lsp.agents.coder.complete import Coder, Completion
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.engine.base import Chunk, Request, Sampling
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel, resolve
from turnstile_lsp.agents.models.store import Card, shipped_cards

RECORDED = Path(__file__).parents[1] / "data" / "nano_coder_positions.json"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def card() -> Card:
    return shipped_cards()["nano-coder"][0]


@pytest.fixture(scope="module")
def positions() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(RECORDED.read_text())
    return rows


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(card: Card) -> AsyncIterator[LlamaCppEngine]:
    """nano-coder with nothing held back."""
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    engine = LlamaCppEngine(replace(model, card=replace(card, threshold=None)))
    yield engine
    await engine.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def answers(engine: LlamaCppEngine, positions: list[dict[str, Any]]) -> list[Completion | None]:
    """What the coder would say unasked at each recorded position."""
    return [await complete(engine, row["prefix"], row["suffix"]) for row in positions]


async def complete(engine: LlamaCppEngine, prefix: str, suffix: str) -> Completion | None:
    document = CompletionDocument(text=prefix + suffix, path="module.py", language_id="python")
    found = await Coder(engine, locally=False).complete(document, len(prefix), automatic=True)
    return found[0] if found else None


async def chunks_of(engine: LlamaCppEngine, request: Request) -> list[Chunk]:
    async with aclosing(engine.generate(request)) as chunks:
        return [chunk async for chunk in chunks]


async def test_the_same_place_gives_the_same_answer(engine: LlamaCppEngine) -> None:
    place = (
        "import os\n\n\ndef exists(path):\n    try:\n        return os.stat(path)\n    except OSErr",
        "\n        pass\n",
    )
    first, second = [await complete(engine, *place) for _ in range(2)]
    assert first
    assert second
    assert (first.text, first.confidence) == (second.text, second.confidence)


async def test_fim_tokens_in_user_text_are_text(engine: LlamaCppEngine) -> None:
    assert len(await engine.tokenize("<｜fim▁hole｜>")) > 1


async def test_the_end_of_a_line_has_the_probability_of_its_line_break(engine: LlamaCppEngine) -> None:
    code = "def first():\n    pass\n\n\ndef second()"
    request = Request(text=code, sampling=Sampling(max_tokens=8), log_probabilities=True)
    free = await chunks_of(engine, request)
    stopped = await chunks_of(engine, replace(request, stop=("\n",)))
    said = [value for chunk in free for value in chunk.log_probabilities]
    before = [value for chunk in stopped for value in chunk.log_probabilities]
    assert stopped[-1].finish == "stop"
    assert [*before, stopped[-1].end_log_probability] == pytest.approx(said[: len(before) + 1], abs=1e-2)


async def test_answers_are_those_recorded_when_it_was_measured(
    answers: list[Completion | None], positions: list[dict[str, Any]]
) -> None:
    said = [answer.text if answer else "" for answer in answers]
    same = sum(text == row["answer"] for text, row in zip(said, positions, strict=True))
    # Another processor rounds differently, which may turn a near tie.
    assert same >= 0.9 * len(positions)


async def test_what_it_would_show_is_mostly_right(
    answers: list[Completion | None], positions: list[dict[str, Any]], card: Card
) -> None:
    assert card.threshold is not None
    shown = [
        answer.text == row["expected"]
        for answer, row in zip(answers, positions, strict=True)
        if answer and answer.confidence is not None and answer.confidence >= card.threshold
    ]
    assert len(shown) >= 0.1 * len(positions)
    assert sum(shown) >= 0.5 * len(shown)
