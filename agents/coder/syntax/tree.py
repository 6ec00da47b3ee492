"""A part of a document with its tree, which follows the edits."""

from __future__ import annotations

import time
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node, Point, Query, QueryCursor, Tree

from turnstile_lsp.agents.coder.syntax.grammars import Grammar

_GIVEN_UP_SECONDS = 5.0


class Captured(Struct, frozen=True):
    """A node and what the query calls it; of a definition also its name and its body, where it has them."""

    capture: str
    node: Node
    name: Node | None = None
    body: Node | None = None


class SyntaxTree:
    """A source and its tree. Offsets count bytes of `source`."""

    def __init__(self, grammar: Grammar, source: bytes) -> None:
        self.grammar = grammar
        self.source = source
        self._tree: Tree | None = None
        self._is_current = False
        self._given_up_until = 0.0

    def edit(self, start: int, end: int, new: bytes) -> None:
        """Replace what is between. The tree is brought up to date when it is asked for."""
        edited = self.source[:start] + new + self.source[end:]
        if self._tree is not None:
            points = self._point(start), self._point(end), _point(edited, start + len(new))
            self._tree.edit(start, end, start + len(new), *points)
        self.source = edited
        self._is_current = False

    def edited(self, start: int, end: int, new: bytes) -> SyntaxTree:
        """A copy with this edit."""
        copy = SyntaxTree(self.grammar, self.source)
        copy._tree = self._tree and self._tree.copy()
        copy._given_up_until = self._given_up_until
        copy.edit(start, end, new)
        return copy

    def root(self) -> Node | None:
        """The root of the tree; None where parsing takes too long, and for some seconds after that."""
        if not self._is_current and time.monotonic() >= self._given_up_until:
            self._tree = self.grammar.parse(self.source, self._tree)
            self._is_current = True
            if self._tree is None:
                self._given_up_until = time.monotonic() + _GIVEN_UP_SECONDS
        return self._tree and self._tree.root_node

    def captured(self, start: int, end: int, query: Query | None = None) -> Iterator[Captured]:
        """What a query (that of the nodes but identifiers) finds of nodes that hold some of what lies between."""
        root = self.root()
        if root is None:
            return
        cursor = QueryCursor(query or self.grammar.query)
        cursor.set_byte_range(max(0, start), end)
        for _, found in cursor.matches(root):
            name, body = (found.get(part, [None])[0] for part in ("name", "body"))
            for capture, nodes in found.items():
                if capture not in ("name", "body"):
                    yield Captured(capture, nodes[0], name, body)

    def identifiers(self, start: int, end: int) -> list[Node]:
        """The identifiers of which some lies between."""
        root = self.root()
        if root is None:
            return []
        cursor = QueryCursor(self.grammar.identifier_query)
        cursor.set_byte_range(max(0, start), end)
        return cursor.captures(root).get("identifier", [])

    def _point(self, offset: int) -> Point:
        return _point(self.source, offset)


def _point(source: bytes, offset: int) -> Point:
    return Point(source.count(b"\n", 0, offset), offset - source.rfind(b"\n", 0, offset) - 1)
