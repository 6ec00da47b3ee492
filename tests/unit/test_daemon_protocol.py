"""Frames survive the wire, whatever the pieces they arrive in."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.daemon import protocol
from turnstile_lsp.agents.daemon.protocol import Cancel, Chunk, End, Failure, FrameTooLarge, Hello, Request, Welcome
from turnstile_lsp.agents.errors import ContextOverflow, DaemonLost, InvalidRequest, TurnstileError, from_wire

bodies = st.recursive(st.none() | st.text() | st.integers(-(2**60), 2**60), st.lists).map(protocol.raw)
numbers = st.integers(0, 2**60)
frames = st.one_of(
    st.builds(Hello, numbers, st.text()),
    st.builds(Welcome, numbers, st.text(), numbers, st.booleans()),
    st.builds(Request, numbers, st.text(), bodies, st.text()),
    st.builds(Chunk, numbers, bodies),
    st.builds(End, numbers, bodies),
    st.builds(Failure, numbers, st.dictionaries(st.text(), st.text())),
    st.builds(Cancel, numbers),
)


def read(*pieces: bytes) -> list[protocol.Frame]:
    async def run() -> list[protocol.Frame]:
        reader = asyncio.StreamReader()
        for piece in pieces:
            reader.feed_data(piece)
        reader.feed_eof()
        found = []
        while not reader.at_eof():
            found.append(await protocol.read_frame(reader))
        return found

    return asyncio.run(run())


@given(st.lists(frames, max_size=4), st.integers(1, 9))
def test_round_trip(sent: list[protocol.Frame], size: int) -> None:
    data = b"".join(map(protocol.encode, sent))
    received = read(*(data[at : at + size] for at in range(0, len(data), size)))
    assert msgspec.msgpack.encode(received) == msgspec.msgpack.encode(sent)
    assert [type(frame) for frame in received] == [type(frame) for frame in sent]


def test_later_versions_may_add_fields_to_the_hello() -> None:
    payload = msgspec.msgpack.encode(["hello", 7, "9.0", {"more": 1}])
    assert read(len(payload).to_bytes(4, "big") + payload) == [Hello(7, "9.0")]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xff\xff\xff\xff", FrameTooLarge),
        (b"\x00\x00\x00\x02\xc1\xc1", InvalidRequest),
        (b"\x00\x00\x00\x00", InvalidRequest),
        (b"\x00\x00\x00\x09abc", DaemonLost),
        (b"\x00", DaemonLost),
    ],
)
def test_what_is_no_frame(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(data)


def test_too_large_a_frame_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_FRAME_BYTES", 100)
    with pytest.raises(FrameTooLarge, match="work on a smaller document"):
        protocol.encode(Chunk(1, protocol.raw("x" * 100)))


def test_typed_errors_cross_by_name() -> None:
    (frame,) = read(protocol.encode(Failure(1, ContextOverflow("Too long.", "cut it").to_wire())))
    assert isinstance(frame, Failure)
    error = from_wire(frame.error)
    assert (type(error), error.message, error.mend) == (ContextOverflow, "Too long.", "cut it")


def test_error_of_a_type_unknown_here_becomes_its_nearest_base() -> None:
    body = ContextOverflow("Too long.").to_wire()
    body["types"].insert(0, "ContextOverflowOfAnEngineNotLoaded")
    assert type(from_wire(body)) is ContextOverflow
    assert type(from_wire({"message": "Odd."})) is TurnstileError
