"""Ghost text and plain completion: the coder's answers as LSP items."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

from lsprotocol import types

from turnstile_lsp.agents import tracing
from turnstile_lsp.agents.coder.complete import Coder, Completion
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.engine.options import EngineOptions, options_of
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.settings import Resolved
from turnstile_lsp.lsp_server.server import ACCEPTED
from turnstile_lsp.lsp_server.status import State
from turnstile_lsp.lsp_server.text_document import TextDocument

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.session import Session

logger = logging.getLogger(__name__)

REACH = 5000
"""Lines on both sides of the cursor that the coder sees."""

_WORD = re.compile(r"\w*$")


class Completions:
    """One connection's completions: one at a time for each document and way of asking, the newest."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._running: dict[tuple[str, str], asyncio.Task[list[Completion]]] = {}
        self._coders: dict[tuple[str, str | None, int, EngineOptions], Coder] = {}
        self._answered: set[str] = set()

    async def inline(self, params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        """`textDocument/inlineCompletion`; None where there is nothing to show."""
        document = self._session.server.workspace.document(params.text_document.uri)
        if document is None:
            return None
        automatic = params.context.trigger_kind == types.InlineCompletionTriggerKind.Automatic
        place = _Place(document, params.position, params.context.selected_completion_info)
        completions = await self._newest("inline", document, place, automatic)
        return types.InlineCompletionList([_inline_item(place, completion) for completion in completions])

    async def listed(self, params: types.CompletionParams) -> types.CompletionList | None:
        """`textDocument/completion`. Where the client has ghost text too, an invocation may be mere typing."""
        document = self._session.server.workspace.document(params.text_document.uri)
        if document is None:
            return None
        invoked = params.context is None or params.context.trigger_kind == types.CompletionTriggerKind.Invoked
        capabilities = self._session.server.client_capabilities.text_document
        has_ghost_text = capabilities is not None and capabilities.inline_completion is not None
        place = _Place(document, params.position)
        completions = await self._newest("listed", document, place, has_ghost_text or not invoked)
        return types.CompletionList(True, [_listed_item(place, completion) for completion in completions])

    def accepted(self, params: types.ExecuteCommandParams) -> None:
        """The user took an item."""
        logger.info("accepted: %s", params.arguments)

    def cancel(self, uri: str) -> None:
        """Stop what is under way for a document."""
        for (running_uri, _), task in self._running.items():
            if running_uri == uri:
                task.cancel()

    async def _newest(self, kind: str, document: TextDocument, place: _Place, automatic: bool) -> list[Completion]:
        """Complete unless a newer request comes; then the older one has nothing to say."""
        tracing.request_id.set(tracing.new_request_id())
        key = (document.uri, kind)
        if (older := self._running.get(key)) is not None:
            older.cancel()
        task = self._running[key] = asyncio.create_task(self._complete(document, place, automatic))
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            return []
        finally:
            if self._running.get(key) is task:
                del self._running[key]

    async def _complete(self, document: TextDocument, place: _Place, automatic: bool) -> list[Completion]:
        resolved = await self._session.configuration.of(document.uri)
        settings = resolved.settings.complete
        language = document.language_id or ""
        if not settings.enabled or (automatic and not settings.automatic) or language in settings.disabled_languages:
            return []
        if document.is_binary:
            return []
        seen = CompletionDocument(text=place.text, path=document.path or document.file_name, language_id=language)
        status = self._session.status
        try:
            if settings.model not in self._answered:
                status.set(State.BUSY, f"Waiting for {settings.model}.", model=settings.model)
            coder = await self._coder(resolved)
            completions = await coder.complete(seen, place.offset, automatic=automatic)
        except asyncio.CancelledError:
            status.set(State.READY, "The completion was cancelled.", model=settings.model)
            raise
        except TurnstileError as error:
            status.failed(error, model=settings.model)
            return []
        self._answered.add(settings.model)
        model = completions[0].model if completions else settings.model
        status.set(State.READY, f"Completions come from {model}.", model=model)
        return completions

    async def _coder(self, resolved: Resolved) -> Coder:
        settings = resolved.settings.complete
        key = resolved.key(settings.model)
        daemon = await self._session.daemon()
        options = options_of(resolved.settings)
        name = (settings.model, key, settings.max_tokens, options)
        if name not in self._coders:
            engine = daemon.engine(settings.model, key, options)
            self._coders[name] = Coder(engine, max_tokens=settings.max_tokens)
        return self._coders[name]


class _Place:
    """Where to complete: the text around the cursor, with what is selected in an open completion list put in."""

    def __init__(
        self, document: TextDocument, position: types.Position, selected: types.SelectedCompletionInfo | None = None
    ) -> None:
        line, column = document.line_and_column(position)
        self.text, self._first = document.window(line, REACH)
        self.document = document
        self.offset = self._offset(line, column)
        self.prefix = ""
        self.range = types.Range(document.position_at(line, column), document.position_at(line, column))
        self.word = _WORD.search(document.lines[line][:column])[0]  # type: ignore[index]
        self.word_start = document.position_at(line, column - len(self.word))
        if selected is not None:
            start = self._offset(*document.line_and_column(selected.range.start))
            end = self._offset(*document.line_and_column(selected.range.end))
            self.text = self.text[:start] + selected.text + self.text[end:]
            self.offset = start + len(selected.text)
            self.prefix, self.range = selected.text, selected.range

    def _offset(self, line: int, column: int) -> int:
        return sum(map(len, self.document.lines[self._first : line])) + column


def _inline_item(place: _Place, completion: Completion) -> types.InlineCompletionItem:
    return types.InlineCompletionItem(
        insert_text=place.prefix + completion.text, range=place.range, command=_accept(place, completion)
    )


def _listed_item(place: _Place, completion: Completion) -> types.CompletionItem:
    text = place.word + completion.text
    return types.CompletionItem(
        label=text.strip().partition("\n")[0].rstrip(),
        label_details=types.CompletionItemLabelDetails(description=completion.model),
        kind=types.CompletionItemKind.Text,
        filter_text=text,
        text_edit=types.TextEdit(types.Range(place.word_start, place.range.end), text),
        insert_text_mode=types.InsertTextMode.AsIs,
        command=_accept(place, completion),
    )


def _accept(place: _Place, completion: Completion) -> types.Command:
    """What the client runs when the user takes the whole item: it names the model that gave it."""
    timings = completion.timings
    said = {
        "model": completion.model,
        "confidence": completion.confidence,
        "milliseconds": round(completion.milliseconds, 1),
        "engineMilliseconds": timings and round(timings.prompt_milliseconds + timings.generate_milliseconds, 1),
        "tokens": timings and timings.generated,
        "characters": len(completion.text),
        "languageId": place.document.language_id,
    }
    return types.Command(f"Completed by {completion.model}", ACCEPTED, arguments=[said])
