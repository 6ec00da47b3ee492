"""JSON-RPC and the life of a connection, where pygls' own protocol class does not follow LSP closely enough.

What is done here: bodies that are no valid message are answered and survived; nothing but `initialize` is served before
it, nothing but `exit` after `shutdown`; the exit code; the token; commands that a `$/cancelRequest` really cancels.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from turnstile_lsp.lsp_server.frames import MAXIMUM_BODY, Refused
from turnstile_lsp.lsp_server.workspace import Workspace

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.server import TurnstileServer

logger = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """One connection's protocol. `token`: what `initializationOptions.token` must be (None: no token is asked for)."""

    _server: TurnstileServer
    token: str | None = None
    is_initialized = False

    @property
    def is_shut_down(self) -> bool:
        """Whether the client has asked to shut down."""
        return self._shutdown

    def receive(self, frame: bytes | str | Refused) -> None:
        """Handle one body as it came from the wire."""
        if isinstance(frame, Refused):
            text = f"A message of {frame.length} bytes was refused: the limit is {MAXIMUM_BODY} bytes."
            self._send_error(None, types.ErrorCodes.InvalidRequest, text)
            self._server.frame_refused(text)
            return
        try:
            data = json.loads(frame)
        except (ValueError, RecursionError):
            self._send_error(None, types.ErrorCodes.ParseError, "The message is not JSON.")
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            self._send_error(None, types.ErrorCodes.InvalidRequest, "The message is not a JSON-RPC 2.0 object.")
            return
        if (refusal := self._refusal(data)) is not None:
            self._refuse(data, *refusal)
            return
        try:
            message = self.structure_message(data)
        except JsonRpcException:
            self._refuse(data, types.ErrorCodes.InvalidParams, "The message's parameters do not fit its method.")
            return
        self.handle_message(message)

    def _refusal(self, data: dict[str, Any]) -> tuple[types.ErrorCodes, str] | None:
        """Why a well-formed message is not served at this point of the connection's life."""
        method = data.get("method")
        if method == types.EXIT:
            return None
        if self._shutdown:
            return types.ErrorCodes.InvalidRequest, "The server was asked to shut down."
        if self.is_initialized and method == types.INITIALIZE:
            return types.ErrorCodes.InvalidRequest, "The server is initialized already."
        if not self.is_initialized and method != types.INITIALIZE:
            return types.ErrorCodes.ServerNotInitialized, "The first request must be initialize."
        return None

    def _refuse(self, data: dict[str, Any], code: types.ErrorCodes, text: str) -> None:
        """Answer a request with an error; a notification or response is dropped."""
        if "id" in data and "method" in data:
            self._send_error(data["id"], code, text)
        else:
            logger.warning("Dropped %s: %s", data.get("method", "a response"), text)

    def _send_error(self, message_id: Any, code: types.ErrorCodes, text: str) -> None:
        # Not a ResponseErrorMessage: that one omits an id of null, which JSON-RPC wants to see.
        error = {"code": code.value, "message": text}
        self._send_data({"jsonrpc": self.VERSION, "id": message_id, "error": error})

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Check the token, then answer with the capabilities."""
        options = params.initialization_options if isinstance(params.initialization_options, dict) else {}
        if self.token is not None and not hmac.compare_digest(str(options.get("token")).encode(), self.token.encode()):
            self._server.end(1)
            raise JsonRpcException("initializationOptions.token is wrong or missing.", types.ErrorCodes.InvalidRequest)
        result = yield from super().lsp_initialize(params)
        self._workspace = Workspace.like(self.workspace)
        self._server.initialization_options = options
        self.is_initialized = True
        return result

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        """End the connection: code 0 after `shutdown`, else 1."""
        self._server.end(0 if self._shutdown else 1)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Run a command as part of the request itself, so that cancelling the request cancels it."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcException(f"There is no command {params.command}.", types.ErrorCodes.InvalidParams)
        return await handler(params)
