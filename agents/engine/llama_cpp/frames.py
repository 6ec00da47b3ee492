"""What an engine and its worker say to each other: a 4-byte big-endian length, then one msgpack map, tagged by type."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.engine.base import Chunk, FimTokens, Request
from turnstile_lsp.agents.settings import LocalOptions

LENGTH_BYTES = 4


class Load(Struct, frozen=True, tag=True):
    """The first frame. `threads`: of computation."""

    path: str
    options: LocalOptions
    threads: int


class Generate(Struct, frozen=True, tag=True):
    id: int
    request: Request


class Cancel(Struct, frozen=True, tag=True):
    id: int


class HoldSearch(Struct, frozen=True, tag=True):
    """Compute nothing for search requests while `held`; a batch of theirs that runs is aborted."""

    held: bool


class Tokenize(Struct, frozen=True, tag=True):
    id: int
    text: str


class GetStatistics(Struct, frozen=True, tag=True):
    id: int


ToWorker = Load | Generate | Cancel | HoldSearch | Tokenize | GetStatistics


class Loaded(Struct, frozen=True, tag=True):
    """The answer to `Load`: what the model file says of itself."""

    context_length: int
    bos: int | None
    fim: FimTokens | None


class Piece(Struct, frozen=True, tag=True):
    """A part of an answer; the one whose chunk carries `timings` is the last."""

    id: int
    chunk: Chunk


class Tokens(Struct, frozen=True, tag=True):
    id: int
    tokens: list[int]


class Statistics(Struct, frozen=True, tag=True):
    """Counts since the worker started. `decoded`: tokens computed, prompts included. `aborted`: batches thrown away
    because of a cancel or a request that goes first. `running`: requests under way or waiting."""

    id: int
    decoded: int
    aborted: int
    running: int


class Failed(Struct, frozen=True, tag=True):
    """`error` is `TurnstileError.to_wire()`; `id` None means the model could not be loaded."""

    id: int | None
    error: dict[str, Any]


FromWorker = Loaded | Piece | Tokens | Statistics | Failed

_encoder = msgspec.msgpack.Encoder()
_to_worker: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def encode(frame: ToWorker | FromWorker) -> bytes:
    """The frame's bytes, length first."""
    body = _encoder.encode(frame)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def decode_to_worker(body: bytes) -> ToWorker:
    """The frame whose bytes after the length are `body`."""
    return _to_worker.decode(body)


def decode_from_worker(body: bytes) -> FromWorker:
    """The frame whose bytes after the length are `body`."""
    return _from_worker.decode(body)
