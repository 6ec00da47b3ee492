"""What the coder sees of a document."""

from __future__ import annotations

import re
from functools import cached_property

from msgspec import Struct

from turnstile_lsp.agents.coder.languages import Language, language_of
from turnstile_lsp.agents.coder.lexical import Within, typing_abbreviation, within

_CLOSING = re.compile(r"[\s)\]}>\"'`:;,]*")
_FARTHEST = 4096


class CompletionDocument(Struct, frozen=True, kw_only=True):
    """A document as the editor shows it. `language_id` is LSP's; offsets into `text` count code points."""

    text: str
    path: str
    language_id: str


class Cursor:
    """A place in a document. Looks at most a few thousand characters around it, however long the document is."""

    def __init__(self, document: CompletionDocument, offset: int) -> None:
        self.document = document
        self.offset = max(0, min(offset, len(document.text)))
        before = self.before(_FARTHEST)
        after = self.after(_FARTHEST)
        self.line_before = before[before.rfind("\n") + 1 :]
        self.line_after = after.split("\n", 1)[0].rstrip("\r")
        around = document.text[max(0, self.offset - _FARTHEST) : self.offset + _FARTHEST]
        self.uses_crlf = "\r\n" in around

    def before(self, length: int, start: int | None = None) -> str:
        """At most `length` characters before the cursor, or those from `start` on, as `unified` gives them."""
        first = max(0, self.offset - length) if start is None else start
        return unified(self.document.text[first : self.offset])

    def after(self, length: int) -> str:
        """At most `length` characters after the cursor, as `unified` gives them."""
        return unified(self.document.text[self.offset : self.offset + length])

    @cached_property
    def language(self) -> Language:
        """What the document is written in."""
        return language_of(self.document.language_id, self.document.path)

    @cached_property
    def lines_before(self) -> str:
        """What stands before the cursor from the beginning of a line on, as far as a few thousand characters reach."""
        before = self.before(_FARTHEST)
        return before if self.sees_beginning else before[before.find("\n") + 1 :]

    @property
    def sees_beginning(self) -> bool:
        """Whether the document's beginning is in `lines_before`."""
        return self.offset <= _FARTHEST

    @cached_property
    def nearby(self) -> str:
        """What stands around the cursor, from the beginning of a line on, as `unified` gives it."""
        return self.lines_before + self.after(_FARTHEST)

    @cached_property
    def within(self) -> Within:
        """Whether the cursor is in code, in a comment or in a string, by the marks of the language."""
        return within(self.language, self.lines_before)

    @property
    def is_in_abbreviation(self) -> bool:
        """Whether what is being typed will be turned into another text by the editor, so that nothing can follow it."""
        return typing_abbreviation(self.language, self.line_before)

    @property
    def only_closing_follows(self) -> bool:
        """Whether the rest of the line is empty, or nothing but brackets and quotes that close."""
        return _CLOSING.fullmatch(self.line_after) is not None


def unified(text: str) -> str:
    """`text` as models know it: lines end in \\n, and half a surrogate pair is a question mark."""
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode()
