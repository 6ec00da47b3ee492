"""What the user has edited lately: what is being changed in other places says what comes next in this one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from lsprotocol.types import TextDocumentContentChangeEvent, TextDocumentContentChangePartial
from msgspec import Struct

from turnstile_lsp.agents.coder.context import Change, Context, Snippet
from turnstile_lsp.lsp_server.text_document import TextDocument, content_length, split_lines

_RUNS = 32
_REGIONS = 6
_LINES_BEFORE, _LINES_AFTER = 4, 8
_SHOWN_ANYWAY = 60
"""Lines around the cursor that its own prompt shows."""
_MOST_LINES = 8
"""A longer run is another text rather than changed lines."""

PathOf = Callable[[TextDocument], str | None]
"""The path of a document, as prompts name it; None for one that is closed, or withheld."""


class Run(Struct, eq=False):
    """Lines `first` to `end` of a document were edited. `before`: what they were; empty for too many."""

    document: TextDocument
    first: int
    end: int
    before: Sequence[str]

    def changes(self, document: TextDocument, line: int) -> Iterator[Change]:
        """The lines that are others than they were, as seen from a line; none where lines were added or taken away."""
        if len(self.before) == self.end - self.first and self.end <= len(self.document.lines):
            for number, before in enumerate(self.before, self.first):
                if (after := _content(self.document, number)) != before:
                    yield Change(before, after, number - line if self.document is document else None)


class RecentEdits:
    """The latest edits of all documents, oldest first; edits of the same lines are one."""

    def __init__(self) -> None:
        self._runs: deque[Run] = deque(maxlen=_RUNS)

    def changed(self, document: TextDocument, change: TextDocumentContentChangeEvent) -> None:
        """A document is about to be edited. A new text for the whole document says nothing of a place, and what was known
        of its lines no longer holds."""
        runs = [run for run in self._runs if run.document is document]
        if not isinstance(change, TextDocumentContentChangePartial):
            self._forget(runs)
            return
        ends = [document.line_and_column(place)[0] for place in (change.range.start, change.range.end)]
        first, end = min(ends), max(ends) + 1
        growth = len(split_lines(change.text)) - (end - first)
        touched = [run for run in runs if run.first < end and first < run.end]
        self._forget(touched)
        for run in runs:
            if run.first >= end:
                run.first, run.end = run.first + growth, run.end + growth
        joined = _joined(document, first, end, touched)
        joined.end += growth
        self._runs.append(joined)

    def context(self, document: TextDocument, line: int, path_of: PathOf) -> Context:
        """What a cursor in a line of a document is told."""
        paths = {edited: path_of(edited) for edited in {run.document for run in self._runs}}
        shown = [(run, path) for run in self._runs if (path := paths[run.document]) is not None]
        changes = [change for run, _ in shown for change in run.changes(document, line)]
        return Context(
            edits=_regions(shown, document, line),
            changes=[change for change in changes if change.below != 0],
            line_was=next((change.before for change in changes if change.below == 0), None),
        )

    def _forget(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self._runs.remove(run)


def _joined(document: TextDocument, first: int, end: int, touched: Sequence[Run]) -> Run:
    """Lines `first` to `end` and the runs that share lines with them as one run."""
    first, end = min([first, *(run.first for run in touched)]), max([end, *(run.end for run in touched)])
    before: list[str] = []
    line = first
    for run in sorted(touched, key=lambda run: run.first):
        before += [*(_content(document, between) for between in range(line, run.first)), *run.before]
        line = run.end
    if end - first > _MOST_LINES or any(not run.before for run in touched):
        return Run(document, first, end, ())
    return Run(document, first, end, [*before, *(_content(document, rest) for rest in range(line, end))])


def _regions(shown: Sequence[tuple[Run, str]], document: TextDocument, line: int) -> list[Snippet]:
    """What surrounds the latest edits now, but for those that the cursor's own surroundings show; close ones are one."""
    chosen: list[tuple[Run, str]] = []
    for run, path in reversed(shown):
        is_near = run.document is document and abs(run.first - line) <= _SHOWN_ANYWAY
        if not is_near and not any(_are_close(run, other) for other, _ in chosen):
            chosen.append((run, path))
    return [_region(run, path) for run, path in reversed(chosen[:_REGIONS])]


def _are_close(one: Run, other: Run) -> bool:
    return one.document is other.document and abs(one.first - other.first) < _LINES_BEFORE + _LINES_AFTER


def _region(run: Run, path: str) -> Snippet:
    first = max(0, run.first - _LINES_BEFORE)
    text = "".join(run.document.lines[first : run.first + _LINES_AFTER])
    return Snippet(path, text.replace("\r\n", "\n").rstrip("\n"), first)


def _content(document: TextDocument, line: int) -> str:
    return document.lines[line][: content_length(document.lines[line])]
