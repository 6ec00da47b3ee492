"""The syntax process: keeps the open documents' syntax, answers questions about it, and indexes the workspace.

One thread, so that what must be answered at once waits for at most one small step of what need not. Ends with its
parent or its standard input.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import sys
from collections import deque

from turnstile_lsp.agents.processes import die_with_parent

NICENESS = 5
"""Steps less urgent than the editor and the models."""

_READ_BYTES = 1 << 18


def main() -> None:
    """Run until standard input closes. Arguments: the parent's process id; the descriptor of a file in which stands the
    number of the document that is worked on, should the process die of it."""
    die_with_parent(int(sys.argv[1]))
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # Imported here and not on top: the parent's death signal must be set before anything slow.
    from turnstile_lsp.agents.coder.index.service import IndexService
    from turnstile_lsp.agents.coder.syntax import frames
    from turnstile_lsp.agents.coder.syntax.service import SyntaxService

    output = os.dup(1)
    os.dup2(2, 1)
    notes = int(sys.argv[2])

    def note(document: int) -> None:
        os.pwrite(notes, document.to_bytes(frames.NOTE_BYTES, "big"), 0)

    inbox, syntax, index = Inbox(0), SyntaxService(note), IndexService()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            body = inbox.next(0)
            if body is None:
                if syntax.step() or index.step():
                    continue
                waits = [wait for wait in (syntax.wait_seconds(), index.wait_seconds()) if wait is not None]
                body = inbox.next(min(waits, default=None))
            if body is None:
                continue
            frame = frames.decode_to_process(body)
            answer: frames.FromProcess | None = None
            if isinstance(frame, frames.Tell):
                index.tell(frame.method, frame.body)
            elif isinstance(frame, frames.Ask):
                answer = frames.Answer(frame.id, index.ask(frame.method, frame.body))
            else:
                answer = syntax.take(frame)
            if answer is not None:
                _write(output, frames.encode(answer))
    index.close()


class Inbox:
    """The frames that arrive at a file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._bodies: deque[bytes] = deque()

    def next(self, seconds: float | None) -> bytes | None:
        """The next frame's body; None where none comes within so many seconds. Raises `EOFError`."""
        while not self._bodies:
            if not select.select([self._descriptor], [], [], seconds)[0]:
                return None
            read = os.read(self._descriptor, _READ_BYTES)
            if not read:
                raise EOFError
            self._buffer += read
            self._take_whole()
        return self._bodies.popleft()

    def _take_whole(self) -> None:
        start = 0
        while len(self._buffer) - start >= 4:
            end = start + 4 + int.from_bytes(self._buffer[start : start + 4], "big")
            if len(self._buffer) < end:
                break
            self._bodies.append(bytes(self._buffer[start + 4 : end]))
            start = end
        del self._buffer[:start]


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main()
