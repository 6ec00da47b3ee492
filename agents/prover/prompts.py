"""What language models are asked: whole proofs, proofs that go on from a prefix, single tactics. Formats are data, see
`prompts.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from turnstile_lsp.agents.engine.base import Description, Engine, Message, Priority, Request, Sampling
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover.holes import column_of

LEAST_ANSWER = 64
"""Tokens; with less room than this nothing is asked."""

Kind = Literal["whole_proof", "chat_proof", "next_tactic"]


class PromptFormat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to ask. The fields are explained at the head of the data file."""

    name: str
    kind: Kind
    models: Sequence[str]
    explains: bool
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
    the command up to the hole. `lead`: the text that already stands on the line where the answer begins, as spaces.
    `after`: the command behind the hole."""

    before: Sequence[str]
    statement: str
    lead: str = ""
    after: str = ""

    @property
    def pad(self) -> str:
        """What a tactic block's lines are indented by."""
        return self.lead or "  "

    def going_on(self, prefix: str) -> str:
        """The statement and the first lines of its proof, a tactic block that ends in a line end."""
        lines = [f"{self.pad}{line}" if line.strip() else line for line in prefix.splitlines(keepends=True)]
        if lines and self.lead:
            lines[0] = lines[0].removeprefix(self.pad)
        return self.statement + "".join(lines)


@cache
def load() -> Formats:
    """The formats that are shipped."""
    return msgspec.toml.decode(resources.files(__package__).joinpath("prompts.toml").read_bytes(), type=Formats)


def formats_for(model: str, kinds: Sequence[Kind] = ("whole_proof", "chat_proof")) -> list[PromptFormat]:
    """The formats that a model was trained with, by its name; the first one of these kinds for a model that is not
    listed."""
    formats = [each for each in load().formats if each.kind in kinds]
    fits = {each.name: max((len(part) for part in each.models if part in model.lower()), default=0) for each in formats}
    best = max(fits.values())
    return [each for each in formats if fits[each.name] == best] if best else [formats[0]]


def chosen_formats(model: str, name: str | None, cot: str) -> list[PromptFormat]:
    """The formats for whole proofs: the one that is named, or those for the model. `cot`: see `ModelOptions`; it counts
    as far as there are formats of both sorts. Raises InvalidRequest."""
    if name is not None:
        named = [each for each in load().formats if each.name == name and each.kind != "next_tactic"]
        if not named:
            names = ", ".join(each.name for each in load().formats if each.kind != "next_tactic")
            raise InvalidRequest(f"There is no prompt format `{name}`; choose among {names}.")
        return named
    formats = formats_for(model)
    wanted = [each for each in formats if cot == "mixed" or each.explains == (cot == "always")]
    return wanted or formats


def question(pieces: Sequence[str], command: str, hole: Hole) -> Question:
    """Ask for what stands at `hole`, whose offsets are relative to `command`, its text."""
    stem, after = command[: hole.start].rstrip(), command[hole.end :]
    if hole.kind == "tactic" and not stem.endswith("by"):
        lead = " " * column_of(command, hole.start)
        return Question(before=pieces, statement=command[: hole.start], lead=lead, after=after)
    return Question(before=pieces, statement=stem.removesuffix("by").rstrip() + " by\n", after=after)


class Asker:
    """One way to ask one question of one model for whole proofs."""

    def __init__(
        self, engine: Engine, description: Description, prompt_format: PromptFormat, asked: Question, header: str
    ) -> None:
        self.format = prompt_format
        self.question = asked
        self._engine, self._description, self._header = engine, description, header

    @classmethod
    async def create(
        cls, engine: Engine, description: Description, prompt_format: PromptFormat, asked: Question, reserve: int = 0
    ) -> Asker:
        """The header is cut to the context, so that `reserve` tokens are left for what the model goes on from."""
        most = min(prompt_format.max_tokens, description.context_length // 2)
        bare = cls(engine, description, prompt_format, asked, "")
        frame = len(await engine.tokenize(bare.prompt(asked.statement)))
        reserve = min(reserve, description.context_length // 4)
        header = await _nearest(engine, asked.before, description.context_length - most - frame - reserve - 1)
        return cls(engine, description, prompt_format, asked, header)

    def prompt(self, statement: str) -> str:
        """The prompt's text, which ends behind `statement` where the answer goes on from there."""
        pad = self.question.pad if statement.endswith("\n") else ""
        theorem = f"{statement}{pad}sorry{self.question.after}"
        return self.format.template.format(header=self._header, statement=statement, theorem=theorem)

    async def request(self, statement: str, count: int) -> Request | None:
        """Ask for `count` answers; None where the context has no room for one."""
        prompt = self.prompt(statement)
        tokens = await self._engine.tokenize(prompt)
        room = self._description.context_length - len(tokens) - 1
        if room < LEAST_ANSWER:
            return None
        request = Request(
            text=prompt,
            sampling=Sampling(
                max_tokens=min(self.format.max_tokens, room),
                temperature=self.format.temperature,
                top_p=self.format.top_p,
            ),
            stop=self.format.stop,
            n=count,
            priority=Priority.SEARCH,
        )
        if self.format.kind == "chat_proof":
            return replace(request, text=None, messages=[Message(role="user", content=prompt)])
        if self._description.token_prompts and self._description.exact_token_counts:
            bos = self._description.bos
            return replace(request, text=None, tokens=[*([bos] if bos is not None else []), *tokens])
        return request


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
