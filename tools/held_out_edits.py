"""Edit histories in held-out Python files: a systematic edit is undone, and done again up to the place that is asked about."""

from __future__ import annotations

import ast
import random
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise, zip_longest
from typing import Literal, get_args

from lsprotocol.types import TextDocumentContentChangePartial

from tools.held_out import SEED, Place
from tools.train_nano_coder.corpus import SourceFile
from turnstile_lsp.lsp_server.recent_edits import RecentEdits
from turnstile_lsp.lsp_server.text_document import Edit, TextDocument

Kind = Literal["rename", "argument", "qualifier"]
KINDS: Sequence[Kind] = get_args(Kind)

_FEWEST_LINES, _MOST_DONE = 3, 3
_SHORTEST_NAME = 3


@dataclass(frozen=True)
class History:
    """`before`, a text, with all of `edits` is the file's. Each edit is within a line; offsets are those of `before`, in their
    order. `word`: what else is on the lines that look as if they were to be edited too."""

    file: SourceFile
    before: str
    edits: tuple[Edit, ...]
    word: str

    @cached_property
    def lines(self) -> list[tuple[int, list[Edit]]]:
        """The edits by the number of their line."""
        ends = [match.start() for match in re.finditer("\n", self.before)]
        by_line = groupby(self.edits, lambda edit: bisect(ends, edit.start))
        return [(line, list(edits)) for line, edits in by_line]


def histories(file: SourceFile, kind: Kind) -> list[History]:
    """All that a file has of a kind: a local name renamed throughout its function, an argument that all calls of a name
    were given, a name that was qualified everywhere."""
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError):
        return []
    undone = {"rename": _renames, "argument": _arguments, "qualifier": _qualifiers}[kind](Source(file.text), tree)
    found = (_history(file, edits, word) for edits, word in undone if len(edits) >= _FEWEST_LINES)
    return [history for history in found if len(history.lines) >= _FEWEST_LINES]


def next_places(files: Sequence[SourceFile], kind: Kind, count: int, seed: int = SEED) -> list[Place]:
    """Up to three lines have been edited; the cursor is where the next one is to be. What is to go there is taken away, in
    every second place with the rest of the line."""
    places = []
    for history, draw in _draw(files, kind, count, seed):
        done = draw.randint(1, min(_MOST_DONE, len(history.lines) - 1))
        places.append(_next_place(history, done, whole_rest=draw.random() < 0.5))
    return places


def like_places(files: Sequence[SourceFile], kind: Kind, count: int, seed: int = SEED) -> list[Place]:
    """As many lines have been edited, but the cursor is in a line that only looks as if it were to be edited too: its rest
    is taken away, and is to stay as it was."""
    places = []
    for history, draw in _draw(files, kind, count, seed):
        done = draw.randint(1, min(_MOST_DONE, len(history.lines) - 1))
        if (place := _like_place(history, done, draw)) is not None:
            places.append(place)
    return places


def _draw(files: Sequence[SourceFile], kind: Kind, count: int, seed: int) -> Iterator[tuple[History, random.Random]]:
    """As many of the histories, files first, so that no file gives many."""
    draw = random.Random(f"{seed} {kind}")
    chosen = draw.sample(files, min(len(files), 2 * count))
    found = [draw.sample(all_, min(len(all_), count)) for file in chosen if (all_ := histories(file, kind))]
    in_turn = [history for of_a_round in zip_longest(*found) for history in of_a_round if history is not None]
    return ((history, draw) for history in in_turn[:count])


def _next_place(history: History, done: int, *, whole_rest: bool) -> Place:
    document, recent, shift = _replayed(history, done)
    _, edits = history.lines[done]
    start = edits[0].start + shift
    end = document.text.index("\n", start) if whole_rest else edits[0].end + shift
    expected = (
        applied(document.text[start:end], [_moved(edit, shift - start) for edit in edits])
        if whole_rest
        else edits[0].replacement
    )
    return asked(history.file, document, recent, start, end, expected)


def _like_place(history: History, done: int, draw: random.Random) -> Place | None:
    document, recent, _ = _replayed(history, done)
    taken = {line for line, _ in history.lines}
    text = document.text
    found = [
        match.start()
        for match in re.finditer(rf"(?<![\w.]){re.escape(history.word)}(?!\w)", text)
        if text.count("\n", 0, match.start()) not in taken
    ]
    if not found:
        return None
    start = draw.choice(found)
    end = text.find("\n", start)
    expected = text[start:end].rstrip()
    return asked(history.file, document, recent, start, end, expected)


def _replayed(history: History, done: int) -> tuple[TextDocument, RecentEdits, int]:
    """The document after the edits of the first lines, what was recorded of them, and how much longer the text became."""
    document = TextDocument(f"file:///{history.file.path}", history.before, language_id="python")
    recent, shift = RecentEdits(), 0
    for _, edits in history.lines[:done]:
        for edit in edits:
            _change(document, recent, _moved(edit, shift))
            shift += len(edit.replacement) - (edit.end - edit.start)
    return document, recent, shift


