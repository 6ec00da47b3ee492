"""The whole answer about a place in a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from tree_sitter import Node

from turnstile_lsp.agents.coder.syntax.base import Definition, Scope, SyntaxContext
from turnstile_lsp.agents.coder.syntax.document import Document
from turnstile_lsp.agents.coder.syntax.outline import DEFINITION, Defined, indentation_of, name_of, signature
from turnstile_lsp.agents.coder.syntax.place import Place
from turnstile_lsp.agents.coder.syntax.tree import SyntaxTree

_NAMES_BEFORE, _NAMES_BEHIND = 1200, 300
_MOST_NAMES, _MOST_DEFINITIONS, _MOST_IMPORTS, _MOST_CUTS = 64, 16, 64, 64
_LONGEST_NAME = 80
_SCOPES_BEFORE = 8192


def context_at(document: Document, tree: SyntaxTree, offset: int) -> SyntaxContext | None:
    """What is known of a place in a tree of `document`; None where it could not be parsed."""
    root = tree.root()
    if root is None:
        return None
    place = Place(tree, offset)
    names = identifiers(place)
    starts, ends = _statements(place, root)
    return SyntaxContext(
        grammar=tree.grammar.name,
        kind=place.kind,
        within=place.within,
        scopes=_scopes(document, place),
        imports=_imports(document),
        identifiers=names,
        definitions=_definitions(document, names),
        cuts_before=starts,
        cuts_after=ends,
    )


def identifiers(place: Place) -> list[str]:
    """The names around a place, nearest first, each once; the one that is being typed is none yet."""
    low, high = place.offset - _NAMES_BEFORE, place.offset + _NAMES_BEHIND
    spans = [(node.start_byte, node.end_byte) for node in place.tree.identifiers(low, high)]
    near = [
        (min(abs(start - place.offset), abs(end - place.offset)), start, end)
        for start, end in spans
        if end - start <= _LONGEST_NAME and not start < place.offset <= end
    ]
    names = (place.source[start:end].decode("utf-8", "replace") for _, start, end in sorted(near))
    return list(islice(dict.fromkeys(names), _MOST_NAMES))


def _scopes(document: Document, place: Place) -> list[Scope]:
    """The definitions that hold the place; also those that an unfinished line has broken off before it, which its
    indentation says it belongs to."""
    indentation = len(place.line_before) if place.is_fresh else indentation_of(place.line_before)
    query = place.tree.grammar.outline_query
    definitions = {
        one.node.id: one
        for one in place.tree.captured(place.offset - _SCOPES_BEFORE, place.offset + 1, query)
        if one.capture.startswith(DEFINITION) and one.node.start_byte < place.offset
    }
    scopes: list[Scope] = []
    for one in sorted(definitions.values(), key=lambda captured: -captured.node.start_byte):
        node = one.node
        own = indentation_of(place.source[place.source.rfind(b"\n", 0, node.start_byte) + 1 : node.end_byte])
        if node.end_byte <= place.offset and (own >= indentation or _is_closed(place, node)):
            continue
        indentation = min(indentation, own)
        name, head = (
            name_of(place.source, node, one.name),
            signature(place.source, one.capture, node, one.name, one.body),
        )
        distance = _code_points(place.source[node.start_byte : place.offset])
        scopes.append(Scope(one.capture.removeprefix(DEFINITION), name, head, distance))
    above = [
        Scope(one.kind, one.name, one.signature, distance + place.offset)
        for distance, one in document.enclosing(indentation)
    ]
    return [*above, *reversed(scopes)]


def _is_closed(place: Place, node: Node) -> bool:
    """Whether a bracket or a word ends a definition, or it is but a value."""
    text = place.source[max(node.start_byte, node.end_byte - 3) : node.end_byte]
    return text.endswith((b"}", b")", b"]", b";", b"end")) or place.line_start <= node.start_byte


def _imports(document: Document) -> list[str]:
    return list(islice((text for _, outline in document.outlines() for text in outline.imports), _MOST_IMPORTS))


def _definitions(document: Document, names: Sequence[str]) -> list[Definition]:
    wanted = dict.fromkeys(names)
    found: dict[str, Definition] = {}
    for line, defined in _all_defined(document):
        if defined.name in wanted:
            found.setdefault(defined.name, Definition(defined.kind, defined.name, defined.signature, line))
    return [found[name] for name in names if name in found][:_MOST_DEFINITIONS]


def _all_defined(document: Document) -> Iterator[tuple[int, Defined]]:
    return ((line + one.line, one) for line, outline in document.outlines() for one in outline.definitions)


def _statements(place: Place, root: Node) -> tuple[list[int], list[int]]:
    """Distances to the lines before the place at which a statement around it begins, and to those behind it at which
    one ends."""
    holders = [one.body or one.node for one in place.near if one.capture == "block" or one.body is not None]
    starts, ends = set(), set()
    for holder in (root, *holders):
        for child in holder.named_children:
            line = place.source.rfind(b"\n", 0, child.start_byte) + 1
            if child.start_byte < place.offset and not place.source[line : child.start_byte].strip():
                starts.add(line)
            if child.end_byte > place.offset:
                ends.add(child.end_byte)
    near_starts = sorted(starts, reverse=True)[:_MOST_CUTS]
    near_ends = sorted(ends)[:_MOST_CUTS]
    return (
        [_code_points(place.source[start : place.offset]) for start in near_starts],
        [_code_points(place.source[place.offset : end]) for end in near_ends],
    )


def _code_points(source: bytes) -> int:
    return len(source) if source.isascii() else len(source.decode("utf-8", "ignore"))
