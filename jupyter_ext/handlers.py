"""The Jupyter server's side: requests of the browser, authenticated as all of Jupyter's are."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.application import ExtensionApp
from msgspec import Struct
from tornado import web
from tornado.iostream import StreamClosedError

from turnstile_lsp.jupyter_ext.completion import Ask, Completions, Said

MOST_BYTES = 1_000_000
"""Of a request; a window sends what is near its cursor."""

Asked = TypeVar("Asked")


class Accepted(Struct, frozen=True):
    """An answer that the user took."""

    number: int


class _Handler(APIHandler):
    auth_resource = "turnstile"

    def initialize(self, completions: Completions) -> None:
        """Called by tornado with what the route says."""
        self.completions = completions

    def decoded(self, wanted: type[Asked]) -> Asked:
        """The request's body. Raises `HTTPError` 400 or 413."""
        if len(self.request.body) > MOST_BYTES:
            raise web.HTTPError(413, f"A request may have {MOST_BYTES} bytes; send less of the cells.")
        try:
            return msgspec.json.decode(self.request.body, type=wanted)
        except msgspec.MsgspecError as error:
            raise web.HTTPError(400, str(error)) from error


class CompleteHandler(_Handler):
    """`POST turnstile/complete`: an `Ask`; answered by lines of JSON, see `Said`, as they come."""

    _task: asyncio.Task[None] | None = None

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Answer until there is nothing more to say, the browser goes away, or its window asks something newer."""
        ask = self.decoded(Ask)
        self.set_header("Content-Type", "application/x-ndjson")
        self.set_header("X-Accel-Buffering", "no")  # proxies pass each line on at once
        self._task = self.completions.answer(ask, self._send)
        with suppress(asyncio.CancelledError):
            await self._task
        with suppress(StreamClosedError):  # the browser has gone away, as it does at every newer question
            await self.finish(set_content_type="application/x-ndjson")

    def on_connection_close(self) -> None:
        """The browser has gone away."""
        if self._task is not None:
            self._task.cancel()
        super().on_connection_close()

    def _send(self, line: Said) -> None:
        self.write(msgspec.json.encode(line) + b"\n")
        self.flush()


class AcceptedHandler(_Handler):
    """`POST turnstile/accepted`: the user took an answer."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Count it, and ask ahead."""
        self.completions.accepted(self.decoded(Accepted).number)
        self.set_status(204)
        await self.finish()


class Turnstile(ExtensionApp):
    """The Jupyter Server extension."""

    name = "turnstile"

    def initialize_handlers(self) -> None:
        """Called by Jupyter when the extension is loaded. Nothing is started before the first request."""
        assert self.serverapp is not None
        root = getattr(self.serverapp.contents_manager, "root_dir", None)
        self.completions = Completions(Path(root) if root else None)
        arguments = {"completions": self.completions}
        self.handlers += [
            ("/turnstile/complete", CompleteHandler, arguments),
            ("/turnstile/accepted", AcceptedHandler, arguments),
        ]

    async def stop_extension(self) -> None:
        """Called by Jupyter when the server stops."""
        await self.completions.close()
