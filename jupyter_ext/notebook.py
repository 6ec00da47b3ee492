"""All Lean cells of a notebook, as one Lean document that grows."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import LeanMessage
from turnstile_lsp.agents.lean.project import folders_to_trust
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.results import Finished, ProveRequest, client_environment
from turnstile_lsp.agents.prover.search.options import model_options
from turnstile_lsp.agents.settings import Resolved
from turnstile_lsp.agents.trust import TrustStore

_MAY_BE_A_HOLE = re.compile(r"\b(sorry|by)\b")


class _Cell(Struct, frozen=True):
    """A cell that went through, as it stands in the document, with its proofs."""

    key: str
    text: str


class Notebook:
    """The cells that went through so far, in the order in which they first ran. One that runs again, which is told by its
    `key`, takes its old place, changed or not. Methods raise `TurnstileError`s."""

    def __init__(self) -> None:
        self._cells: list[_Cell] = []
        self._daemon: Daemon | None = None

    def reset(self) -> None:
        """Forget all cells."""
        self._cells.clear()

    async def check(self, cell: str, key: str) -> list[tuple[int, LeanMessage]]:
        """What Lean says of a cell after the cells before it, each with its line in the cell, from 1. A cell without an
        error becomes part of the document."""
        place, before = self._place(key)
        file, text = self._file(), f"{before}{cell}\n"
        toolchain = await discover(file, text, environment=os.environ, trusted=_is_trusted(file))
        daemon = await self._connected()
        session = await daemon.lean().session(toolchain, "")
        try:
            elaboration = await session.elaborate(text)
        finally:
            await session.close()
        messages = [message for message in elaboration.messages() if message.start >= len(before)]
        if not any(message.severity == "error" for message in messages):
            self._accept(place, key, f"{cell}\n")
        return [(text.count("\n", len(before), message.start) + 1, message) for message in messages]

    async def prove(self, cell: str, key: str, resolved: Resolved, *, shortest: bool) -> tuple[Finished, str]:
        """Prove the holes of a cell; what came of it, and the cell with its proofs. A cell whose proofs stand becomes part
        of the document."""
        if not _MAY_BE_A_HOLE.search(cell):
            raise InvalidRequest("There is nothing to prove in this cell: it has no `sorry` and no `by`.")
        place, before = self._place(key)
        file, text, settings = self._file(), f"{before}{cell}\n", resolved.settings.prove
        request = ProveRequest(
            text=text,
            path=str(file),
            offsets=line_starts(text, len(before)),
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
                    proved = event.text[len(before) :]
                    if event.results and all(result.status == "proved" for result in event.results):
                        self._accept(place, key, proved)
                    return event, proved.strip("\n")
        except BaseException:
            await daemon.cancel(job)
            raise
        raise AssertionError("a job's last event is Finished")

    def _place(self, key: str) -> tuple[int, str]:
        """Where a cell is or will be among the others, and the text of those before it."""
        place = next((index for index, old in enumerate(self._cells) if old.key == key), len(self._cells))
        return place, "".join(old.text for old in self._cells[:place])

    def _accept(self, place: int, key: str, text: str) -> None:
        self._cells[place : place + 1] = [_Cell(key, text)]

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
