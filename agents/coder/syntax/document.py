"""An open document in the syntax process: its text, the tree of the part around the cursor, the outlines of all parts.

A tree of the whole would cost time with every edit that grows with the document, and memory twenty times its text's.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstile_lsp.agents.coder.syntax.frames import Place
from turnstile_lsp.agents.coder.syntax.grammars import Grammar
from turnstile_lsp.agents.coder.syntax.outline import Defined, Outline, outline
from turnstile_lsp.agents.coder.syntax.text import Text
from turnstile_lsp.agents.coder.syntax.tree import SyntaxTree

_NEEDED = 4 * 1024
_WANTED = 8 * 1024
"""Bytes on both sides of a cursor: a tree of less is made anew, with so many."""

_MOST_BYTES = 256 * 1024
_BLOCKS_SEARCHED = 64
_OUTLINES_REACH = 512 * 1024


class Document:
    """A document with its grammar. Offsets count bytes; lines count from 0, columns in code points."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.text: Text[Outline] = Text()
        self._start = 0
        self._tree: SyntaxTree | None = None

    def append(self, source: bytes) -> None:
        """More of the text while the document is being opened."""
        self.text.append(source)
        self._tree = None

    def change(self, start: Place, end: Place, new: bytes) -> None:
        """Replace what lies between two places."""
        first = self.text.offset(start.line, start.column)
        last = max(first, self.text.offset(end.line, end.column))
        new = self.text.replace(first, last, new)
        if self._tree is None:
            return
        if last < self._start:
            self._start += len(new) - (last - first)
        elif self._start <= first and last <= self._start + len(self._tree.source):
            self._tree.edit(first - self._start, last - self._start, new)
        elif first <= self._start + len(self._tree.source):
            self._tree = None

    def tree_at(self, offset: int) -> tuple[SyntaxTree, int]:
        """The tree around a place, and the place in it."""
        if self._tree is None or not self._is_inside(self._tree, offset):
            self._start, source = self.text.around(max(0, offset - _WANTED), offset + _WANTED)
            self._tree = SyntaxTree(self.grammar, source)
        return self._tree, offset - self._start

    def outlines(self) -> Iterator[tuple[int, Outline]]:
        """Of every block that is the first, or not far from the tree, and has one by now: the line of its beginning, and
        what stands in it."""
        line = 0
        for at, block in self.text.all():
            if block.facts is not None and (at == 0 or abs(at - self._start) < _OUTLINES_REACH):
                yield line, block.facts
            line += block.newlines

    def enclosing(self, indentation: int) -> list[tuple[int, Defined]]:
        """The definitions above the tree that seem to enclose what is indented so much at its beginning, as each is
        indented less than what follows it. Outermost first, with its distance to the tree (more or less a block)."""
        found: list[tuple[int, Defined]] = []
        above = [(at, block) for at, block in self.text.all() if at < self._start] if indentation else []
        for at, block in reversed(above[-_BLOCKS_SEARCHED:]):
            for defined in reversed(block.facts.definitions if block.facts else ()):
                if defined.indentation < indentation and defined.kind != "variable":
                    indentation = defined.indentation
                    found.append((self._start - at, defined))
        return found[::-1]

    def step(self, *, also_stale: bool) -> bool:
        """Find out what stands in one block that nothing is known of, or not since its latest edit; False where there
        is none."""
        for block in self.text.blocks:
            if block.facts is None or (also_stale and block.stale):
                block.facts, block.stale = outline(self.grammar, block.source), False
                return True
        return False

    def _is_inside(self, tree: SyntaxTree, offset: int) -> bool:
        end = self._start + len(tree.source)
        reaches_back = self._start == 0 or offset - self._start >= _NEEDED
        reaches_on = end == self.text.length or end - offset >= _NEEDED
        return self._start <= offset <= end and reaches_back and reaches_on and len(tree.source) <= _MOST_BYTES
