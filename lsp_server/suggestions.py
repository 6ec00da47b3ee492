"""Tactics suggested in the editor: each is told as soon as it has run, and the user chooses which is put in."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from msgspec.structs import replace

from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.prover.edits import Fate, Located, follow
from turnstile_lsp.agents.prover.results import Event, Status, Suggested, plain
from turnstile_lsp.agents.prover.suggested import answer, as_object, label, rank
from turnstile_lsp.lsp_server.lean_text import declaration_before
from turnstile_lsp.lsp_server.progress import WorkDone
from turnstile_lsp.lsp_server.proof_run import ATTEMPTS, Order, Run, Stopped, prover_edits
from turnstile_lsp.lsp_server.text_document import Edit, TextDocument

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.session import Session

SUGGESTED = "turnstile/suggested"
"""Server notification `{textDocument: {uri, version}, position, suggestion}`, to clients that say in
`initializationOptions.suggestions` that they take it."""

MOST = 20
SECONDS = 10.0
"""Budget, where the command names none."""
PATIENCE = 4.0
PATIENCE_WHEN_CLOSED = 1.0
"""Seconds after the first suggestion, and after the first that closes the goal, after which a client that is not told of
each is asked to choose."""
BUTTONS = 5
"""Suggestions in a message with buttons."""


class Enough(Exception):
    """There is enough to choose from."""


class Suggesting(Run):
    """One `turnstile.suggest`."""

    def __init__(self, session: Session, order: Order, progress: WorkDone) -> None:
        super().__init__(session, order, progress)
        encoding = session.server.workspace.position_encoding or "utf-16"
        self._asked = TextDocument(order.document.uri, self._text, version=order.document.version, encoding=encoding)
        self._suggestions: list[Suggested] = []
        self._until = math.inf

    async def locate(self) -> str:
        """The declaration that the cursor is in or below."""
        found = await asyncio.to_thread(declaration_before, self._text, self._offset)
        self._declaration = found and found._replace(end=max(found.end, self._offset))
        return f"Suggesting tactics for {self._declaration.title}" if self._declaration else "Suggesting tactics"

    async def work(self, edits: list[Edit]) -> dict[str, Any]:
        """Have tactics run, tell of each, let the user choose, and answer. Raises `Stopped` and what the job raises."""
        resolved = await self._session.configuration.of(self._document.uri)
        request = self._request(resolved.settings.prove)
        request = replace(request, budget=self._order.budget or SECONDS, suggestions=MOST)
        daemon = await self._session.daemon.get()
        start = daemon.prove(request, self._key(resolved), options_of(resolved.settings))
        with contextlib.suppress(Enough):
            await self._job(daemon, start, lambda: self._check(edits))
        if not self._client_is_told and self._client_can_edit and self._suggestions:
            await self._let_choose(edits)
        return self._answer_with_suggestions()

    def answer(self, status: Status, message: str) -> dict[str, Any]:
        return {**super().answer(status, message), "suggestions": [self._plain(each) for each in self._suggestions]}

    def _report(self, event: Event) -> None:
        if not isinstance(event, Suggested):
            super()._report(event)
            return
        patience = PATIENCE_WHEN_CLOSED if event.verified else PATIENCE
        self._until = min(self._until, asyncio.get_running_loop().time() + patience)
        self._session.lean.ghost.note(self._text, event)
        self._suggestions = sorted([*self._suggestions, event], key=rank)
        self._progress.report(f"{len(self._suggestions)} found", len(self._suggestions) / MOST)
        if self._client_is_told:
            place = self._asked.position(self._offset)
            body = {
                "textDocument": {"uri": self._document.uri, "version": self._asked.version},
                "position": {"line": place.line, "character": place.character},
                "suggestion": self._plain(event),
            }
            self._session.server.protocol.notify(SUGGESTED, body)

    @property
    def _client_is_told(self) -> bool:
        return self._session.server.initialization_options.get("suggestions") is True

    def _check(self, edits: list[Edit]) -> None:
        self._check_changes(edits)
        enough = asyncio.get_running_loop().time() > self._until
        if enough and not self._client_is_told and self._client_can_edit:
            raise Enough

    async def _let_choose(self, edits: list[Edit]) -> None:
        """Show the best few; what the user chooses is put in."""
        self._progress.report("Waiting for your choice", 1.0)
        shown = {label(each): each for each in self._suggestions[:BUTTONS]}
        request = types.ShowMessageRequestParams(
            types.MessageType.Info, "Which tactic?", [types.MessageActionItem(text) for text in shown]
        )
        chosen = await self._session.server.window_show_message_request_async(request)
        if chosen is not None and chosen.title in shown:
            await self._put_in_one(shown[chosen.title], edits)

    async def _put_in_one(self, chosen: Suggested, edits: list[Edit]) -> None:
        declaration = self._declaration
        place = Located(
            start=chosen.start_offset,
            end=chosen.end_offset,
            command_start=declaration.start if declaration else chosen.start_offset,
            command_end=max(declaration.end if declaration else 0, chosen.end_offset),
        )
        seen = 0
        for _ in range(ATTEMPTS):
            new, seen = edits[seen:], len(edits)
            place = follow(place, prover_edits(new))
            if place.fate is Fate.CHANGED:
                raise Stopped("The declaration was changed meanwhile, so nothing was put in.")
            if await self._apply([place], [chosen.replacement], "Tactic by Turnstile"):
                return
        raise Stopped("The document kept changing, so nothing could be put in.")

    def _answer_with_suggestions(self) -> dict[str, Any]:
        name = self._declaration.name or None if self._declaration else None
        result = answer(self._text, self._offset, name, self._suggestions)
        if not self._suggestions:
            self._session.status.tell(result.message)
        return {**plain(result), "suggestions": [self._plain(each) for each in self._suggestions]}

    def _plain(self, suggested: Suggested) -> dict[str, Any]:
        """As clients see it; `range` in the document as it was when it was asked for."""
        start, end = (self._asked.position(offset) for offset in (suggested.start_offset, suggested.end_offset))
        return {
            **as_object(suggested),
            "range": {
                "start": {"line": start.line, "character": start.character},
                "end": {"line": end.line, "character": end.character},
            },
        }
