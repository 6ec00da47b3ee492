"""All Lean cells of a notebook, as one Lean document that grows."""

from __future__ import annotations

import os
from pathlib import Path

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.lean.base import LeanMessage
from turnstile_lsp.agents.lean.project import folders_to_trust
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.results import Finished, ProveRequest, client_environment
from turnstile_lsp.agents.prover.search.options import model_options
from turnstile_lsp.agents.settings import Resolved
from turnstile_lsp.agents.trust import TrustStore


class Notebook:
    """The text of the cells that went through so far. Its methods raise `TurnstileError`s."""

    def __init__(self) -> None:
        self._text = ""
        self._cell_start = 0
        self._daemon: Daemon | None = None

    def reset(self) -> None:
        """Forget all cells."""
        self._text = ""

    async def check(self, cell: str) -> list[LeanMessage]:
        """What Lean says of a cell after the cells before it. A cell without an error becomes part of the document."""
        text = self._with(cell)
        file = self._file()
        toolchain = await discover(file, text, environment=os.environ, trusted=_is_trusted(file))
        daemon = await self._connected()
        session = await daemon.lean().session(toolchain, "", judge=False)
        try:
            elaboration = await session.elaborate(text)
        finally:
            await session.close()
        messages = [message for message in elaboration.messages() if message.start >= len(self._text)]
        if not any(message.severity == "error" for message in messages):
            self._text = text
        return messages

    async def prove(self, cell: str, resolved: Resolved, *, shortest: bool) -> Finished:
        """Prove the holes of a cell. A cell whose proofs stand becomes part of the document."""
        file, text, settings = self._file(), self._with(cell), resolved.settings.prove
        request = ProveRequest(
            text=text,
            path=str(file),
            offsets=line_starts(text, len(self._text)),
            budget=settings.budget,
            stages=settings.stages,
            shortest=shortest,
            model=settings.model,
            samples=settings.samples,
            model_options=model_options(settings),
            trusted=_is_trusted(file),
            environment=client_environment(),
        )
        daemon = await self._connected()
        job = await daemon.prove(request, resolved.key(settings.model or ""), options_of(resolved.settings))
        try:
            async for event in daemon.attach(job):
                if isinstance(event, Finished):
                    return self._accept(event)
        except BaseException:
            await daemon.cancel(job)
            raise
        raise AssertionError("a job's last event is Finished")

    def cell_of(self, finished: Finished) -> str:
        """The proved cell's own text."""
        return finished.text[self._cell_start :].strip("\n")

    def _accept(self, finished: Finished) -> Finished:
        self._cell_start = len(self._text)
        if finished.results and all(result.status == "proved" for result in finished.results):
            self._text = finished.text
        return finished

    def _with(self, cell: str) -> str:
        return f"{self._text}{cell}\n"

    def _file(self) -> Path:
        return Path.cwd() / "Notebook.lean"

    async def _connected(self) -> Daemon:
        if self._daemon is None:
            self._daemon = await Daemon.connect()
        return self._daemon


def _is_trusted(file: Path) -> bool:
    return all(map(TrustStore().is_trusted, folders_to_trust(file)))


def line_starts(text: str, start: int) -> list[int]:
    """Offsets of the first character of each line from `start` on that is not blank."""
    offsets, position = [], start
    for line in text[start:].split("\n"):
        if line.strip():
            offsets.append(position + len(line) - len(line.lstrip()))
        position += len(line) + 1
    return offsets
