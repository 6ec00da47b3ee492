"""One place in a tree: in what it lies, and what is worth completing there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from tree_sitter import Node

from turnstile_lsp.agents.coder.lexical import Within
from turnstile_lsp.agents.coder.syntax.base import Kind
from turnstile_lsp.agents.coder.syntax.outline import DEFINITION, VARIABLE, indentation_of
from turnstile_lsp.agents.coder.syntax.tree import Captured, SyntaxTree

_ONLY_CLOSING = re.compile(rb"[\s)\]}>\"'`:;,]*")
_WORD = re.compile(rb"[\w\x80-\xff]")
_OPENS_BLOCK = re.compile(rb"([:{]|\b(do|then|else|begin|try|loop)|\bdo\s*\|[^|]*\|)$")
_COLON_OPENS = re.compile(rb"\s*(async\s+)?(def|class|if|elif|else|for|while|with|try|except|finally|match|case)\b.*:$")
_CLOSED_COMMENT = (b"*/", b"-}", b"=#", b"]]", b"*)", b"-->", b"|#", b"=end", b"\n")


class Place:
    """A place in a tree's source, as an offset in bytes."""

    def __init__(self, tree: SyntaxTree, offset: int) -> None:
        self.tree = tree
        self.source = tree.source
        self.offset = offset
        line_end = self.source.find(b"\n", offset)
        self.line_end = len(self.source) if line_end < 0 else line_end
        self.line_start = self.source.rfind(b"\n", 0, offset) + 1
        self.line_before = self.source[self.line_start : offset]
        self.line_after = self.source[offset : self.line_end]

    @property
    def is_fresh(self) -> bool:
        """Whether nothing but white space stands before it in its line."""
        return not self.line_before.strip()

    @cached_property
    def last(self) -> int:
        """The offset of the last byte before it that is no white space; -1 where there is none."""
        return len(self.source[: self.offset].rstrip()) - 1

    @cached_property
    def near(self) -> Sequence[Captured]:
        """What the query says of the nodes that hold or touch it, outermost first."""
        found = self.tree.captured(self.offset - 1, self.offset + 1)
        return sorted(found, key=lambda captured: captured.node.start_byte - captured.node.end_byte)

    @cached_property
    def before(self) -> Sequence[Captured]:
        """What the query says of the nodes that hold `last`, outermost first."""
        found = [one for one in self.tree.captured(self.last, self.last + 1) if _holds(one.node, self.last)]
        return sorted(found, key=lambda captured: captured.node.start_byte - captured.node.end_byte)

    @cached_property
    def within(self) -> Within:
        """In what the place lies."""
        for captured in reversed(self.near):
            if captured.capture == "comment" and self._is_in_comment(captured.node):
                return "comment"
            if (
                captured.capture in ("string", "embedded")
                and captured.node.start_byte < self.offset < captured.node.end_byte
            ):
                return "string" if captured.capture == "string" else "code"
        return "string" if self._is_behind_a_quote() else "code"

    @cached_property
    def kind(self) -> Kind:
        """What is worth completing."""
        if self.within != "code" or self._is_inside_a_word():
            return Kind.NOTHING
        if not _ONLY_CLOSING.fullmatch(self.line_after):
            return Kind.TOKEN
        return Kind.BLOCK if self._is_in_an_empty_block() else Kind.LINE

    def _is_in_comment(self, node: Node) -> bool:
        if node.start_byte < self.offset < node.end_byte:
            return True
        text = self.source[max(node.start_byte, node.end_byte - 4) : node.end_byte]
        return node.end_byte == self.offset and not text.endswith(_CLOSED_COMMENT)

    def _is_inside_a_word(self) -> bool:
        before, after = self.line_before[-1:], self.line_after[:1]
        return bool(_WORD.match(before) and _WORD.match(after))

    def _is_behind_a_quote(self) -> bool:
        """Whether a quote in the line, which nothing closes, stands where the parser found an error."""
        root = self.tree.root()
        for match in re.finditer(rb"[\"'`]+", self.line_before) if root else ():
            at = self.line_start + match.start()
            leaf = root.descendant_for_byte_range(at, at + 1) if root else None
            if leaf is not None and (leaf.is_error or (leaf.parent is not None and leaf.parent.is_error)):
                return True
        return False

    def _is_in_an_empty_block(self) -> bool:
        """Whether the place is where the first statement of a body goes, and nothing of the body is there yet."""
        head = self._head_line()
        if head is None or (self.is_fresh and len(self.line_before) <= head):
            return False
        below = self.source[self.line_end :].lstrip(b"\r\n")
        following = next((line for line in below.split(b"\n") if line.strip()), b"")
        return not following or indentation_of(following) <= head

    def _head_line(self) -> int | None:
        """The indentation of the line that opens the block in which nothing stands yet but what documents it."""
        if self.last < 0:
            return None
        start = self.source.rfind(b"\n", 0, self.last) + 1
        head = self.source[start : self.last + 1]
        if not self.is_fresh and start != self.line_start:
            return None
        if self.is_fresh and _OPENS_BLOCK.search(head) and not (head.endswith(b":") and _is_within_brackets(head)):
            return indentation_of(head)
        if not self.is_fresh:
            opens = _COLON_OPENS.match(self.line_before) or any(one.node.start_byte == self.last for one in self.before)
            return indentation_of(head) if opens else None
        definitions = [one for one in self.before if one.capture.startswith(DEFINITION)]
        if not definitions or definitions[-1].capture == VARIABLE:
            return None
        node, body = definitions[-1].node, definitions[-1].body
        start = self.source.rfind(b"\n", 0, node.start_byte) + 1
        if body is None:
            is_empty = node.start_point.row == self.source.count(b"\n", 0, self.last) and node.end_byte > self.offset
        else:
            is_empty = _documents_only(body, self.last)
        return indentation_of(self.source[start : node.end_byte]) if is_empty else None


def _holds(node: Node, offset: int) -> bool:
    return bool(node.start_byte <= offset < node.end_byte)


def _is_within_brackets(line: bytes) -> bool:
    return sum(map(line.count, (b"(", b"[", b"{"))) > sum(map(line.count, (b")", b"]", b"}")))


def _documents_only(body: Node, last: int) -> bool:
    """Whether a body holds but one string and comments, and the string ends at `last`."""
    inner = [child for child in body.named_children if "comment" not in child.type]
    if len(inner) != 1 or inner[0].end_byte != last + 1:
        return False
    only = inner[0].named_children[0] if inner[0].type == "expression_statement" else inner[0]
    return "string" in only.type
