"""Frames of LSP's base protocol (headers, empty line, JSON body), parsed from chunks of any size."""

from __future__ import annotations

import re
from typing import NamedTuple

MAXIMUM_BODY = 64 * 1024 * 1024
"""Bytes; a larger body is skipped and reported, never held in memory."""

MAXIMUM_HEADERS = 16 * 1024
"""Bytes; what is longer without an empty line is not this protocol."""

_CONTENT_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*", re.IGNORECASE)


class NotAFrame(Exception):
    """The stream is not LSP's base protocol, or was broken: where the next frame starts cannot be known."""


class Refused(NamedTuple):
    """A frame that was skipped because its body has `length` bytes, more than `MAXIMUM_BODY`."""

    length: int


class FrameParser:
    """Takes the bytes as they come and gives the bodies that are whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted: int | None = None
        self._skip = 0

    def feed(self, chunk: bytes) -> list[bytes | Refused]:
        """The frames that this chunk completes. Raises `NotAFrame`, after which nothing more can be parsed."""
        skipped = min(self._skip, len(chunk))
        self._skip -= skipped
        self._buffer += chunk[skipped:]
        frames: list[bytes | Refused] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> bytes | Refused | None:
        if self._wanted is None:
            end = self._buffer.find(b"\r\n\r\n", 0, MAXIMUM_HEADERS)
            if end < 0:
                if len(self._buffer) >= MAXIMUM_HEADERS:
                    raise NotAFrame("no end of headers")
                return None
            length = self._content_length(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
            if length > MAXIMUM_BODY:
                self._skip = length - len(self._buffer)
                del self._buffer[:length]
                self._skip = max(self._skip, 0)
                return Refused(length)
            self._wanted = length
        if len(self._buffer) < self._wanted:
            return None
        body = bytes(self._buffer[: self._wanted])
        del self._buffer[: self._wanted]
        self._wanted = None
        return body

    def _content_length(self, headers: bytes) -> int:
        for line in headers.split(b"\r\n"):
            if match := _CONTENT_LENGTH.fullmatch(line):
                return int(match[1])
        raise NotAFrame("no Content-Length")
