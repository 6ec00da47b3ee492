"""Where a completion is asked for, and its answers as LSP items."""

from __future__ import annotations

import re

from lsprotocol import types

from turnstile_lsp.agents.coder.complete import Completion
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.lsp_server.server import ACCEPTED
from turnstile_lsp.lsp_server.text_document import TextDocument

REACH = 5000
"""Lines on both sides of the cursor that the coder sees."""

_HEAD_LINES = 100
_WORD = re.compile(r"\w*")


class Place:
    """Where to complete: the text around the cursor, with what is selected in an open completion list put in.
    `around`: texts that stand before and behind the document, a notebook's other cells."""

    def __init__(
        self,
        document: TextDocument,
        position: types.Position,
        selected: types.SelectedCompletionInfo | None = None,
        around: tuple[str, str] = ("", ""),
    ) -> None:
        line, column = document.line_and_column(position)
        self.text, self._first = document.window(line, REACH)
        self.document = document
        self.offset = self._offset(line, column)
        self.prefix = ""
        self.range = types.Range(document.position_at(line, column), document.position_at(line, column))
        backwards = document.lines[line][:column][::-1]  # a search for the word's end is quadratic in a long one
        self.word = _WORD.match(backwards)[0][::-1]  # type: ignore[index]
        self.word_start = document.position_at(line, column - len(self.word))
        if selected is not None:
            start = self._offset(*document.line_and_column(selected.range.start))
            end = self._offset(*document.line_and_column(selected.range.end))
            self.text = self.text[:start] + selected.text + self.text[end:]
            self.offset = start + len(selected.text)
            self.prefix, self.range = selected.text, selected.range
        before, after = around
        self._before = before
        self.text = before + self.text + after
        self.offset += len(before)

    @property
    def seen(self) -> CompletionDocument:
        """The document as the coder sees it; `offset` is an offset in its text."""
        path = self.document.path or self.document.file_name
        return CompletionDocument(text=self.text, path=path, language_id=self.document.language_id or "")

    @property
    def cursor(self) -> Cursor:
        """The place as the coder sees it."""
        return Cursor(self.seen, self.offset)

    @property
    def head(self) -> str:
        """How the document begins, a notebook's with the cells above."""
        return self._before + "".join(self.document.lines[:_HEAD_LINES])

    def _offset(self, line: int, column: int) -> int:
        return sum(map(len, self.document.lines[self._first : line])) + column


def inline_item(place: Place, completion: Completion, number: int) -> types.InlineCompletionItem:
    """Ghost text. `number`: of the offer, see `Offers`."""
    return types.InlineCompletionItem(
        insert_text=place.prefix + completion.text, range=place.range, command=_accept(place, completion, number)
    )


def listed_item(place: Place, completion: Completion, number: int) -> types.CompletionItem:
    """Plain completion. `number`: of the offer; the list keeps the offers' order."""
    text = place.word + completion.text
    return types.CompletionItem(
        label=text.strip().partition("\n")[0].rstrip(),
        label_details=types.CompletionItemLabelDetails(description=completion.model),
        kind=types.CompletionItemKind.Text,
        filter_text=text,
        sort_text=f"{number:08}",
        text_edit=types.TextEdit(types.Range(place.word_start, place.range.end), text),
        insert_text_mode=types.InsertTextMode.AsIs,
        command=_accept(place, completion, number),
    )


def _accept(place: Place, completion: Completion, number: int) -> types.Command:
    """What the client runs when the user takes the whole item: it names the model that gave it."""
    timings = completion.timings
    said = {
        "id": number,
        "model": completion.model,
        "estimate": round(completion.estimate, 3),
        "confidence": completion.confidence,
        "milliseconds": round(completion.milliseconds, 1),
        "engineMilliseconds": timings and round(timings.prompt_milliseconds + timings.generate_milliseconds, 1),
        "tokens": timings and timings.generated,
        "promptTokens": timings and timings.prompt_decoded,
        "typedAhead": completion.typed_ahead,
        "characters": len(completion.text),
        "languageId": place.document.language_id,
    }
    return types.Command(f"Completed by {completion.model}", ACCEPTED, arguments=[said])
