"""What a source defines and imports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node, QueryCursor

from turnstile_lsp.agents.coder.syntax.grammars import Grammar

SIGNATURE_LENGTH = 400
_VARIABLE_LENGTH = 120
DEFINITION = "definition."
VARIABLE = "definition.variable"
_OPENING = re.compile(r"(\s|[{:=]|\b(do|then|begin|end)\b)+$")
_IMPORTING = re.compile(
    r"\.\s|(import|require|include|source|use|using|load|library|autoload|alias)\w*\b|.*\brequire\b"
)
_LONGEST_NAME = 200


class Defined(Struct, frozen=True):
    """A definition. `line` counts from 0; `indentation`: of its line, in bytes."""

    kind: str
    name: str
    signature: str
    line: int
    indentation: int


class Outline(Struct, frozen=True):
    """In the order of the source."""

    definitions: tuple[Defined, ...] = ()
    imports: tuple[str, ...] = ()


def outline(grammar: Grammar, source: bytes) -> Outline:
    """The outline of a source; empty where it cannot be parsed in time."""
    tree = grammar.parse(source)
    if tree is None:
        return Outline()
    definitions: dict[int, Defined] = {}
    imports: dict[int, str] = {}
    for _, found in QueryCursor(grammar.outline_query).matches(tree.root_node):
        name, body = (found.get(part, [None])[0] for part in ("name", "body"))
        for capture, (node, *_) in found.items():
            if capture.startswith(DEFINITION):
                if (defined := _defined(source, capture, node, name, body)) is not None:
                    definitions.setdefault(node.start_byte, defined)
            elif capture.startswith("import"):
                text = " ".join(text_of(source, node).split())[:SIGNATURE_LENGTH]
                if capture == "import" or _IMPORTING.match(text):
                    imports.setdefault(node.start_byte, text)
    return Outline(
        tuple(definitions[start] for start in sorted(definitions)), tuple(imports[start] for start in sorted(imports))
    )


def _defined(source: bytes, capture: str, node: Node, name: Node | None, body: Node | None) -> Defined | None:
    found = name_of(source, node, name)
    if not found:
        return None
    line_start = source.rfind(b"\n", 0, node.start_byte) + 1
    line = source[line_start : node.end_byte]
    return Defined(
        kind=capture.removeprefix(DEFINITION),
        name=found,
        signature=signature(source, capture, node, name, body),
        line=node.start_point.row,
        indentation=indentation_of(line),
    )


def name_of(source: bytes, node: Node, name: Node | None) -> str:
    """A definition's name, without what qualifies it; empty where it has none."""
    named = name or node.child_by_field_name("name") or next(_identifiers(node), None)
    text = text_of(source, named) if named is not None and named.end_byte - named.start_byte <= _LONGEST_NAME else ""
    return re.split(r"::|[.:\s]", text.strip())[-1]


def signature(source: bytes, capture: str, node: Node, name: Node | None, body: Node | None) -> str:
    """A definition's head on one line: up to its body, and to the end of the line in which it is complete."""
    body = body or node.child_by_field_name("body")
    if capture == VARIABLE:
        return text_of(source, node).partition("\n")[0].strip()[:_VARIABLE_LENGTH]
    end = node.end_byte if body is None or body.start_byte <= node.start_byte else body.start_byte
    end = min(end, node.start_byte + 4 * SIGNATURE_LENGTH)
    line = source.find(b"\n", name.end_byte if name else node.start_byte, end)
    while line >= 0:
        head = source[node.start_byte : line]
        if sum(map(head.count, (b"(", b"[", b"<"))) <= sum(map(head.count, (b")", b"]", b">"))):
            end = line
            break
        line = source.find(b"\n", line + 1, end)
    text = source[node.start_byte : end].decode("utf-8", "replace")
    return " ".join(_OPENING.sub("", text).split())[:SIGNATURE_LENGTH]


def indentation_of(line: bytes) -> int:
    """How many bytes of white space a line begins with."""
    return len(line) - len(line.lstrip())


def text_of(source: bytes, node: Node) -> str:
    """The node's text."""
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _identifiers(node: Node) -> Iterator[Node]:
    return (child for child in node.named_children if "identifier" in child.type or child.type == "name")
