"""What a completion is told of beyond its notebook: pieces of the files around it, from the workspace index."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from turnstile_lsp.agents.coder.context import Context
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.index.client import IndexClient, is_workspace, query_at
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess
from turnstile_lsp.agents.settings import CompleteSettings

_MOST_FOLDERS = 4


class Contexts:
    """One Jupyter server's. Indexed is `root`, the folder that the server shows; where that is a whole home folder or a
    disk, the folders of the notebooks, a few at a time; nothing where it shows none. Paths of notebooks and files are
    relative to `root`."""

    def __init__(self, root: Path | None, syntax: SyntaxProcess) -> None:
        self._root = root
        self._problems: list[str] = []
        self._index = IndexClient(syntax, lambda problem: self._problems.append(problem))
        self._used = ""

    @property
    def folders(self) -> Sequence[Path]:
        """Those that are indexed."""
        return self._index.folders

    def follow(self, settings: CompleteSettings, path: str) -> None:
        """The user is in a notebook or file: index its folder, or nothing, as the settings say."""
        root = self._root
        folder = folder_of(root, path) if settings.enabled and settings.index else None
        others = [other for other in self._index.folders if other != folder]
        for other in others if folder is None else others[: 1 - _MOST_FOLDERS]:
            self._index.close(other)
        if root is None or folder is None:
            return
        self._index.open(folder, watch=True)
        if path != self._used:
            self._used = path
            self._index.used(str(root / path))

    def problems(self) -> list[str]:
        """What the user is to be told of the indexes and was not yet."""
        problems, self._problems[:] = list(self._problems), []
        return problems

    def held(self) -> AbstractContextManager[None]:
        """Nothing is indexed while a completion runs."""
        return self._index.held()

    async def of(self, document: CompletionDocument, offset: int) -> Context:
        """The context of a place. Waits some milliseconds at most."""
        folder = folder_of(self._root, document.path)
        if self._root is None or folder is None:
            return Context(path=document.path)
        above = folder.relative_to(self._root).as_posix()
        path = posixpath.relpath(document.path, above) if document.path else ""  # as the index names files
        query = query_at(Cursor(document, offset), folder, path, document.text)
        return Context(path=path, snippets=await self._index.retrieve(document.path, offset, query))

    async def close(self) -> None:
        """Ask nothing more."""
        await self._index.stop()


def folder_of(root: Path | None, path: str) -> Path | None:
    """The folder to index for a notebook or file: the root; where that is too much, the one that it is in, if any."""
    if root is None or is_workspace(root):
        return root
    folder = Path(os.path.normpath(root / path)).parent
    return folder if path and folder.is_relative_to(root) and is_workspace(folder) else None
