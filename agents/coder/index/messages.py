"""What is said to and asked of the indexes, across the syntax process' pipe. Bodies of frames, in msgpack."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from turnstile_lsp.agents.coder.context import Snippet


class Opened(Struct, frozen=True, kw_only=True):
    """`index.open`: keep an index of `folder` up to date. `watch`: nobody else tells when its files change."""

    folder: str
    watch: bool


class Folder(Struct, frozen=True, kw_only=True):
    """`index.close`: a folder is no longer open. `index.status`: how far is it?"""

    folder: str


class Changed(Struct, frozen=True, kw_only=True):
    """`index.changed`: files or folders were made, saved or removed; absolute paths."""

    paths: Sequence[str]


class Used(Struct, frozen=True, kw_only=True):
    """`index.used`: the user has a file open; an absolute path."""

    path: str


class Hold(Struct, frozen=True, kw_only=True):
    """`index.hold`: a completion runs, so index nothing for so many seconds; 0 goes on at once."""

    seconds: float


class Query(Struct, frozen=True, kw_only=True):
    """`index.retrieve`: what matters at this cursor? `path`: of the document, relative to `folder`. `language`: a name
    of the language table. `before`, `after`: text around the cursor, a few thousand characters; `head`: how the
    document begins, with its imports. `identifiers`: near the cursor, the nearest first (empty: taken from the text).
    """

    folder: str
    path: str
    language: str
    before: str
    after: str = ""
    head: str = ""
    identifiers: Sequence[str] = ()


class Found(Struct, frozen=True, kw_only=True):
    """The answer to `index.retrieve`: the most relevant first. `problem`: as in `IndexStatus`."""

    snippets: Sequence[Snippet]
    problem: str | None = None


class IndexStatus(Struct, frozen=True, kw_only=True):
    """`files`: known. `ready`: all is up to date. `problem`: a sentence for the user, or None."""

    files: int
    ready: bool
    problem: str | None = None
