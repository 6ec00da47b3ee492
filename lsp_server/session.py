"""What a connection has beyond the protocol: settings, status, the daemon, and those who answer requests."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from turnstile_lsp import __version__
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess
from turnstile_lsp.agents.daemon.client import DaemonWhenNeeded
from turnstile_lsp.lsp_server.completion import Completions
from turnstile_lsp.lsp_server.configuration import Configuration
from turnstile_lsp.lsp_server.context import Contexts
from turnstile_lsp.lsp_server.lean import Lean
from turnstile_lsp.lsp_server.status import Status
from turnstile_lsp.lsp_server.syntax import follow

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.server import TurnstileServer


class Session:
    """Made after `initialize`, closed with the connection."""

    def __init__(self, server: TurnstileServer) -> None:
        self.server = server
        self.status = Status(server)
        self.daemon = DaemonWhenNeeded()
        self.configuration = Configuration(server)
        self.syntax = SyntaxProcess()
        self.contexts = Contexts(self)
        self.completion = Completions(self)
        self.lean = Lean(self)
        # What is loaded by now stays; to walk through it at each full collection held the loop for 60 ms.
        gc.freeze()

    async def start(self) -> None:
        """Ask the client for what it did not say in `initialize`. Neither a model nor Lean starts here."""
        if mismatch := version_mismatch(self.server.initialization_options.get("clientVersion")):
            self.status.tell_once("version", mismatch)
        await self.contexts.start()
        await self.configuration.start()

    def opened(self, uri: str) -> None:
        """A document was opened."""
        document = self.server.workspace.document(uri)
        if document is not None and not document.is_binary:
            follow(self.syntax, document)

    def closed(self, uri: str) -> None:
        """A document was closed: what is under way for it is of no use any more."""
        self.completion.cancel(uri)
        self.syntax.close(uri)

    def cells_opened(self, cells: Sequence[types.TextDocumentItem]) -> None:
        """A notebook's cells are there."""
        for cell in cells:
            self.opened(cell.uri)

    def cells_closed(self, cells: Sequence[types.TextDocumentIdentifier]) -> None:
        """A notebook's cells are gone."""
        for cell in cells:
            self.closed(cell.uri)

    async def close(self) -> None:
        """Detach from the daemon. Proof jobs go on there; completions are cancelled with the connection."""
        await self.completion.close()
        await self.contexts.close()
        await self.syntax.stop()
        await self.daemon.close()


def version_mismatch(client: object) -> str | None:
    """The sentence for a client of ours (`initializationOptions.clientVersion`) of another minor version; None if it fits."""
    if not isinstance(client, str) or client.split(".")[:2] == __version__.split(".")[:2]:
        return None
    return (
        f"The editor's Turnstile extension is {client}, the server is {__version__}. "
        "Update the older one: the extension in the editor, the server with pip install -U turnstile-lsp."
    )
