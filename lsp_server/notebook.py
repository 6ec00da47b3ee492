"""Notebooks: what stands in the other cells is the text before and behind a cell."""

from __future__ import annotations

from collections.abc import Iterable

from turnstile_lsp.lsp_server.text_document import TextDocument
from turnstile_lsp.lsp_server.workspace import Workspace

BETWEEN = "\n\n"
_MOST_BEFORE, _MOST_AFTER = 40_000, 10_000
"""Characters; whole cells, the nearest first."""


def around(workspace: Workspace, document: TextDocument) -> tuple[str, str]:
    """The text of the code cells before and behind a cell that are in its language, in order; empty for a document
    that is no cell."""
    notebook = workspace.get_notebook_document(cell_uri=document.uri)
    if notebook is None:
        return "", ""
    opened = [cell for one in notebook.cells if (cell := workspace.document(one.document)) is not None]
    alike = [cell for cell in opened if cell.language_id == document.language_id and not cell.is_binary]
    if document not in alike:
        return "", ""
    place = alike.index(document)
    before = _fitting((cell.text for cell in reversed(alike[:place])), _MOST_BEFORE)
    after = _fitting((cell.text for cell in alike[place + 1 :]), _MOST_AFTER)
    return "".join(text + BETWEEN for text in reversed(before)), "".join(BETWEEN + text for text in after)


def _fitting(texts: Iterable[str], characters: int) -> list[str]:
    fitting = []
    for text in texts:
        characters -= len(text)
        if characters < 0:
            break
        if text.strip():
            fitting.append(text.rstrip("\n"))
    return fitting
