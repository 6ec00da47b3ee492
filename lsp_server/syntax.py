"""Keeps the syntax process in step with the open documents."""

from __future__ import annotations

from turnstile_lsp.agents.coder.syntax.base import Syntax
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess
from turnstile_lsp.lsp_server.completion_items import Place
from turnstile_lsp.lsp_server.text_document import Splice, TextDocument


def follow(process: SyntaxProcess, document: TextDocument) -> None:
    """Tell the process of an opened document, and of each edit from now on."""

    def tell(splice: Splice | None) -> None:
        if splice is None:
            process.replaced(document.uri)
        else:
            process.change(document.uri, *splice)

    document.on_splice = tell
    process.open(document.uri, document.language_id or "", document.path or document.file_name, document)


def syntax_at(process: SyntaxProcess, place: Place) -> Syntax:
    """The syntax at a place, with what is selected in an open completion list put in."""
    document = place.document
    start, end = document.line_and_column(place.range.start), document.line_and_column(place.range.end)
    return process.at(document.uri, start, end, place.prefix)
