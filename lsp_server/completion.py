"""Ghost text and plain completion: what is asked, what is told about it, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from turnstile_lsp.agents import tracing
from turnstile_lsp.agents.coder.as_you_type import AsYouType, Question
from turnstile_lsp.agents.coder.coders import Coders
from turnstile_lsp.agents.coder.complete import Completion
from turnstile_lsp.agents.coder.languages import is_among
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.settings import CompleteSettings
from turnstile_lsp.lsp_server.completion_items import Place, inline_item, listed_item
from turnstile_lsp.lsp_server.notebook import around
from turnstile_lsp.lsp_server.offers import Offers
from turnstile_lsp.lsp_server.status import State
from turnstile_lsp.lsp_server.syntax import syntax_at
from turnstile_lsp.lsp_server.text_document import TextDocument

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.session import Session

MakeItem = Callable[[Place, Completion, int], Any]


class Completions:
    """One connection's completions: one at a time for each document and way of asking, the newest."""

    def __init__(self, session: Session) -> None:
        self.offers = Offers()
        self._session = session
        self._as_you_type = AsYouType()
        self._running: dict[tuple[str, str], asyncio.Task[list[Any]]] = {}
        self._coders = Coders(session.daemon.completing)
        self._answered: set[str] = set()
        session.server.workspace.on_change.append(self.offers.changed)

    async def inline(self, params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        """`textDocument/inlineCompletion`; None where there is nothing to show."""
        document = self._session.server.workspace.document(params.text_document.uri)
        if document is None:
            return None
        automatic = params.context.trigger_kind == types.InlineCompletionTriggerKind.Automatic
        place = self._place(document, params.position, params.context.selected_completion_info)
        items = await self._newest("inline", place, automatic, inline_item, None)
        return types.InlineCompletionList(items)

    async def listed(self, params: types.CompletionParams) -> types.CompletionList | None:
        """`textDocument/completion`. Where the client has ghost text too, an invocation may be mere typing."""
        document = self._session.server.workspace.document(params.text_document.uri)
        if document is None:
            return None
        invoked = params.context is None or params.context.trigger_kind == types.CompletionTriggerKind.Invoked
        capabilities = self._session.server.client_capabilities.text_document
        has_ghost_text = capabilities is not None and capabilities.inline_completion is not None
        place = self._place(document, params.position)
        automatic = has_ghost_text or not invoked
        items = await self._newest("listed", place, automatic, listed_item, params.partial_result_token)
        return types.CompletionList(True, items)

    async def accepted(self, params: types.ExecuteCommandParams) -> None:
        """The user took an item: the line after it is asked for ahead."""
        offer = self.offers.accepted(params.arguments[0] if params.arguments else None)
        document = self._session.server.workspace.document(offer.uri) if offer is not None else None
        if offer is None or document is None:
            return
        place = self._place(document, offer.position)
        end = place.offset + len(offer.completion.text)
        resolved = await self._session.configuration.of(document.uri)
        settings = resolved.settings.complete
        wanted = is_wanted(settings, document, automatic=True) and not self._session.contexts.is_withheld(document)
        if wanted and place.text[place.offset : end] == offer.completion.text:
            place.offset = end
            question = self._question(place, settings, automatic=True)
            self._as_you_type.ask_ahead(question, lambda: self._coders.of(resolved))

    def cancel(self, uri: str) -> None:
        """Stop what is under way for a document."""
        self._as_you_type.forget_ahead()
        for (running_uri, _), task in self._running.items():
            if running_uri == uri:
                task.cancel()

    async def close(self) -> None:
        """Stop everything and write the last counts."""
        self._as_you_type.forget_ahead()
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self.offers.close()

    async def _newest(
        self, kind: str, place: Place, automatic: bool, make_item: MakeItem, token: types.ProgressToken | None
    ) -> list[Any]:
        """Complete unless a newer request comes; then the older one has nothing to say."""
        tracing.request_id.set(tracing.new_request_id())
        key = (place.document.uri, kind)
        if (older := self._running.get(key)) is not None:
            older.cancel()
        task = self._running[key] = asyncio.create_task(self._complete(place, automatic, make_item, token))
        try:
            with self._session.contexts.index.held():
                return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            return []
        finally:
            if self._running.get(key) is task:
                del self._running[key]

    async def _complete(
        self, place: Place, automatic: bool, make_item: MakeItem, token: types.ProgressToken | None
    ) -> list[Any]:
        """The items, each sent at once to a client that takes partial results (then there is nothing left for the answer)."""
        document = place.document
        resolved = await self._session.configuration.of(document.uri)
        settings = resolved.settings.complete
        self.offers.clear(document.uri)
        if not is_wanted(settings, document, automatic) or self._session.contexts.is_withheld(document):
            return []
        items = []
        status, model = self._session.status, settings.model
        if model not in self._answered:
            status.set(State.BUSY, f"Waiting for {model}.", model=model)
        try:
            question = self._question(place, settings, automatic=automatic)
            async with aclosing(self._as_you_type.stream(question, lambda: self._coders.of(resolved))) as completions:
                async for completion in completions:
                    item = make_item(place, completion, self.offers.offer(place, completion).number)
                    items.append(item)
                    model = completion.model if len(items) == 1 else model
                    if token is not None:
                        self._session.server.progress(types.ProgressParams(token, [item]))
        except asyncio.CancelledError:
            status.set(State.READY, "The completion was cancelled.", model=settings.model)
            raise
        except TurnstileError as error:
            status.failed(error, model=settings.model)
        else:
            self._answered.add(settings.model)
            status.set(State.READY, f"Completions come from {model}.", model=model)
        return items if token is None else []

    def _place(
        self, document: TextDocument, position: types.Position, selected: types.SelectedCompletionInfo | None = None
    ) -> Place:
        return Place(document, position, selected, around(self._session.server.workspace, document))

    def _question(self, place: Place, settings: CompleteSettings, *, automatic: bool) -> Question:
        syntax = syntax_at(self._session.syntax, place)  # which is found out while the index is asked
        return Question(
            document=place.seen,
            offset=place.offset,
            model=settings.model,
            automatic=automatic,
            single_line=True if settings.single_line else None,
            candidates=settings.candidates,
            context=lambda: self._session.contexts.of(place),
            syntax=syntax,
        )


def is_wanted(settings: CompleteSettings, document: TextDocument, automatic: bool) -> bool:
    """Whether a completion may be asked for here at all; where not, nothing is computed and nobody is asked."""
    if not settings.enabled or (automatic and not settings.automatic) or document.is_binary:
        return False
    return not is_among(settings.disabled_languages, document.language_id or "", document.file_name)
