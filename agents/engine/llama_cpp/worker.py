"""The worker process: reads frames in one thread, computes in another. Ends with its parent or its standard input."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections import deque
from typing import BinaryIO

from turnstile_lsp.agents.engine.base import Chunk, Priority
from turnstile_lsp.agents.engine.llama_cpp import frames
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.processes import die_with_parent


def main() -> None:
    """Run until standard input closes. Argument: the parent's process id."""
    die_with_parent(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Libraries may print; only frames may reach the pipe.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    Worker(sys.stdin.buffer, output).run()


ForScheduler = frames.Generate | frames.Cancel | frames.HoldSearch


class Worker:
    """One model. The reader thread answers what needs no computing and interrupts a batch that is no longer wanted."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source = source
        self._sink = sink
        self._sending = threading.Lock()
        self._changed = threading.Condition()
        self._inbox: deque[ForScheduler] = deque()
        self._computing: frozenset[int] = frozenset()
        self._computing_search = False

    def run(self) -> None:
        """Load the model that the first frame names, then serve."""
        load = self._read()
        if not isinstance(load, frames.Load):
            return
        # Imported here and not on top: the parent's death signal must be set before anything slow.
        from turnstile_lsp.agents.engine.llama_cpp.context import Abort
        from turnstile_lsp.agents.engine.llama_cpp.model import Model
        from turnstile_lsp.agents.engine.llama_cpp.scheduler import Scheduler

        try:
            self._model = Model(load.path, load.options)
        except TurnstileError as error:
            self._send(frames.Failed(None, error.to_wire()))
            return
        self._abort = Abort()
        self._scheduler = Scheduler(self._model, load.options, load.threads, self._abort)
        self._send(self._model.describe())
        threading.Thread(target=self._read_all, daemon=True).start()
        while True:
            self._serve()

    def _serve(self) -> None:
        """Take what has arrived, then compute one batch, or wait for work."""
        with self._changed:
            while not self._inbox and self._scheduler.next_lane() is None:
                self._changed.wait()
            arrived = list(self._inbox)
            self._inbox.clear()
        for frame in arrived:
            self._take(frame)
        lane = self._scheduler.next_lane()
        if lane is None:
            return
        with self._changed:
            if self._inbox:
                return
            self._abort.clear()
            self._computing = frozenset(job.number for job in lane.jobs)
            self._computing_search = self._scheduler.is_search(lane)
        lane.step(self._fail)
        with self._changed:
            self._computing, self._computing_search = frozenset(), False

    def _take(self, frame: ForScheduler) -> None:
        from turnstile_lsp.agents.engine.llama_cpp.jobs import Job

        if isinstance(frame, frames.Cancel):
            self._scheduler.cancel(frame.id)
            return
        if isinstance(frame, frames.HoldSearch):
            self._scheduler.search_held = frame.held
            return

        def send(chunk: Chunk) -> None:
            self._send(frames.Piece(frame.id, chunk))

        try:
            self._scheduler.add(Job(self._model, frame.id, frame.request, send))
        except TurnstileError as error:
            self._fail(frame.id, error)

    def _read_all(self) -> None:
        while (frame := self._read()) is not None:
            if isinstance(frame, frames.Tokenize):
                self._tokenize(frame)
            elif isinstance(frame, frames.GetStatistics):
                scheduler = self._scheduler
                with self._changed:
                    running = scheduler.running + len(self._inbox)
                self._send(frames.Statistics(frame.id, scheduler.decoded, scheduler.aborted, running))
            elif isinstance(frame, ForScheduler):
                self._deliver(frame)
        os._exit(0)

    def _deliver(self, frame: ForScheduler) -> None:
        with self._changed:
            self._inbox.append(frame)
            if isinstance(frame, frames.Cancel):
                unwanted = frame.id in self._computing
            elif isinstance(frame, frames.HoldSearch):
                unwanted = self._computing_search and frame.held
            else:
                unwanted = self._computing_search and frame.request.priority == Priority.INTERACTIVE
            if unwanted:
                self._abort.set()
            self._changed.notify()

    def _tokenize(self, frame: frames.Tokenize) -> None:
        try:
            self._send(frames.Tokens(frame.id, self._model.user_tokens(frame.text)))
        except TurnstileError as error:
            self._fail(frame.id, error)

    def _fail(self, number: int, error: TurnstileError) -> None:
        self._send(frames.Failed(number, error.to_wire()))

    def _read(self) -> frames.ToWorker | None:
        head = self._source.read(frames.LENGTH_BYTES)
        body = self._source.read(int.from_bytes(head, "big"))
        return frames.decode_to_worker(body) if body else None

    def _send(self, frame: frames.FromWorker) -> None:
        with self._sending, contextlib.suppress(BrokenPipeError):
            self._sink.write(frames.encode(frame))
            self._sink.flush()


if __name__ == "__main__":
    main()
