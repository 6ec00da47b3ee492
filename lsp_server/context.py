"""What a completion is told of beyond its document: pieces from the workspace index, recent edits, diagnostics."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from msgspec.structs import replace
from pygls.uris import from_fs_path, to_fs_path

from turnstile_lsp.agents.coder.context import NO_CONTEXT, Context, Snippet
from turnstile_lsp.agents.coder.index.client import IndexClient, query_at
from turnstile_lsp.agents.coder.index.ignore import Withheld
from turnstile_lsp.lsp_server.recent_edits import RecentEdits

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.completion_items import Place
    from turnstile_lsp.lsp_server.session import Session
    from turnstile_lsp.lsp_server.text_document import TextDocument

logger = logging.getLogger(__name__)

_SEVERITIES = {types.DiagnosticSeverity.Error: "error", types.DiagnosticSeverity.Warning: "warning"}


class Contexts:
    """One connection's. An index is kept for each workspace folder with an open document, where the setting says so."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._workspace = session.server.workspace
        self._client_watches = False
        self._diagnostics: dict[str, Sequence[types.Diagnostic]] = {}
        self.edits = RecentEdits()
        self._workspace.on_change.append(self.edits.changed)
        self.index = IndexClient(session.syntax, lambda problem: session.status.tell_once(problem, problem))

    async def start(self) -> None:
        """Ask the client to tell which files change, where it can."""
        workspace = self._session.server.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if not watching or not watching.dynamic_registration:
            return
        self._client_watches = True
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*")])
        registration = types.Registration("index", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        self._session.server.client_register_capability(types.RegistrationParams([registration]))

    async def opened(self, uri: str) -> None:
        """A document was opened: its folder is indexed from now on."""
        folder, path = self._workspace.folder_of(uri), to_fs_path(self._workspace.owner(uri))
        if folder is not None and path is not None and await self._is_indexed(folder):
            self.index.used(path)

    async def settings_changed(self) -> None:
        """Settings or folders are others than before: index those that are wanted, and no others."""
        for folder in self.index.folders:
            await self._is_indexed(folder)
        for uri in list(self._workspace.text_documents):
            await self.opened(uri)

    def files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        """`workspace/didChangeWatchedFiles`."""
        self.index.changed([path for change in params.changes if (path := to_fs_path(change.uri))])

    def diagnosed(self, params: types.CodeActionParams) -> None:
        """A client tells a server of others' diagnostics only when it asks for code actions, mostly at the cursor."""
        self._diagnostics = {params.text_document.uri: params.context.diagnostics}

    def is_withheld(self, document: TextDocument) -> bool:
        """Whether a document is sent to no model: it holds secrets, or a `.turnstileignore` excludes it."""
        uri = self._workspace.owner(document.uri)
        return Path((to_fs_path(uri) if uri.startswith("file:") else None) or uri) in Withheld()

    def path(self, uri: str) -> str:
        """The path of a document, or of a cell's notebook, as prompts name it: relative to its workspace folder, else
        its file name."""
        path = to_fs_path(self._workspace.owner(uri)) or uri
        folder = self._workspace.folder_of(uri)
        return Path(path).relative_to(folder).as_posix() if folder else Path(path).name

    async def of(self, place: Place) -> Context:
        """The context of a place. Waits some milliseconds at most."""
        document = place.document
        line = place.range.start.line
        if not self._workspace.owner(document.uri).startswith("file:"):
            return NO_CONTEXT
        return replace(
            self.edits.context(document, line, self._shown_path),
            path=self.path(document.uri),
            snippets=await self._retrieve(place),
            diagnostics=self._diagnosed(document.uri, line),
        )

    async def close(self) -> None:
        """Ask nothing more."""
        await self.index.stop()

    async def _is_indexed(self, folder: Path) -> bool:
        settings = (await self._session.configuration.of(from_fs_path(str(folder)) or "")).settings.complete
        wanted = settings.enabled and settings.index and folder in self._folders()
        if wanted:
            self.index.open(folder, watch=not self._client_watches)
        else:
            self.index.close(folder)
        return wanted

    def _folders(self) -> list[Path]:
        uris = [*self._workspace.folders, self._workspace.root_uri]
        return [Path(path) for uri in uris if uri and (path := to_fs_path(uri))]

    async def _retrieve(self, place: Place) -> Sequence[Snippet]:
        folder = self._workspace.folder_of(place.document.uri)
        if folder is None:
            return ()
        query = query_at(place.cursor, folder, self.path(place.document.uri), place.head)
        return await self.index.retrieve(place.document.uri, place.offset, query)

    def _shown_path(self, document: TextDocument) -> str | None:
        is_open = document in self._workspace.text_documents.values()
        return (
            self.path(document.uri)
            if is_open and document.path is not None and not self.is_withheld(document)
            else None
        )

    def _diagnosed(self, uri: str, line: int) -> list[str]:
        return [
            f"{_SEVERITIES[diagnostic.severity]}: {diagnostic.message}"
            for diagnostic in self._diagnostics.get(uri, ())
            if diagnostic.severity in _SEVERITIES and abs(diagnostic.range.start.line - line) <= 1
        ]
