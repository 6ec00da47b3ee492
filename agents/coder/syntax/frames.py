"""What a front end and its syntax process say to each other: a 4-byte big-endian length, then one msgpack array.

Documents go by number. Text is UTF-8; a place is a line of LSP and a column in code points.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.coder.syntax.base import SyntaxContext

LENGTH_BYTES = 4
NOTE_BYTES = 8


class Place(Struct, frozen=True, array_like=True):
    line: int
    column: int


class Open(Struct, frozen=True, array_like=True, tag=True):
    """A document that is empty as yet; `Append`s follow. One of the same number is forgotten."""

    document: int
    grammar: str


class Append(Struct, frozen=True, array_like=True, tag=True):
    document: int
    source: bytes


class Change(Struct, frozen=True, array_like=True, tag=True):
    """Put `new` in the place of what lies between `start` and `end`."""

    document: int
    start: Place
    end: Place
    new: bytes


class Close(Struct, frozen=True, array_like=True, tag=True):
    document: int


class Where(Struct, frozen=True, array_like=True):
    """Behind `selected`, had it replaced what lies between `start` and `end`."""

    document: int
    start: Place
    end: Place
    selected: bytes


class GetContext(Struct, frozen=True, array_like=True, tag=True):
    """The syntax at a place. `whole`: once it is known what stands in all of the document."""

    id: int
    where: Where
    whole: bool


class GetStop(Struct, frozen=True, array_like=True, tag=True):
    """Where in `text`, put in at a place, it leaves what the place is in; answered in code points of it."""

    id: int
    where: Where
    text: bytes


class Tell(Struct, frozen=True, array_like=True, tag=True):
    """For another service of the process, by the method's name; not answered."""

    method: str
    body: bytes


class Ask(Struct, frozen=True, array_like=True, tag=True):
    """As `Tell`; answered by `Answer`."""

    id: int
    method: str
    body: bytes


ToProcess = Open | Append | Change | Close | GetContext | GetStop | Tell | Ask


class Context(Struct, frozen=True, array_like=True, tag=True):
    id: int
    context: SyntaxContext | None


class Stop(Struct, frozen=True, array_like=True, tag=True):
    id: int
    stop: int | None


class Answer(Struct, frozen=True, array_like=True, tag=True):
    id: int
    body: bytes


FromProcess = Context | Stop | Answer

_encoder = msgspec.msgpack.Encoder()
_to_process: msgspec.msgpack.Decoder[ToProcess] = msgspec.msgpack.Decoder(ToProcess)
_from_process: msgspec.msgpack.Decoder[FromProcess] = msgspec.msgpack.Decoder(FromProcess)


def encode(frame: ToProcess | FromProcess) -> bytes:
    """The frame's bytes, length first."""
    body = _encoder.encode(frame)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def decode_to_process(body: bytes) -> ToProcess:
    """The frame whose bytes after the length are `body`."""
    return _to_process.decode(body)


def decode_from_process(body: bytes) -> FromProcess:
    """The frame whose bytes after the length are `body`."""
    return _from_process.decode(body)
