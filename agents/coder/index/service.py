"""All indexes of one syntax process. It tells, asks, and gives time in small pieces; nothing here blocks or raises."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from turnstile_lsp.agents.coder.index import messages
from turnstile_lsp.agents.coder.index.watching import Watcher
from turnstile_lsp.agents.coder.index.workspace_index import WorkspaceIndex

logger = logging.getLogger(__name__)

_ANOTHER_WRITER_SECONDS = 5.0
_WATCHER_SECONDS = 0.5
_LONGEST_HOLD = 30.0
_encode = msgspec.msgpack.encode


class IndexService:
    """The indexes of the workspace folders that are open."""

    def __init__(self) -> None:
        self._indexes: dict[str, WorkspaceIndex] = {}
        self._watchers: dict[str, Watcher | None] = {}
        self._problems: dict[str, str] = {}
        self._held_until = 0.0
        self._tell: Mapping[str, tuple[type[Any], Callable[[Any], None]]] = {
            "index.open": (messages.Opened, self._open),
            "index.close": (messages.Folder, self._close),
            "index.changed": (messages.Changed, self._changed),
            "index.used": (messages.Used, self._used),
            "index.hold": (messages.Hold, self._hold),
        }
        self._ask: Mapping[str, tuple[type[Any], Callable[[Any], Any]]] = {
            "index.retrieve": (messages.Query, self._retrieve),
            "index.status": (messages.Folder, self._status),
        }

    def tell(self, method: str, body: bytes) -> None:
        """Take a message that has no answer."""
        self._call(self._tell, method, body)

    def ask(self, method: str, body: bytes) -> bytes:
        """Answer a question: msgpack, nil where there is no answer."""
        return _encode(self._call(self._ask, method, body))

    def step(self) -> bool:
        """Index for some milliseconds; whether there is more to do at once."""
        if time.monotonic() < self._held_until:
            return False
        more = False
        for folder, index in list(self._indexes.items()):
            try:
                self._watch(folder, index)
                more = index.step() or more
            except (sqlite3.Error, OSError) as error:
                self._give_up(folder, error)
        return more

    def wait_seconds(self) -> float | None:
        """How long there is nothing to do unless a message comes; None: for ever."""
        if not self._indexes:
            return None
        held = self._held_until - time.monotonic()
        if held > 0:
            return held
        return _WATCHER_SECONDS if self._watchers else _ANOTHER_WRITER_SECONDS

    def close(self) -> None:
        """Close all."""
        for folder in list(self._indexes):
            self._close(messages.Folder(folder=folder))

    def _call(self, methods: Mapping[str, tuple[type[Any], Callable[[Any], Any]]], method: str, body: bytes) -> Any:
        try:
            kind, function = methods[method]
            return function(msgspec.msgpack.decode(body, type=kind))
        except Exception as error:  # A fault in here must not cost the documents' syntax.
            logger.warning("%s: %s", method, error)
            return None

    def _open(self, message: messages.Opened) -> None:
        if message.folder in self._indexes:
            return
        try:
            self._indexes[message.folder] = WorkspaceIndex(Path(message.folder))
        except (sqlite3.Error, OSError) as error:
            self._problems[message.folder] = f"There is no index of {message.folder}: {error}."
            return
        if message.watch:
            self._watchers[message.folder] = None

    def _watch(self, folder: str, index: WorkspaceIndex) -> None:
        """Pass on what was seen to change; watch all folders that are indexed, once they are known."""
        if folder not in self._watchers:
            return
        watcher = self._watchers[folder]
        if watcher is not None and (paths := watcher.take()):
            self._changed(messages.Changed(paths=paths))
        if index.is_ready and (watcher is None or watcher.folders != index.folders):
            if watcher is not None:
                watcher.close()
            self._watchers[folder] = Watcher(index.folders)

    def _close(self, message: messages.Folder) -> None:
        if watcher := self._watchers.pop(message.folder, None):
            watcher.close()
        if index := self._indexes.pop(message.folder, None):
            index.close()

    def _give_up(self, folder: str, error: Exception) -> None:
        self._problems[folder] = f"The index of {folder} cannot be kept: {error}. Free some room on the disk."
        logger.warning("%s", self._problems[folder])
        self._close(messages.Folder(folder=folder))

    def _changed(self, message: messages.Changed) -> None:
        for index, paths in self._by_index(message.paths).items():
            self._indexes[index].changed(paths)

    def _used(self, message: messages.Used) -> None:
        for index, paths in self._by_index([message.path]).items():
            self._indexes[index].used(paths[0])

    def _hold(self, message: messages.Hold) -> None:
        self._held_until = time.monotonic() + min(message.seconds, _LONGEST_HOLD)

    def _retrieve(self, query: messages.Query) -> messages.Found | None:
        index = self._indexes.get(query.folder)
        return messages.Found(snippets=index.retrieve(query), problem=index.problem) if index else None

    def _status(self, message: messages.Folder) -> messages.IndexStatus | None:
        if problem := self._problems.get(message.folder):
            return messages.IndexStatus(files=0, ready=False, problem=problem)
        index = self._indexes.get(message.folder)
        return index.status() if index else None

    def _by_index(self, paths: Sequence[str]) -> dict[str, list[str]]:
        """Absolute paths by the innermost open folder that they are in, relative to it."""
        found: dict[str, list[str]] = {}
        for path in paths:
            folders = [folder for folder in self._indexes if path.startswith(folder.rstrip(os.sep) + os.sep)]
            if folders:
                folder = max(folders, key=len)
                found.setdefault(folder, []).append(os.path.relpath(path, folder).replace(os.sep, "/"))
        return found
