"""pygls' workspace with documents of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from lsprotocol.types import TextDocumentContentChangeEvent, VersionedTextDocumentIdentifier
from pygls import workspace as pygls_workspace
from pygls.uris import to_fs_path

from turnstile_lsp.lsp_server.text_document import TextDocument

logger = logging.getLogger(__name__)


class Workspace(pygls_workspace.Workspace):
    """Open documents and the folders they are in. `on_change`: hear of each change before it is applied."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.on_change: list[Callable[[TextDocument, TextDocumentContentChangeEvent], None]] = []

    @classmethod
    def like(cls, other: pygls_workspace.Workspace) -> Workspace:
        """A workspace with the root, folders and position encoding of another."""
        return cls(other.root_uri, other._sync_kind, list(other.folders.values()), other.position_encoding)

    def document(self, uri: str) -> TextDocument | None:
        """An open document, else the file itself; None where there is neither."""
        if (opened := self.text_documents.get(self._key(uri))) is not None:
            return cast(TextDocument, opened)
        path = to_fs_path(uri) if uri.startswith("file:") else None
        if path is None:
            return None
        try:
            with open(path, encoding="utf-8", errors="replace", newline="") as file:
                return self._create_text_document(uri, file.read())
        except OSError:
            return None

    def owner(self, uri: str) -> str:
        """The URI of the notebook that a cell is in; any other document's own."""
        notebook = self.get_notebook_document(cell_uri=uri)
        return notebook.uri if notebook is not None else uri

    def folder_of(self, uri: str) -> Path | None:
        """The innermost workspace folder that a document, or a cell's notebook, is in."""
        uri = self.owner(uri)
        path = to_fs_path(uri) if uri.startswith("file:") else None
        folders = (to_fs_path(folder_uri) for folder_uri in [*self.folders, self.root_uri] if folder_uri)
        holding = [Path(folder) for folder in folders if path and folder and Path(path).is_relative_to(folder)]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    def update_text_document(
        self, text_doc: VersionedTextDocumentIdentifier, change: TextDocumentContentChangeEvent
    ) -> None:
        """Apply a change; one to a document that was never opened (its `didOpen` was refused) is dropped."""
        if (document := self.text_documents.get(self._key(text_doc.uri))) is not None:
            for hear in self.on_change:
                hear(cast(TextDocument, document), change)
            super().update_text_document(text_doc, change)
        else:
            logger.warning("A change to a document that is not open was dropped.")

    def _key(self, uri: str) -> str:
        return unquote(uri)

    def _create_text_document(  # type: ignore[override]
        self, doc_uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None
    ) -> TextDocument:
        return TextDocument(
            doc_uri, source or "", version=version, language_id=language_id, encoding=self.position_encoding or "utf-16"
        )
