"""What the user is told: a quiet status that always says how things stand, and at most one message for each cause."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from turnstile_lsp.agents.errors import TurnstileError

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.server import TurnstileServer

STATUS = "turnstile/status"
"""Server notification `{state, model, message, mend?}`."""


class State(StrEnum):
    """`busy`: something was asked for and is under way. `problem`: the last request failed, `message` says why."""

    READY = "ready"
    BUSY = "busy"
    PROBLEM = "problem"


class Status:
    """The connection's status; a notification goes out only when it changes."""

    def __init__(self, server: TurnstileServer) -> None:
        self._server = server
        self._told: set[str] = set()
        self._last: dict[str, Any] | None = None
        self._busy = 0

    def set(
        self,
        state: State,
        message: str,
        *,
        model: str | None = None,
        mend: str | None = None,
        goals: int | None = None,
    ) -> None:
        """Say how things stand. `model`: who answered, or is being asked; `mend`: a command that helps; `goals`: how many
        the tactic that is shown leaves."""
        status: dict[str, Any] = {"state": state.value, "model": model, "message": message}
        if goals is not None:
            status["goals"] = goals
        if mend:
            status["mend"] = mend
        if status != self._last:
            self._last = status
            self._server.protocol.notify(STATUS, status)

    def failed(self, error: TurnstileError, *, model: str | None = None) -> None:
        """Something does not work: in the status each time, as a message the first time."""
        self.set(State.PROBLEM, error.message, model=model, mend=error.mend)
        mend = f" Run: {error.mend}" if error.mend else ""
        self.tell_once(f"{type(error).__name__}: {error.message}", error.message + mend)

    def tell_once(self, cause: str, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show a message unless this cause was shown before on this connection."""
        if cause not in self._told:
            self._told.add(cause)
            self.tell(message, kind)

    def tell(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show a message: the answer to something that the user asked for."""
        self._server.window_show_message(types.ShowMessageParams(kind, message))
