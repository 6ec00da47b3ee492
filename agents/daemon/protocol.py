"""The daemon's wire: frames of a 4-byte big-endian length and one msgpack value.

A client says `Hello`, the daemon `Welcome`. Then the client sends `Request`s, each answered by any number of `Chunk`s
and one `End` or `Failure` of the same id, in any order among requests. After `Cancel` nothing more comes for that id.
`Hello` and `Welcome` never change their first fields, so that any two versions understand that they differ.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import msgspec
from msgspec import Raw, Struct

from turnstile_lsp.agents.errors import DaemonLost, InvalidRequest

PROTOCOL = 2
MAX_FRAME_BYTES = 64 * 1024 * 1024
READ_AHEAD_BYTES = 1024 * 1024

_LENGTH = struct.Struct(">I")


class FrameTooLarge(InvalidRequest):
    """A message over `MAX_FRAME_BYTES`."""


class Hello(Struct, frozen=True, array_like=True, tag="hello"):
    """The client's first frame; `package`: its version of Turnstile."""

    protocol: int
    package: str


class Welcome(Struct, frozen=True, array_like=True, tag="welcome"):
    """The daemon's answer. `accepted` is False when the versions differ: it drains, and the client starts another."""

    protocol: int
    package: str
    pid: int
    accepted: bool


class Request(Struct, frozen=True, array_like=True, tag="request"):
    """Call `method` with `body`. `trace`: the id under which logs name what is done for it."""

    id: int
    method: str
    body: Raw
    trace: str


class Chunk(Struct, frozen=True, array_like=True, tag="chunk"):
    """One piece of a streamed answer."""

    id: int
    body: Raw


class End(Struct, frozen=True, array_like=True, tag="end"):
    """The answer's end; `body` is the method's result."""

    id: int
    body: Raw


class Failure(Struct, frozen=True, array_like=True, tag="failure"):
    """The answer's end by an error, in the form of `TurnstileError.to_wire`."""

    id: int
    error: dict[str, Any]


class Cancel(Struct, frozen=True, array_like=True, tag="cancel"):
    """Stop a request's work at once."""

    id: int


Frame = Hello | Welcome | Request | Chunk | End | Failure | Cancel

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)


def raw(value: Any) -> Raw:
    """A value as the body of a frame. Raises `InvalidRequest` for text that is not Unicode."""
    try:
        return Raw(_encoder.encode(value))
    except UnicodeEncodeError as error:
        raise InvalidRequest("The text holds half of a surrogate pair, which is no character; remove it.") from error


def encode(frame: Frame) -> bytes:
    """A frame with its length in front. Raises `FrameTooLarge`."""
    payload = _encoder.encode(frame)
    if len(payload) > MAX_FRAME_BYTES:
        raise FrameTooLarge(
            f"A message of {len(payload) / 1e6:.0f} MB is over the daemon's limit of {MAX_FRAME_BYTES / 1e6:.0f} MB; "
            "work on a smaller document."
        )
    return _LENGTH.pack(len(payload)) + payload


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """The next frame. Raises `FrameTooLarge`, `InvalidRequest` (no frame of ours), `DaemonLost` (nobody is there)."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > MAX_FRAME_BYTES:
            raise FrameTooLarge(f"A frame of {length} bytes is over the limit of {MAX_FRAME_BYTES}; nothing was read.")
        payload = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise DaemonLost("The connection to Turnstile's daemon was lost; ask again and a new one starts.") from error
    try:
        return _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise InvalidRequest(f"A frame is not of this protocol ({error}); the connection is closed.") from error
