"""Whole proofs from a language model: what it is asked, and what of its answer is a proof. Formats are data, see
`prompts.toml`."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct, field

from turnstile_lsp.agents.engine.base import Description, Engine, Priority, Request, Sampling
from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover.holes import column_of
from turnstile_lsp.agents.prover.stage import Trial

_FENCE = "```"
_TRAILING_COMMENTS = re.compile(r'(?:(?:^|\s)\s*--[^\n"]*)+\Z')


class PromptFormat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to ask for a whole proof."""

    name: str
    models: Sequence[str]
    template: str
    stop: Sequence[str]
    max_tokens: int
    temperature: float
    top_p: float


class Formats(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file."""

    formats: Sequence[PromptFormat] = field(name="format")


class Question(Struct, frozen=True, kw_only=True):
    """A hole as a model sees it. `before`: the document's pieces in front of the command, header first. `statement`:
    the command up to the hole. `lead`: the text that already stands on the line where the answer begins, as spaces."""

    before: Sequence[str]
    statement: str
    lead: str = ""


@cache
def load() -> Formats:
    """The formats that are shipped."""
    return msgspec.toml.decode(resources.files(__package__).joinpath("prompts.toml").read_bytes(), type=Formats)


def formats_for(model: str) -> list[PromptFormat]:
    """The formats that a model was trained with, by its name; the first one for a model that is not listed."""
    formats = load().formats
    return [each for each in formats if any(part in model.lower() for part in each.models)] or [formats[0]]


def question(pieces: Sequence[str], command: str, hole: Hole) -> Question:
    """Ask for what stands at `hole`, whose offsets are relative to `command`, its text."""
    stem = command[: hole.start].rstrip()
    if hole.kind == "tactic" and not stem.endswith("by"):
        return Question(before=pieces, statement=command[: hole.start], lead=" " * column_of(command, hole.start))
    return Question(before=pieces, statement=stem.removesuffix("by").rstrip() + " by\n")


def proof_in(answer: str, lead: str = "") -> str | None:
    """The tactic block that an answer begins with: up to the closing fence, and up to the first line further left than
    its first line. None when there is none. Comments at its end go: they could swallow what follows the hole."""
    lines = (lead + answer.split(_FENCE, 1)[0]).rstrip().splitlines()
    while lines and not lines[0].strip():
        del lines[0]
    if not lines:
        return None
    indent = _indent(lines[0])
    end = next((n for n, line in enumerate(lines) if line.strip() and _indent(line) < indent), len(lines))
    return _TRAILING_COMMENTS.sub("", "\n".join(line[indent:] for line in lines[:end])).rstrip() or None


async def samples(engine: Engine, asked: Question, count: int) -> AsyncGenerator[Trial, None]:
    """Whole proofs from a model, `count` samples shared among its formats, each as soon as it is complete; the same
    proof only once. Raises the engine's errors."""
    description = await engine.describe()
    formats = formats_for(description.model)
    seen: set[str] = set()
    for number, prompt_format in enumerate(formats):
        share = (count + len(formats) - 1 - number) // len(formats)
        if share == 0:
            continue
        request = await _request(engine, description, prompt_format, asked, share)
        async with aclosing(_answers(engine, request)) as answers:
            async for answer in answers:
                proof = proof_in(answer, asked.lead)
                if proof is not None and proof not in seen:
                    seen.add(proof)
                    yield Trial(tactics=proof, finder=f"model:{description.model}")


async def _answers(engine: Engine, request: Request) -> AsyncGenerator[str, None]:
    """Answers that came to their end: those that ran into the limit of tokens are no whole proofs."""
    texts = [""] * request.n
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            texts[chunk.index] += chunk.text
            if chunk.finish == "stop":
                yield texts[chunk.index]


async def _request(
    engine: Engine, description: Description, prompt_format: PromptFormat, asked: Question, count: int
) -> Request:
    most = min(prompt_format.max_tokens, description.context_length // 2)
    frame = prompt_format.template.format(header="", statement=asked.statement)
    room = description.context_length - most - len(await engine.tokenize(frame)) - 1
    header = await _nearest(engine, asked.before, room)
    prompt = prompt_format.template.format(header=header, statement=asked.statement)
    tokens = None
    if description.token_prompts and description.exact_token_counts:
        tokens = [*([description.bos] if description.bos is not None else []), *await engine.tokenize(prompt)]
    return Request(
        tokens=tokens,
        text=prompt if tokens is None else None,
        sampling=Sampling(max_tokens=most, temperature=prompt_format.temperature, top_p=prompt_format.top_p),
        stop=prompt_format.stop,
        n=count,
        priority=Priority.SEARCH,
    )


async def _nearest(engine: Engine, pieces: Sequence[str], room: int) -> str:
    """The first piece (imports) and as many of the last ones as `room` tokens hold."""
    if not pieces:
        return ""
    kept: list[str] = []
    room -= len(await engine.tokenize(pieces[0]))
    for piece in reversed(pieces[1:]):
        room -= len(await engine.tokenize(piece))
        if room < 0:
            break
        kept.insert(0, piece)
    return pieces[0] + "".join(kept)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
