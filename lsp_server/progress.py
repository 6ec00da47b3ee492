"""Work-done progress of one command, which the user may cancel."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.server import TurnstileServer


class WorkDone:
    """Reports under the client's token, else one of ours, else (a client without progress) to nobody."""

    def __init__(self, server: TurnstileServer, token: types.ProgressToken | None) -> None:
        self._progress = server.work_done_progress
        window = server.client_capabilities.window
        self._may_create = bool(window and window.work_done_progress)
        self._token = token

    async def begin(self, title: str) -> None:
        """Show it, with a button to cancel."""
        if self._token is None and self._may_create:
            token = secrets.token_hex(8)
            try:
                await self._progress.create_async(token)
            except JsonRpcException:
                return
            self._token = token
        if self._token is not None:
            begin = types.WorkDoneProgressBegin(title, cancellable=True, percentage=0)
            self._progress.begin(self._token, begin)

    def report(self, message: str, fraction: float) -> None:
        """What is being done now; `fraction` of the whole from 0 to 1."""
        if self._token is not None:
            percentage = round(100 * min(max(fraction, 0.0), 1.0))
            report = types.WorkDoneProgressReport(cancellable=True, message=message, percentage=percentage)
            self._progress.report(self._token, report)

    @property
    def is_cancelled(self) -> bool:
        """Whether the user pressed the button."""
        future = self._progress.tokens.get(self._token) if self._token is not None else None
        return future is not None and future.cancelled()

    def end(self, message: str) -> None:
        """Take it away."""
        if self._token is not None:
            self._progress.end(self._token, types.WorkDoneProgressEnd(message=message))
            self._progress.tokens.pop(self._token, None)
