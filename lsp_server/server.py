"""The language server: which requests it takes. Each handler delegates at once to the session, which knows what to do.

Only pygls and lsprotocol are loaded here, so that `initialize` is answered at once; the session's modules come later.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from turnstile_lsp import __version__
from turnstile_lsp.lsp_server.protocol import Protocol
from turnstile_lsp.lsp_server.workspace import Workspace

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.session import Session

logger = logging.getLogger(__name__)

TRUST = "turnstile/trust"
"""Client notification `{trusted: bool, folder?: uri}`: the user's word on a folder (without one: on all folders)."""

ACCEPTED = "turnstile.accepted"
"""Command that an accepted completion runs; its argument says which model gave it."""

SHOWN, REJECTED = "turnstile/shown", "turnstile/rejected"
"""Client notifications `{id: integer}`: what became of a completion; `id` is in its command's argument."""


NOTEBOOKS = types.NotebookDocumentSyncOptions([types.NotebookDocumentFilterWithNotebook(notebook="*")])
"""All cells of all notebooks are told."""


class TurnstileServer(LanguageServer):
    """One connection to an editor, made inside a running event loop."""

    protocol: Protocol

    def __init__(self, token: str | None = None) -> None:
        super().__init__("turnstile", __version__, protocol_cls=Protocol, notebook_document_sync=NOTEBOOKS)
        self.protocol.token = token
        self.initialization_options: dict[str, Any] = {}
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        _register(self)

    @property
    def workspace(self) -> Workspace:
        """Open documents and folders."""
        return self.protocol.workspace  # type: ignore[return-value]

    @cached_property
    def session(self) -> Session:
        """All that answers requests. Made when first used, which is after `initialize` was answered."""
        from turnstile_lsp.lsp_server.session import Session

        return Session(self)

    def end(self, exit_code: int) -> None:
        """The connection is over; the first reason counts."""
        if not self._ended.done():
            self._ended.set_result(exit_code)

    async def wait_for_end(self) -> int:
        """Wait until the connection is over, free what it held, and give its exit code."""
        exit_code = await self._ended
        if "session" in self.__dict__:
            await self.session.close()
        return exit_code

    def frame_refused(self, text: str) -> None:
        """A frame over the limit was skipped: tell the user, whose editor will not."""
        logger.warning("%s", text)
        if self.protocol.is_initialized:
            self.session.status.tell_once("frame too large", text)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Faults of notifications go to the log; those of requests are in their answers."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)


def _register(server: TurnstileServer) -> None:
    _register_life(server)
    _register_completion(server)
    _register_lean(server)


