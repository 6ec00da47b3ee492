"""Frames come out whole, however the stream is cut; too large ones are skipped, broken streams are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.lsp_server import frames
from turnstile_lsp.lsp_server.frames import FrameParser, NotAFrame, Refused


def frame(body: bytes, header: bytes = b"Content-Length") -> bytes:
    return header + b": %d\r\n\r\n" % len(body) + body


@given(st.lists(st.binary(max_size=40), max_size=5), st.integers(1, 60))
def test_chunks_of_any_size_give_the_same_bodies(bodies: list[bytes], size: int) -> None:
    stream = b"".join(map(frame, bodies))
    parser = FrameParser()
    parsed = [body for i in range(0, len(stream), size) for body in parser.feed(stream[i : i + size])]
    assert parsed == bodies


def test_header_names_are_case_insensitive_and_other_headers_are_passed_over() -> None:
    stream = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-LENGTH:2\r\n\r\n{}"
    assert FrameParser().feed(stream) == [b"{}"]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_frame_that_is_too_large_is_skipped_and_the_next_one_works(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "MAXIMUM_BODY", 100)
    stream = frame(b"x" * 250) + frame(b"{}")
    parser = FrameParser()
    parsed = [body for i in range(0, len(stream), size) for body in parser.feed(stream[i : i + size])]
    assert parsed == [Refused(250), b"{}"]


def test_the_body_of_a_refused_frame_is_not_held() -> None:
    parser = FrameParser()
    length = frames.MAXIMUM_BODY + 1
    assert parser.feed(b"Content-Length: %d\r\n\r\n" % length) == [Refused(length)]
    chunk = bytes(1024 * 1024)
    for _ in range(64):
        assert parser.feed(chunk) == []
        assert len(parser._buffer) == 0
    assert parser.feed(b"x" + frame(b"{}")) == [b"{}"]


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"Content-Length: -5\r\n\r\n{}",
        b"Content-Length: many\r\n\r\n{}",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"x" * frames.MAXIMUM_HEADERS,
    ],
)
def test_what_is_no_frame_is_told(stream: bytes) -> None:
    with pytest.raises(NotAFrame):
        FrameParser().feed(stream)
