"""The line after an accepted completion, asked for before the user gets there."""

from __future__ import annotations

import re

from msgspec.structs import replace

from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor

_OPENERS = (":", "{", "(", "[", "=>", " do", " then", ":= by")
_INDENTED = re.compile(r"^(\t|[ ]{2,8})\S", re.MULTILINE)
_NEARBY = 4096


def next_line(document: CompletionDocument, offset: int) -> tuple[CompletionDocument, int] | None:
    """The document as it will be, and the cursor in it, once the user has pressed Enter at `offset`, with the indentation
    that editors put in; None inside a line."""
    cursor = Cursor(document, offset)
    if cursor.line_after.strip() or not cursor.line_before.strip():
        return None
    line = cursor.line_before.rstrip()
    indentation = line[: len(line) - len(line.lstrip())]
    if line.endswith(_OPENERS):
        indentation += _indentation_unit(cursor)
    new = ("\r\n" if cursor.uses_crlf else "\n") + indentation
    text = document.text[: cursor.offset] + new + document.text[cursor.offset :]
    return replace(document, text=text), cursor.offset + len(new)


def _indentation_unit(cursor: Cursor) -> str:
    units = _INDENTED.findall(cursor.before(_NEARBY) + cursor.after(_NEARBY))
    return min(units, key=len, default="    ")