def asked(file: SourceFile, document: TextDocument, recent: RecentEdits, start: int, end: int, expected: str) -> Place:
    """The place where `start` to `end` of a document is taken away, as the last edit, and `expected` is to go there."""
    if end > start:
        _change(document, recent, Edit(start, end, ""))
    text = document.text
    context = recent.context(document, text.count("\n", 0, start), lambda _: file.path)
    return Place(replace(file, text=text[:start] + expected + text[start:]), "python", start, expected, context)


def _change(document: TextDocument, recent: RecentEdits, edit: Edit) -> None:
    where = document.range(edit.start, edit.end)
    change = TextDocumentContentChangePartial(range=where, text=edit.replacement)
    recent.changed(document, change)
    document.apply_change(change)


def _moved(edit: Edit, by: int) -> Edit:
    return Edit(edit.start + by, edit.end + by, edit.replacement)


def applied(text: str, edits: Sequence[Edit]) -> str:
    """`text` with all edits; their offsets, in their order, are its."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def _history(file: SourceFile, undone: Sequence[Edit], word: str) -> History:
    """`undone`: edits of the file's text. Those that overlap an earlier one are left out."""
    edits: list[Edit] = []
    pieces, place, shift = [], 0, 0
    for edit in sorted(undone):
        if edit.start >= place:
            pieces += [file.text[place : edit.start], edit.replacement]
            start, place = edit.start + shift, edit.end
            edits.append(Edit(start, start + len(edit.replacement), file.text[edit.start : edit.end]))
            shift += len(edit.replacement) - (edit.end - edit.start)
    return History(file, "".join([*pieces, file.text[place:]]), tuple(edits), word)


Node = ast.expr | ast.stmt | ast.arg | ast.keyword


class Source:
    """A text and where its syntax tree's nodes are in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def start(self, node: Node) -> int:
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: Node) -> int:
        return self._offset(node.end_lineno or 0, node.end_col_offset or 0)

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


Undone = Iterator[tuple[list[Edit], str]]


def _renames(source: Source, tree: ast.Module) -> Undone:
    """Each local name of a function, for which a name stands that another function has."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = [_local_names(function) for function in functions]
    everywhere = sorted({name for local in names for name in local if len(name) >= _SHORTEST_NAME})
    for function, local in zip(functions, names, strict=True):
        words = set(re.findall(r"\w+", source.text[source.start(function) : source.end(function)]))
        others = [name for name in everywhere if name not in words]
        for name, nodes in sorted(local.items()):
            if len(name) >= _SHORTEST_NAME and others:
                old = random.Random(f"{function.name} {name}").choice(others)
                yield [Edit(source.start(node), source.start(node) + len(name), old) for node in nodes], old


def _local_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[ast.Name | ast.arg]]:
    """The places of the names that a function binds, its parameters among them."""
    places: dict[str, list[ast.Name | ast.arg]] = defaultdict(list)
    bound = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name | ast.arg):
            name = node.id if isinstance(node, ast.Name) else node.arg
            places[name].append(node)
            if isinstance(node, ast.arg) or isinstance(node.ctx, ast.Store):
                bound.add(name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            return {}
    return {name: nodes for name, nodes in places.items() if name in bound - {"self", "cls"}}


def _arguments(source: Source, tree: ast.Module) -> Undone:
    """An argument that several calls of a name begin or end with."""
    calls: dict[tuple[str, str, bool], list[Edit]] = defaultdict(list)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.lineno == call.end_lineno:
            called = re.findall(r"\w+", source.text[source.start(call) : source.end(call.func)])[-1:]
            for argument, edit, is_last in _outer_arguments(source, call):
                calls["".join(called), argument, is_last].append(edit)
    for (called, _, _), edits in sorted(calls.items()):
        yield edits, called


def _outer_arguments(source: Source, call: ast.Call) -> Iterator[tuple[str, Edit, bool]]:
    """The last argument and, of several, the first one: text, what takes it away, and whether it is the last."""
    spans = sorted((source.start(node), source.end(node)) for node in [*call.args, *call.keywords])
    opening, closing = source.text.find("(", source.end(call.func)) + 1, source.end(call) - 1
    gaps = [source.text[end:start].strip() for (_, end), (start, _) in pairwise(spans)]
    if not spans or (opening, closing) != (spans[0][0], spans[-1][1]) or set(gaps) > {","}:
        return
    start, end = spans[-1]
    yield source.text[start:end], Edit(spans[-2][1] if gaps else start, end, ""), True
    if gaps:
        start, end = spans[0]
        yield source.text[start:end], Edit(start, spans[1][0], ""), False


def _qualifiers(source: Source, tree: ast.Module) -> Undone:
    """What stands before the dot, where several lines have the same attribute of the same name."""
    places: dict[tuple[str, str], list[Edit]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.lineno == node.end_lineno:
            places[node.value.id, node.attr].append(Edit(source.start(node), source.end(node) - len(node.attr), ""))
    for (_, attribute), edits in sorted(places.items()):
        yield edits, attribute
