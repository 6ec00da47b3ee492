"""What is known around a cursor beyond its document."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Snippet(Struct, frozen=True):
    """A piece of a file. `path`: relative to the workspace folder, with "/". `line`: of its first line, from 0."""

    path: str
    text: str
    line: int = 0


class Context(Struct, frozen=True, kw_only=True):
    """`path`: the document as the prompt names it, relative to its workspace folder (empty: its file name).

    `snippets`: from the workspace index, the most relevant first. `edits`: regions edited lately in their present text,
    oldest first. `diagnostics`: messages at the cursor.
    """

    path: str = ""
    snippets: Sequence[Snippet] = ()
    edits: Sequence[Snippet] = ()
    diagnostics: Sequence[str] = ()


NO_CONTEXT = Context()
