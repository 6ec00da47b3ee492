"""All open documents of a syntax process, and the answers about them."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from turnstile_lsp.agents.coder.syntax import frames
from turnstile_lsp.agents.coder.syntax.context import context_at
from turnstile_lsp.agents.coder.syntax.document import Document
from turnstile_lsp.agents.coder.syntax.grammars import grammar
from turnstile_lsp.agents.coder.syntax.stop import stop_of
from turnstile_lsp.agents.coder.syntax.tree import SyntaxTree

logger = logging.getLogger(__name__)

_MOST_SECONDS = 1.0
"""Of computing, for one piece of work. Most take a few milliseconds."""

_QUIET_SECONDS = 0.3
"""What stands in a block is found out anew when nothing was typed for so long."""


class SyntaxService:
    """Takes frames in the order in which they were sent. What is said of a document that is not open is dropped.
    `note`: told on which document work begins; 0 when it ends."""

    def __init__(self, note: Callable[[int], None]) -> None:
        self._note = note
        self._documents: dict[int, Document] = {}
        self._behind: dict[int, Document] = {}
        self._changed_at = 0.0

    def step(self) -> bool:
        """Work for some milliseconds on what nobody waits for; False where there is nothing to do as yet."""
        is_quiet = time.monotonic() >= self._changed_at + _QUIET_SECONDS
        for number, document in list(self._behind.items()):
            if self._outlines(number, document, also_stale=is_quiet):
                return True
            if is_quiet:
                del self._behind[number]
        return False

    def wait_seconds(self) -> float | None:
        """How long there is nothing to do unless a frame comes; None: for ever."""
        return max(0.0, self._changed_at + _QUIET_SECONDS - time.monotonic()) if self._behind else None

    def take(self, frame: frames.ToProcess) -> frames.Context | frames.Stop | None:
        """Do what a frame says, and give the answer where it asks for one."""
        if isinstance(frame, frames.Open):
            self._forget(frame.document)
            if (found := grammar(frame.grammar)) is not None:
                self._documents[frame.document] = Document(found)
        elif isinstance(frame, frames.Close):
            self._forget(frame.document)
        elif isinstance(frame, frames.GetContext):
            return self._context(frame)
        elif isinstance(frame, frames.GetStop):
            return self._stop(frame)
        elif isinstance(frame, frames.Append | frames.Change) and frame.document in self._documents:
            self._change(frame, self._documents[frame.document])
        return None

    def _forget(self, document: int) -> None:
        self._documents.pop(document, None)
        self._behind.pop(document, None)

    def _change(self, frame: frames.Append | frames.Change, document: Document) -> None:
        if isinstance(frame, frames.Append):
            document.append(frame.source)
        else:
            document.change(frame.start, frame.end, frame.new)
        self._behind[frame.document] = document
        self._changed_at = time.monotonic()

    @contextmanager
    def _working_on(self, document: int) -> Iterator[None]:
        """A grammar's own code may run for ever, or crash. The kernel ends the process then, and the note stays."""
        self._note(document)
        signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self._note(0)

    def _outlines(self, number: int, document: Document, *, also_stale: bool) -> bool:
        """See `Document.step`."""
        with self._working_on(number):
            return document.step(also_stale=also_stale)

    def _context(self, frame: frames.GetContext) -> frames.Context:
        try:
            if frame.whole and (document := self._documents.get(frame.where.document)) is not None:
                while self._outlines(frame.where.document, document, also_stale=True):
                    pass
            with self._working_on(frame.where.document):
                if (found := self._place(frame.where)) is not None:
                    return frames.Context(frame.id, context_at(*found))
        except Exception:  # A fault over one place must not cost the other documents.
            logger.exception("the syntax of a place")
        return frames.Context(frame.id, None)

    def _stop(self, frame: frames.GetStop) -> frames.Stop:
        try:
            with self._working_on(frame.where.document):
                if (found := self._place(frame.where)) is not None:
                    _, tree, offset = found
                    return frames.Stop(frame.id, stop_of(tree, offset, frame.text))
        except Exception:
            logger.exception("where a completion stops")
        return frames.Stop(frame.id, None)

    def _place(self, where: frames.Where) -> tuple[Document, SyntaxTree, int] | None:
        document = self._documents.get(where.document)
        if document is None:
            return None
        first = document.text.offset(where.start.line, where.start.column)
        tree, start = document.tree_at(first)
        if not where.selected:
            return document, tree, start
        end = start + document.text.offset(where.end.line, where.end.column) - first
        edited = tree.edited(start, min(max(start, end), len(tree.source)), where.selected)
        return document, edited, start + len(where.selected)
