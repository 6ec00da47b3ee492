"""The engine for a local model: starts its worker process on demand and again after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
from collections.abc import AsyncGenerator
from pathlib import Path

import psutil
from msgspec.structs import replace

from turnstile_lsp.agents.engine.base import Chunk, Description, Request
from turnstile_lsp.agents.engine.llama_cpp import frames
from turnstile_lsp.agents.engine.llama_cpp.process import WorkerProcess
from turnstile_lsp.agents.engine.validate import validate
from turnstile_lsp.agents.errors import BadModelFile, LocalModelsNotInstalled, ModelNotFound
from turnstile_lsp.agents.models.names import LocalModel
from turnstile_lsp.agents.settings import LocalOptions

_MAGIC = b"GGUF"
_HEADER_BYTES = 24
_SMALL_MODEL_BYTES = 64 * 2**20
_INSTALL = "pip install 'turnstile-lsp[local]'"


class LlamaCppEngine:
    """An `Engine` over one GGUF. Belongs to the event loop in which it is first used."""

    def __init__(self, model: LocalModel, options: LocalOptions | None = None) -> None:
        self._model = model
        self._options = options or LocalOptions()
        self._worker: WorkerProcess | None = None
        self._starting: asyncio.Task[WorkerProcess] | None = None
        self._facts: frames.Loaded
        self._pauses = 0

    async def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `Engine.generate`."""
        validate(request)
        worker = await self._running_worker()
        async with contextlib.aclosing(worker.generate(request)) as chunks:
            async for chunk in chunks:
                yield replace(chunk, model=self._model.name) if chunk.timings else chunk

    async def tokenize(self, text: str) -> list[int]:
        """See `Engine.tokenize`."""
        worker = await self._running_worker()
        answer = await worker.ask(lambda number: frames.Tokenize(number, text))
        assert isinstance(answer, frames.Tokens)
        return answer.tokens

    async def describe(self) -> Description:
        """See `Engine.describe`. A card decides whether the model fills in the middle; else its vocabulary does."""
        await self._running_worker()
        facts, card = self._facts, self._model.card
        fim = facts.fim if card is None or card.fim else None
        return Description(
            model=self._model.name,
            context_length=facts.context_length,
            fim=fim,
            bos=facts.bos,
            languages_automatic=card.languages_automatic if card else None,
            confidence_threshold=card.threshold if card else None,
            prefix_tokens=card.prefix_tokens if card else None,
            suffix_tokens=card.suffix_tokens if card else None,
            context_tokens=card.context_tokens if card else None,
        )

    async def statistics(self) -> frames.Statistics:
        """What the worker has computed since it started."""
        worker = await self._running_worker()
        answer = await worker.ask(frames.GetStatistics)
        assert isinstance(answer, frames.Statistics)
        return answer

    async def decoded(self) -> int:
        """Tokens computed so far, prompts included; 0 where no worker runs."""
        return (await self.statistics()).decoded if self._worker and self._worker.alive else 0

    def pause_search(self) -> None:
        """Abort what is computed for search requests, and compute nothing for them until as many `resume_search`."""
        self._pauses += 1
        if self._pauses == 1 and self._worker:
            self._worker.hold_search(True)

    def resume_search(self) -> None:
        """Take back one `pause_search`."""
        self._pauses -= 1
        if self._pauses == 0 and self._worker:
            self._worker.hold_search(False)

    @property
    def process_id(self) -> int | None:
        """Of the worker, while one runs."""
        return self._worker.id if self._worker and self._worker.alive else None

    async def close(self) -> None:
        """See `Engine.close`."""
        starting, self._starting = self._starting, None
        if starting:
            starting.cancel()
            await asyncio.wait([starting])
        worker, self._worker = self._worker, None
        if worker:
            await worker.stop()

    async def _running_worker(self) -> WorkerProcess:
        if self._worker and self._worker.alive:
            return self._worker
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(self._started)
        # Shielded: a keystroke that cancels its request must not stop a large model from being loaded.
        return await asyncio.shield(self._starting)

    def _started(self, task: asyncio.Task[WorkerProcess]) -> None:
        self._starting = None
        if not task.cancelled() and task.exception() is None:
            self._worker = task.result()
            if self._pauses:
                self._worker.hold_search(True)

    async def _start(self) -> WorkerProcess:
        check_file(Path(self._model.path))
        if importlib.util.find_spec("llama_cpp") is None:
            raise LocalModelsNotInstalled(f"Local models need llama.cpp; run {_INSTALL}.", _INSTALL)
        threads = self._options.threads or default_threads(Path(self._model.path))
        worker, self._facts = await WorkerProcess.start(frames.Load(self._model.path, self._options, threads))
        return worker


def check_file(path: Path) -> None:
    """Raises `ModelNotFound` or `BadModelFile` for what is seen without loading the model."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise ModelNotFound(f"The model file {path} cannot be read: {error.strerror}.") from error
    if not header.startswith(_MAGIC):
        raise BadModelFile(f"{path} is not a GGUF file; name one that llama.cpp can load.")
    if len(header) < _HEADER_BYTES:
        raise BadModelFile(f"{path} is cut short after {len(header)} bytes; fetch it again.")


def default_threads(path: Path) -> int:
    """One per physical core that this process may use: a second thread on a core slows llama.cpp down. A small model
    gets one thread, as waiting for each other would cost its threads more than they gain."""
    if path.stat().st_size < _SMALL_MODEL_BYTES:
        return 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))
