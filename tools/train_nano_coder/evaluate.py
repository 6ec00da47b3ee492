"""Measures the shipped GGUF through the product's own coder and calibrates when it may speak unasked."""

import asyncio
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tools.train_nano_coder.corpus import SourceFile
from tools.train_nano_coder.positions import Position, draw_positions
from tools.train_nano_coder.recipe import ARCHITECTURE, EVALUATION, REPOSITORY, SCHEDULE
from tools.train_nano_coder.runner import Runner
from turnstile_lsp.agents.coder.complete import Coder
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.prompt import PromptBuilder
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel
from turnstile_lsp.agents.models.store import Card

RECORDED_POSITIONS = REPOSITORY / "tests" / "data" / "nano_coder_positions.json"
RECORDED_CHARACTERS = 600


@dataclass(frozen=True)
class Proportion:
    """A share of n draws with its 95 % Wilson interval."""

    value: float
    low: float
    high: float
    n: int


def proportion(hits: int, n: int) -> Proportion:
    z = 1.959964
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Proportion(round(share, 4), round(centre - half, 4), round(centre + half, 4), n)


@dataclass(frozen=True)
class Answer:
    """What the coder would show at a position; no text and confidence 0 where it has nothing."""

    position: Position
    text: str
    confidence: float

    @property
    def exact(self) -> bool:
        return self.text == self.position.expected


@dataclass(frozen=True)
class Figures:
    held_out_loss_plain: float
    held_out_loss_fim: float
    threshold: float
    exact_match: Proportion
    shown_exact: Proportion
    shown_share: Proportion


def uncalibrated(model: Path) -> LocalModel:
    """The model with its prompt budgets, and nothing held back."""
    card = Card(
        name="nano-coder",
        file=str(model),
        licence="",
        source="",
        context_length=ARCHITECTURE.max_position_embeddings,
        fim=True,
        sha256="",
        prefix_tokens=EVALUATION.prefix_tokens,
        suffix_tokens=EVALUATION.suffix_tokens,
        context_tokens=0,
    )
    return LocalModel(name=card.name, path=str(model), card=card)


def document_of(position: Position) -> CompletionDocument:
    """The file with the rest of the line taken away."""
    return CompletionDocument(text=position.prefix + position.suffix, path=position.file.path, language_id="python")


async def answers_at(model: Path, positions: Sequence[Position]) -> list[Answer]:
    """The coder's unasked answers, one after the other, each with its confidence."""
    engine = LlamaCppEngine(uncalibrated(model))
    coder = Coder(engine, locally=False)
    answers = []
    try:
        for position in positions:
            found = await coder.complete(document_of(position), position.offset, automatic=True)
            text, confidence = (found[0].text, found[0].confidence or 0.0) if found else ("", 0.0)
            answers.append(Answer(position, text, confidence))
    finally:
        await engine.close()
    return answers


def for_calibration(file: SourceFile) -> bool:
    """Half of the held-out files choose the threshold, the other half give the figures."""
    return hashlib.sha256(f"calibration {file.path}".encode()).digest()[0] % 2 == 0


def threshold_of(answers: Sequence[Answer]) -> float:
    """The confidence that lets through the calibration share of answers: more silence means more that is right."""
    ranked = sorted((answer.confidence for answer in answers), reverse=True)
    return math.floor(ranked[int(len(ranked) * EVALUATION.calibration_share)] * 1000) / 1000


def plain_loss(runner: Runner, positions: Sequence[Position]) -> float:
    """Mean cross-entropy in nats a token of the text from the positions on."""
    losses = []
    for position in positions:
        text = position.expected + position.suffix[: 8 * SCHEDULE.row_length]
        ids = [runner.llama.token_bos(), *runner.encode(text)][: SCHEDULE.row_length]
        losses.append(runner.cross_entropy(ids, 1))
    return round(float(np.concatenate(losses).mean()), 4)


async def fim_loss(runner: Runner, model: Path, positions: Sequence[Position]) -> float:
    """Mean cross-entropy in nats a token of the rest of the line and the end token, given the product's FIM prompt."""
    engine = LlamaCppEngine(uncalibrated(model))
    losses = []
    try:
        description, prompts = await engine.describe(), PromptBuilder()
        for position in positions:
            cursor = Cursor(document_of(position), position.offset)
            prompt = runner.encode_pieces(prompts.build(description, cursor, max_tokens=64))
            middle = [*runner.encode(position.expected), runner.llama.token_eos()]
            losses.append(runner.cross_entropy([*prompt, *middle], len(prompt)))
    finally:
        await engine.close()
    return round(float(np.concatenate(losses).mean()), 4)


def evaluate(files: list[SourceFile], model: Path) -> Figures:
    """All figures of the card; also records some positions with the model's answers for the tests."""
    held_out = [file for file in files if file.split == "held_out" and not file.is_test]
    positions = draw_positions(held_out, EVALUATION.positions)
    answers = asyncio.run(answers_at(model, positions))
    threshold = threshold_of([answer for answer in answers if for_calibration(answer.position.file)])
    reported = [answer for answer in answers if not for_calibration(answer.position.file)]
    shown = [answer for answer in reported if answer.confidence >= threshold]
    record(model, [answer.position for answer in reported[: EVALUATION.recorded]])
    runner = Runner(model)
    for_loss = positions[: EVALUATION.loss_positions]
    return Figures(
        held_out_loss_plain=plain_loss(runner, for_loss),
        held_out_loss_fim=asyncio.run(fim_loss(runner, model, for_loss)),
        threshold=threshold,
        exact_match=proportion(sum(answer.exact for answer in reported), len(reported)),
        shown_exact=proportion(sum(answer.exact for answer in shown), len(shown)),
        shown_share=proportion(len(shown), len(reported)),
    )


def record(model: Path, positions: Sequence[Position]) -> None:
    """Writes excerpts around positions with what stood there and what the coder says, for the integration test."""
    rows = [
        {
            "file": answer.position.file.path,
            "prefix": answer.position.prefix,
            "suffix": answer.position.suffix,
            "expected": answer.position.expected,
            "answer": answer.text,
        }
        for answer in asyncio.run(answers_at(model, [excerpt(position) for position in positions]))
    ]
    RECORDED_POSITIONS.parent.mkdir(parents=True, exist_ok=True)
    RECORDED_POSITIONS.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def excerpt(position: Position) -> Position:
    """The position in a document that holds only the text around it."""
    prefix, suffix = position.prefix[-RECORDED_CHARACTERS:], position.suffix[:RECORDED_CHARACTERS]
    file = replace(position.file, text=prefix + position.expected + suffix)
    return Position(file, len(prefix), position.expected)