def _register_life(server: TurnstileServer) -> None:
    @server.feature(types.INITIALIZED)
    async def initialized(ls: TurnstileServer, params: types.InitializedParams) -> None:
        """The client is ready: ask it for its settings."""
        await ls.session.start()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def workspace_did_change_configuration(
        ls: TurnstileServer, params: types.DidChangeConfigurationParams
    ) -> None:
        """Settings act without a restart."""
        await ls.session.configuration.changed(params.settings)
        await ls.session.contexts.settings_changed()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def workspace_did_change_workspace_folders(
        ls: TurnstileServer, params: types.DidChangeWorkspaceFoldersParams
    ) -> None:
        """A new folder has settings of its own."""
        await ls.session.configuration.fetch()
        await ls.session.contexts.settings_changed()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def workspace_did_change_watched_files(ls: TurnstileServer, params: types.DidChangeWatchedFilesParams) -> None:
        """Files are others than the index knows."""
        ls.session.contexts.files_changed(params)

    @server.feature(TRUST)
    def turnstile_trust(ls: TurnstileServer, params: Any) -> None:
        """The user trusts a folder, or no longer does."""
        ls.session.configuration.trust_changed(params)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def text_document_did_open(ls: TurnstileServer, params: types.DidOpenTextDocumentParams) -> None:
        """A document is there."""
        ls.session.opened(params.text_document.uri)
        await ls.session.contexts.opened(params.text_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    async def notebook_document_did_open(ls: TurnstileServer, params: types.DidOpenNotebookDocumentParams) -> None:
        """A notebook is there."""
        ls.session.cells_opened(params.cell_text_documents)
        await ls.session.contexts.opened(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def notebook_document_did_change(ls: TurnstileServer, params: types.DidChangeNotebookDocumentParams) -> None:
        """Cells came or went."""
        structure = params.change.cells.structure if params.change.cells else None
        if structure is not None:
            ls.session.cells_opened(structure.did_open or [])
            ls.session.cells_closed(structure.did_close or [])

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_document_did_close(ls: TurnstileServer, params: types.DidCloseNotebookDocumentParams) -> None:
        """A notebook is gone."""
        ls.session.cells_closed(params.cell_text_documents)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def text_document_did_close(ls: TurnstileServer, params: types.DidCloseTextDocumentParams) -> None:
        """A document is gone."""
        ls.session.closed(params.text_document.uri)


def _register_completion(server: TurnstileServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def text_document_inline_completion(
        ls: TurnstileServer, params: types.InlineCompletionParams
    ) -> types.InlineCompletionList | None:
        """Ghost text."""
        return await ls.session.lean.inline(params) or await ls.session.completion.inline(params)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION)
    async def text_document_completion(
        ls: TurnstileServer, params: types.CompletionParams
    ) -> types.CompletionList | None:
        """The same answer for editors without ghost text."""
        return await ls.session.completion.listed(params)

    @server.command(ACCEPTED)
    async def accepted(ls: TurnstileServer, params: types.ExecuteCommandParams) -> None:
        """The user took a completion."""
        await ls.session.completion.accepted(params)

    @server.feature(SHOWN)
    def shown(ls: TurnstileServer, params: Any) -> None:
        """A completion is on the screen."""
        ls.session.completion.offers.shown(params)

    @server.feature(REJECTED)
    def rejected(ls: TurnstileServer, params: Any) -> None:
        """The user has dismissed a completion."""
        ls.session.completion.offers.rejected(params)


def _register_lean(server: TurnstileServer) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite]
        ),
    )
    async def text_document_code_action(
        ls: TurnstileServer, params: types.CodeActionParams
    ) -> list[types.CodeAction] | None:
        """What can be proved at the cursor."""
        ls.session.contexts.diagnosed(params)
        return ls.session.lean.code_actions(params)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def text_document_code_lens(ls: TurnstileServer, params: types.CodeLensParams) -> list[types.CodeLens] | None:
        """ "Prove" above lemmas with holes, where the user wants it."""
        return await ls.session.lean.code_lenses(params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def text_document_hover(ls: TurnstileServer, params: types.HoverParams) -> types.Hover | None:
        """What is known of a proof that was made here."""
        return await ls.session.lean.hover(params)

    @server.command("turnstile.prove")
    async def prove(ls: TurnstileServer, params: types.ExecuteCommandParams) -> Any:
        """Prove the lemma at a position and put the proof in."""
        return await ls.session.lean.prove(params)

    @server.command("turnstile.fill")
    async def fill(ls: TurnstileServer, params: types.ExecuteCommandParams) -> Any:
        """Fill the one hole at a position."""
        return await ls.session.lean.fill(params)

    @server.command("turnstile.suggest")
    async def suggest(ls: TurnstileServer, params: types.ExecuteCommandParams) -> Any:
        """Tactics that make progress at a position."""
        return await ls.session.lean.suggest(params)

    @server.command("turnstile.minimise")
    async def minimise(ls: TurnstileServer, params: types.ExecuteCommandParams) -> Any:
        """Put in a shorter proof of the theorem at a position."""
        return await ls.session.lean.minimise(params)

    @server.command("turnstile.cancel")
    async def cancel(ls: TurnstileServer, params: types.ExecuteCommandParams) -> Any:
        """Stop the proofs under way in a document, or everywhere."""
        return await ls.session.lean.cancel(params)
