"""The indexes as a front end sees them: told what happens, asked what matters at a cursor, never waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.index import messages

PATIENCE = 0.02
"""Seconds for an answer at a place that nothing is known of yet; a later one serves the next keystroke."""

_BEFORE, _AFTER, _HEAD = 6000, 1500, 4000
_NEARBY = 1500
_AGAIN_AFTER = 0.5
_DOCUMENTS = 16
_LONGEST_COMPLETION = 10.0
_TRIES, _BETWEEN_TRIES = 50, 0.2
_encode = msgspec.msgpack.encode


class Process(Protocol):
    """What holds the indexes: the syntax process."""

    def start(self) -> None:
        """Have it started, if it is not."""

    def tell(self, method: str, body: bytes) -> None:
        """Pass a message on, if it runs."""

    async def ask(self, method: str, body: bytes) -> bytes | None:
        """Its answer; None where it does not run."""


def is_workspace(folder: Path) -> bool:
    """Whether a folder is one that is indexed: a home folder or a disk's root is none."""
    return folder not in (Path.home(), Path(folder.anchor))


def query_at(cursor: Cursor, folder: Path, path: str, head: str) -> messages.Query:
    """What is asked for a cursor in the document `path`, relative to `folder`. `head`: how the document begins."""
    return messages.Query(
        folder=str(folder),
        path=path,
        language=cursor.language.name,
        before=cursor.before(_BEFORE),
        after=cursor.after(_AFTER),
        head=head[:_HEAD],
    )


class _Known:
    """What was last said of a document: at which place, and when it was asked."""

    def __init__(self) -> None:
        self.snippets: Sequence[Snippet] = ()
        self.offset = -1
        self.asked_at = 0.0
        self.asking: asyncio.Task[None] | None = None


class IndexClient:
    """The indexes of one front end's workspace folders. Belongs to its event loop. `tell_user`: gets a sentence where an
    index had to be made anew or cannot be kept."""

    def __init__(self, process: Process, tell_user: Callable[[str], None] | None = None) -> None:
        self._process = process
        self._tell_user = tell_user
        self._folders: dict[Path, asyncio.Task[None]] = {}
        self._watch: dict[Path, bool] = {}
        self._known: dict[str, _Known] = {}
        self._completions = 0
        self._said: set[str] = set()

    @property
    def folders(self) -> Sequence[Path]:
        """Those that are indexed."""
        return list(self._folders)

    def open(self, folder: Path, *, watch: bool) -> None:
        """Keep an index of a folder; `watch`: nobody will tell when its files change. Idempotent."""
        if folder in self._folders or not is_workspace(folder):
            return
        self._watch[folder] = watch
        self._process.start()
        self._folders[folder] = asyncio.create_task(self._open(folder))

    def close(self, folder: Path) -> None:
        """Keep it no longer."""
        if (task := self._folders.pop(folder, None)) is not None:
            task.cancel()
            self._tell("index.close", messages.Folder(folder=str(folder)))

    def changed(self, paths: Sequence[str]) -> None:
        """Files or folders (absolute paths) were made, saved or removed."""
        if self._folders:
            self._tell("index.changed", messages.Changed(paths=paths))

    def used(self, path: str) -> None:
        """The user opened a file."""
        if self._folders:
            self._tell("index.used", messages.Used(path=path))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is indexed while a completion runs."""
        self._completions += 1
        if self._folders and self._completions == 1:
            self._tell("index.hold", messages.Hold(seconds=_LONGEST_COMPLETION))
        try:
            yield
        finally:
            self._completions -= 1
            if self._folders and self._completions == 0:
                self._tell("index.hold", messages.Hold(seconds=0))

    async def status(self, folder: Path) -> messages.IndexStatus | None:
        """How far the index of a folder is; None where there is none (yet)."""
        body = await self._process.ask("index.status", _encode(messages.Folder(folder=str(folder))))
        return None if body is None else msgspec.msgpack.decode(body, type=messages.IndexStatus | None)

    async def retrieve(self, document: str, offset: int, query: messages.Query) -> Sequence[Snippet]:
        """The snippets for a cursor at `offset` of a document (named by its URI, say), the most relevant first. Where
        something is known of this neighbourhood that is given at once, and brought up to date for the next time."""
        if Path(query.folder) not in self._folders:
            return ()
        known = self._known.setdefault(document, _Known())
        now = asyncio.get_running_loop().time()
        elsewhere = known.offset < 0 or abs(known.offset - offset) > _NEARBY
        if known.asking is None and (elsewhere or now - known.asked_at > _AGAIN_AFTER):
            known.asked_at = now
            known.asking = asyncio.create_task(self._ask(known, offset, query))
        if elsewhere and known.asking is not None:
            await asyncio.wait([known.asking], timeout=PATIENCE)
        while len(self._known) > _DOCUMENTS:
            del self._known[next(iter(self._known))]
        return known.snippets

    async def _ask(self, known: _Known, offset: int, query: messages.Query) -> None:
        try:
            body = await self._process.ask("index.retrieve", _encode(query))
            found = None if body is None else msgspec.msgpack.decode(body, type=messages.Found | None)
            if found is not None:
                known.snippets, known.offset = found.snippets, offset
                self._say(found.problem)
            elif (folder := Path(query.folder)) in self._folders and self._folders[folder].done():
                self._folders[folder] = asyncio.create_task(self._open(folder))  # the process is a new one
        finally:
            known.asking = None

    async def _open(self, folder: Path) -> None:
        """Tell the process until it knows: it may just be starting."""
        for _ in range(_TRIES):
            self._tell("index.open", messages.Opened(folder=str(folder), watch=self._watch[folder]))
            if (status := await self.status(folder)) is not None:
                self._say(status.problem)
                return
            await asyncio.sleep(_BETWEEN_TRIES)

    def _say(self, problem: str | None) -> None:
        """Tell the user of a problem, once."""
        if problem and self._tell_user and problem not in self._said:
            self._said.add(problem)
            self._tell_user(problem)

    def _tell(self, method: str, body: Any) -> None:
        self._process.tell(method, _encode(body))

    async def stop(self) -> None:
        """Ask nothing more."""
        tasks = [*self._folders.values(), *(known.asking for known in self._known.values() if known.asking)]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
