"""One life of a worker process, seen from its parent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import count

from turnstile_lsp.agents.engine.base import Chunk, Request
from turnstile_lsp.agents.engine.llama_cpp import frames
from turnstile_lsp.agents.errors import EngineFailed, InvalidRequest, TurnstileError, from_wire
from turnstile_lsp.agents.processes import module_command

_STOP_SECONDS = 3.0

Answer = frames.FromWorker | TurnstileError


class WorkerProcess:
    """A process with a loaded model. When it ends, every request under way gets `EngineFailed`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._process = process
        self._input, self._output, self._errors = process.stdin, process.stdout, process.stderr
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Queue[Answer]] = {}
        self._last_words: deque[str] = deque(maxlen=8)
        self._listening = asyncio.create_task(self._listen_to_errors())
        self._reading: asyncio.Task[None] | None = None
        self.alive = True

    @classmethod
    async def start(cls, load: frames.Load) -> tuple[WorkerProcess, frames.Loaded]:
        """Start a process and load the model. Raises `BadModelFile` or `EngineFailed`."""
        process = await asyncio.create_subprocess_exec(
            *module_command("turnstile_lsp.agents.engine.llama_cpp.worker", str(os.getpid())),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        worker = cls(process)
        try:
            worker._write(load)
            first = await worker._read()
        except BaseException as error:
            worker._kill()
            failure = await worker._end()
            if isinstance(error, asyncio.IncompleteReadError | ConnectionError):
                raise failure from None
            raise
        if isinstance(first, frames.Loaded):
            worker._reading = asyncio.create_task(worker._read_answers())
            return worker, first
        await worker._end()
        assert isinstance(first, frames.Failed)
        raise from_wire(first.error)

    @property
    def id(self) -> int:
        return self._process.pid

    async def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The worker's chunks; leaving the iterator early cancels the request."""
        with self._request() as (number, answers):
            self._write(frames.Generate(number, request))
            finished = False
            try:
                while not finished:
                    answer = _checked(await answers.get())
                    assert isinstance(answer, frames.Piece)
                    finished = answer.chunk.timings is not None
                    yield answer.chunk
            except TurnstileError:
                finished = True
                raise
            finally:
                if not finished and self.alive:
                    self._write(frames.Cancel(number))

    async def ask(self, make: Callable[[int], frames.ToWorker]) -> frames.FromWorker:
        """The one answer to the frame that `make` builds around a request number."""
        with self._request() as (number, answers):
            self._write(make(number))
            return _checked(await answers.get())

    def hold_search(self, held: bool) -> None:
        """Stop or resume computing for search requests."""
        if self.alive:
            self._write(frames.HoldSearch(held))

    async def stop(self) -> None:
        """Close the process's standard input, upon which it exits; a stuck one is killed."""
        self._input.close()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._kill()
        await self._end()
        if self._reading:
            await self._reading

    @contextlib.contextmanager
    def _request(self) -> Iterator[tuple[int, asyncio.Queue[Answer]]]:
        number = next(self._numbers)
        answers: asyncio.Queue[Answer] = asyncio.Queue()
        self._answers[number] = answers
        try:
            yield number, answers
        finally:
            del self._answers[number]

    def _write(self, frame: frames.ToWorker) -> None:
        try:
            data = frames.encode(frame)
        except UnicodeEncodeError:
            raise InvalidRequest("The text holds half of a surrogate pair, which is no character.") from None
        self._input.write(data)

    async def _read(self) -> frames.FromWorker:
        head = await self._output.readexactly(frames.LENGTH_BYTES)
        body = await self._output.readexactly(int.from_bytes(head, "big"))
        return frames.decode_from_worker(body)

    async def _read_answers(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                answer = await self._read()
                if not isinstance(answer, frames.Loaded) and answer.id in self._answers:
                    self._answers[answer.id].put_nowait(answer)
        self.alive = False
        error = await self._end()
        for answers in self._answers.values():
            answers.put_nowait(error)

    async def _listen_to_errors(self) -> None:
        async for line in self._errors:
            self._last_words.append(line.decode("utf-8", "replace").strip())

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def _end(self) -> EngineFailed:
        """Wait for the process's end; the error that tells of it."""
        self.alive = False
        code = await self._process.wait()
        await self._listening
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        words = f" Its last words: {' / '.join(self._last_words)}" if self._last_words else ""
        return EngineFailed(f"The model's worker process {how}; ask again and it starts anew.{words}")


def _checked(answer: Answer) -> frames.FromWorker:
    if isinstance(answer, TurnstileError):
        raise answer
    if isinstance(answer, frames.Failed):
        raise from_wire(answer.error)
    return answer
