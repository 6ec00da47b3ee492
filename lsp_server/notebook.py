"""Which documents are cells of one notebook."""

from __future__ import annotations

from turnstile_lsp.agents.coder import notebook
from turnstile_lsp.lsp_server.text_document import TextDocument
from turnstile_lsp.lsp_server.workspace import Workspace


def around(workspace: Workspace, document: TextDocument) -> tuple[str, str]:
    """The text of the code cells before and behind a cell that are in its language, in order; empty for a document
    that is no cell."""
    owner = workspace.get_notebook_document(cell_uri=document.uri)
    if owner is None:
        return "", ""
    opened = [cell for one in owner.cells if (cell := workspace.document(one.document)) is not None]
    alike = [cell for cell in opened if cell.language_id == document.language_id and not cell.is_binary]
    if document not in alike:
        return "", ""
    place = alike.index(document)
    return notebook.around((cell.text for cell in reversed(alike[:place])), (cell.text for cell in alike[place + 1 :]))
