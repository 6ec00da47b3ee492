"""Where a completion leaves the statement or the block that the cursor is in."""

from __future__ import annotations

from tree_sitter import Node

from turnstile_lsp.agents.coder.syntax.place import Place
from turnstile_lsp.agents.coder.syntax.tree import SyntaxTree


def stop_of(tree: SyntaxTree, offset: int, added: bytes) -> int | None:
    """Where in `added`, put in at `offset`, what the place is in ends, in code points; None: not in it, or the parser
    is at a loss.

    On a fresh line that is the block that the line belongs to, else the statement that the cursor is in.
    """
    place = Place(tree, offset)
    after = tree.edited(offset, offset, added)
    root = after.root()
    if root is None:
        return None
    end = offset + len(added.rstrip())
    if place.is_fresh:
        first = offset + len(added) - len(added.lstrip())
        stop = _block_end(after, place, root, first)
    else:
        stop = _statement_end(after, place, root)
    if stop is None or not offset < stop < end:
        return None
    return len(added[: stop - offset].decode("utf-8", "ignore"))


def _block_end(after: SyntaxTree, place: Place, root: Node, first: int) -> int | None:
    """The end of the innermost block that what begins at `first` is in; before what closes it, where that stands
    behind the cursor already."""
    block = _block_around(after, root, first, place.line_start)
    if block is None or block.has_error:
        return None
    closer = block.children[-1] if block.children else None
    if closer is None or closer.is_named:
        return int(block.end_byte)
    if not _is_closed(place):
        return int(block.end_byte)
    return len(after.source[: closer.start_byte].rstrip())


def _statement_end(after: SyntaxTree, place: Place, root: Node) -> int | None:
    """The end of the line in which the statement ends that the last character before the cursor is in."""
    start = place.line_start + len(place.line_before) - len(place.line_before.lstrip())
    holder = _block_around(after, root, start, place.line_start) or root
    statement = next((child for child in holder.named_children if child.start_byte <= start < child.end_byte), None)
    if statement is None or statement.has_error or _is_error(statement.next_sibling):
        return None
    line_end = after.source.find(b"\n", statement.end_byte)
    return line_end if line_end >= 0 else None


def _block_around(after: SyntaxTree, root: Node, at: int, line_start: int) -> Node | None:
    """The innermost block that holds `at` and begins before the line of the cursor, or with its first statement."""
    blocks = [
        one.body if one.body is not None else one.node
        for one in after.captured(at, at + 1)
        if one.capture == "block" or one.body is not None
    ]
    holding = [
        node
        for node in blocks
        if node.start_byte <= at < node.end_byte
        and (
            node.start_byte < line_start
            or (node.start_byte == at and node.parent is not None and node.parent.start_byte < line_start)
        )
    ]
    return max(holding, key=lambda node: node.start_byte, default=None)


def _is_closed(place: Place) -> bool:
    """Whether the document closes the block that the place is in by a bracket or a word behind it."""
    blocks = [one.body or one.node for one in place.near if one.capture == "block" or one.body is not None]
    around = [node for node in blocks if node.start_byte < place.offset < node.end_byte]
    last = around[-1].children[-1] if around and around[-1].children else None
    return last is not None and not last.is_named and not last.is_missing and last.start_byte >= place.offset


def _is_error(node: Node | None) -> bool:
    return node is not None and node.is_error
