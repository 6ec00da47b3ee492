"""What is known around a cursor beyond its document."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Snippet(Struct, frozen=True):
    """A piece of a file. `path`: relative to the workspace folder, with "/". `line`: of its first line, from 0."""

    path: str
    text: str
    line: int = 0


class Change(Struct, frozen=True):
    """A line that was changed: what it was, what it is now, and how many lines below the cursor's it is (above: negative);
    None in another document."""

    before: str
    after: str
    below: int | None = None


class Context(Struct, frozen=True, kw_only=True):
    """`path`: the document as the prompt names it, relative to its workspace folder (empty: its file name).

    `snippets`: from the workspace index, the most relevant first. `edits`: regions edited lately in their present text,
    oldest first. `changes`: the lines changed lately, oldest first, the cursor's own left out; `line_was`: what that one
    was before it was changed, None where it was not. `diagnostics`: messages at the cursor.
    """

    path: str = ""
    snippets: Sequence[Snippet] = ()
    edits: Sequence[Snippet] = ()
    changes: Sequence[Change] = ()
    line_was: str | None = None
    diagnostics: Sequence[str] = ()


NO_CONTEXT = Context()
