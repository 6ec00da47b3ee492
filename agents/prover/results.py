"""What is asked of the prover and what it answers; these cross the daemon and are printed by `prove --json`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from turnstile_lsp.agents.prover.search.options import ModelOptions


class Status(StrEnum):
    """How it ended for one hole."""

    PROVED = "proved"
    UNPROVED = "unproved"
    REFUTED = "refuted"
    UNDETERMINED = "undetermined"
    CANCELLED = "cancelled"
    ERROR = "error"


STAGES = ("repair", "refute", "portfolio", "store", "model", "search")
"""The stages that exist, in the order in which they run."""

SYMBOLIC = "symbolic"
"""What a finder "search:…" names where no language model took part."""


Task = Literal["prove", "suggest", "minimise"]


class ProveRequest(Struct, frozen=True, kw_only=True):
    """Prove the holes of a document, or another `task`: suggest tactics for the place at the first offset, or minimise the
    proof of the theorem there.

    `text`: the document, as the editor has it. `path`: its file, None when unsaved. `offsets`: code point offsets; each
    names the hole it lies in, or else all holes of the command it lies in; empty means every hole of the document.
    `budget`: seconds for each hole. `stages`: a subset of `STAGES`. `shortest`: use the whole budget and give the
    shortest proof. `proposals`: texts to try first, exactly as they would replace the hole (a proof found earlier, to be
    checked again after an edit above it). `model`: name of the prover model (a card, a `.gguf` file, `URL#name`), None
    for none. `samples`: whole proofs asked of it at once. `suggestions`: at most so many. `model_options`: how the model is
    asked. `remember`: false for a measurement: nothing that was kept of earlier proofs is used, and nothing of this one is
    kept. `trusted`: whether the file's folder is trusted. `environment`: the client's environment variables that matter, see
    `client_environment`."""

    text: str
    task: Task = "prove"
    path: str | None = None
    offsets: Sequence[int] = ()
    budget: float = 30.0
    stages: Sequence[str] = STAGES
    shortest: bool = False
    proposals: Sequence[str] = ()
    model: str | None = None
    samples: int = 8
    suggestions: int = 20
    model_options: ModelOptions = ModelOptions()
    remember: bool = True
    trusted: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


class Place(Struct, frozen=True, kw_only=True):
    """A place in a document: line and column from 1, columns in code points."""

    line: int
    column: int


def place_of(text: str, offset: int) -> Place:
    """The place of an offset."""
    return Place(line=text.count("\n", 0, offset) + 1, column=offset - text.rfind("\n", 0, offset))


class HoleResult(Struct, frozen=True, kw_only=True):
    """One hole's outcome, and one line of `prove --json`.

    `name`: the lemma's, None where it has none. `title`: the name, or else "example", "instance" or the like. `line`, `column`, `end`: the hole's range, see `Place`. `start_offset`,
    `end_offset`: the same in code points of the request's text, `command_start_offset`, `command_end_offset`: the range
    of its command. `proof`: exactly what replaces the hole, None unless proved. `axioms`: what the proof rests on.
    `unfinished`: lemmas with a `sorry` that it depends on (then not `proved`). `remaining`: holes left in the same
    command, with this result and those before it put in. `refutation`: where it is refuted, the tactics that prove the negation of what the
    hole states, closed over its locals; the gate has judged that theorem. `finder`: "stage:detail". `message`: one
    sentence for a person."""

    name: str | None
    title: str
    line: int
    column: int
    end: Place
    start_offset: int
    end_offset: int
    command_start_offset: int
    command_end_offset: int
    status: Status
    proof: str | None = None
    axioms: Sequence[str] = ()
    unfinished: Sequence[str] = ()
    remaining: int = 0
    seconds: float = 0.0
    finder: str | None = None
    refutation: str | None = None
    message: str = ""


class Progress(Struct, frozen=True, kw_only=True, tag="progress"):
    """Where a job is. `hole`: index among `holes` holes. `tried`: candidates judged so far at this hole."""

    stage: str
    message: str
    hole: int = 0
    holes: int = 0
    tried: int = 0
    fraction: float = 0.0


class Found(Struct, frozen=True, kw_only=True, tag="found"):
    """A hole's outcome is known."""

    result: HoleResult


class Finished(Struct, frozen=True, kw_only=True, tag="finished"):
    """The job's end. `text`: the document with all proofs put in, elaborated again. `results`: the final ones; a proof
    that was found and then caused a new error is `undetermined` here. `new_errors`: errors that the text with such a
    proof showed and that the request's text does not show. `rechecked`: False where that could not be run."""

    text: str
    results: Sequence[HoleResult] = ()
    new_errors: Sequence[str] = ()
    rechecked: bool = True


class Suggested(Struct, frozen=True, kw_only=True, tag="suggested"):
    """A tactic that has run at the hole. `replacement` takes the place of `[start_offset, end_offset)` of the request's
    text. `goals`: all that are left there then. `verified`: it closes the goal at hand, and the gate has verified that; then
    `axioms`, and `remaining`: holes left in the same command. `finder`: "source:detail". `milliseconds`: that it took."""

    tactic: str
    replacement: str
    start_offset: int
    end_offset: int
    goals: Sequence[str] = ()
    finder: str = ""
    milliseconds: float = 0.0
    verified: bool = False
    axioms: Sequence[str] = ()
    remaining: int = 0


Event = Progress | Found | Suggested | Finished

CLIENT_VARIABLES = ("PATH", "HOME", "ELAN_HOME", "LEAN_PATH", "TURNSTILE_CACHE_DIR", "TURNSTILE_NODE")
"""What a client's environment says of Lean; it travels with each request, since the daemon's own may differ."""


def client_environment() -> dict[str, str]:
    """`ProveRequest.environment` of this process."""
    return {name: os.environ[name] for name in CLIENT_VARIABLES if name in os.environ}


def outcome(result: HoleResult) -> str:
    """What became of a hole that is not proved, for a person; the message of a refutation says that it is one."""
    return result.message if result.status is Status.REFUTED else f"{result.status}. {result.message}"


def plain(result: HoleResult) -> dict[str, Any]:
    """A result as the JSON object that users see: without the internal offsets."""
    body: dict[str, Any] = msgspec.to_builtins(result)
    return {name: value for name, value in body.items() if not name.endswith("_offset")}
