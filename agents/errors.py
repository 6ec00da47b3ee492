"""Typed errors that a user can cause or must know of.

Every message is a sentence (or two) that says what is wrong and what mends it. Errors cross the daemon's
protocol by class name: `to_wire` and `from_wire` keep the type, so a client catches what the worker raised.
"""

from __future__ import annotations

from typing import Any


class TurnstileError(Exception):
    """Base of all typed errors. `message` is shown to the user as it is; `mend` is one command that helps, or None."""

    def __init__(self, message: str, mend: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def to_wire(self) -> dict[str, Any]:
        """The error as a frame body: the names of its class and of that one's bases, message and mend."""
        types = [base.__name__ for base in type(self).__mro__ if issubclass(base, TurnstileError)]
        return {"types": types, "message": self.message, "mend": self.mend}


class InvalidRequest(TurnstileError):
    """A value in a request is out of its range."""


class Missing(TurnstileError):
    """Something this machine lacks (exit code 3 on the command line)."""


class ModelNotFound(Missing):
    """No such model file, card or server."""


class LocalModelsNotInstalled(Missing):
    """llama-cpp-python is not installed."""


class BadModelFile(TurnstileError):
    """A GGUF that is truncated, foreign or of an unsupported architecture."""


class ContextOverflow(InvalidRequest):
    """Prompt and answer do not fit into the model's context."""


class EngineFailed(TurnstileError):
    """The engine broke while it answered; the next request starts it again."""


class Superseded(TurnstileError):
    """A request that nobody asked for gave way to a newer one of the same client."""


class ServerUnreachable(EngineFailed):
    """A remote server did not answer, or refused."""


class DaemonLost(TurnstileError):
    """The daemon went away in mid-request; the next request starts a new one."""


class LeanMissing(Missing):
    """No Lean that may be used for this file."""


class LeanFailed(TurnstileError):
    """A Lean process crashed, hung or ran out of memory."""


class ImportsMissing(Missing):
    """A file imports what is not built or not there."""


class UntrustedWorkspace(TurnstileError):
    """The folder is not trusted: its Lake and its own Lean are not run."""


def _all_types(base: type[TurnstileError]) -> dict[str, type[TurnstileError]]:
    found = {base.__name__: base}
    for subclass in base.__subclasses__():
        found |= _all_types(subclass)
    return found


def from_wire(body: dict[str, Any]) -> TurnstileError:
    """The error that `to_wire` described; a type that this process has not loaded becomes its nearest base."""
    known = _all_types(TurnstileError)
    error_type = next((known[name] for name in body.get("types", ()) if name in known), TurnstileError)
    return error_type(body.get("message", "Unknown error."), body.get("mend"))
