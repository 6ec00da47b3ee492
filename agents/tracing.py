"""The id that a request carries from the editor through the daemon to Lean, for logs."""

from __future__ import annotations

import logging
import secrets
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""Set by a front end for what it does on behalf of one request; the daemon's handlers run with the client's value."""


def new_request_id() -> str:
    """A short id that is unique enough to find a request in a log."""
    return secrets.token_hex(4)


class RequestIdFilter(logging.Filter):
    """Gives each log record the current `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.request_id = request_id.get()
        return True
