"""What the coder sees of a document's syntax."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.lexical import Within


class Kind(StrEnum):
    """What is worth completing at a place: nothing (in a comment, a string, inside a word), the rest of a token, the
    rest of a line, or a block (a body that is still empty)."""

    NOTHING = "nothing"
    TOKEN = "token"
    LINE = "line"
    BLOCK = "block"


def kind_by_text(cursor: Cursor) -> Kind:
    """The kind of a place of which only the text is known, and the marks of its language."""
    if cursor.language.grammar is None and cursor.within != "code":
        return Kind.NOTHING
    return Kind.LINE if cursor.only_closing_follows else Kind.TOKEN


class Scope(Struct, frozen=True, array_like=True):
    """A definition that encloses the cursor. `kind`: `function`, `class`, `module`, `type` or `variable`. `signature`:
    its head, without its body. `distance`: code points from its beginning to the cursor."""

    kind: str
    name: str
    signature: str
    distance: int


class Definition(Struct, frozen=True, array_like=True):
    """What a file defines. `kind` and `signature` as for `Scope`; `line` counts from 0."""

    kind: str
    name: str
    signature: str
    line: int


class SyntaxContext(Struct, frozen=True, array_like=True):
    """The syntax at a cursor; lengths and distances in code points of the document as the editor has it.

    `within`: code inside a string's interpolation is code. `scopes`: outermost first. `imports`: the file's import
    statements. `identifiers`: those near the cursor, nearest first, each once. `definitions`: what this file says of
    them, in that order. `cuts_before`: distances before the cursor at which a statement begins, ascending, where a
    prompt's window may begin; `cuts_after`: distances behind the cursor at which one ends.
    """

    grammar: str
    kind: Kind
    within: Within
    scopes: Sequence[Scope]
    imports: Sequence[str]
    identifiers: Sequence[str]
    definitions: Sequence[Definition]
    cuts_before: Sequence[int]
    cuts_after: Sequence[int]


class Syntax(Protocol):
    """The syntax at one place of one document. Both answer within milliseconds or with None, upon which the coder goes
    by the text alone: no grammar, an answer that came too late, a process that has gone."""

    async def context(self) -> SyntaxContext | None:
        """What is known of the place."""

    async def stop(self, text: str) -> int | None:
        """Where in `text`, put in at the place, the statement or block that the place is in ends; None: not in it."""


class NoSyntax:
    """A document without a grammar."""

    async def context(self) -> SyntaxContext | None:
        """See `Syntax.context`."""
        return None

    async def stop(self, text: str) -> int | None:
        """See `Syntax.stop`."""
        return None


NO_SYNTAX: Syntax = NoSyntax()
