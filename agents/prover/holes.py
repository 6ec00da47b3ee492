"""How a proof stands in the file: from a hole and tactics to the text that replaces the hole.

Which columns a `by` block may use is decided by Lean's `checkColGe` against the innermost saved position. Two layouts
are always accepted and are the only ones used: a block that starts on a new line, two columns right of the item it
belongs to (where nothing on the item's line saves a position further right), and else a block that starts right after
`by` or `=>`, its other lines aligned with the first.
"""

from __future__ import annotations

import re
import textwrap

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover.blocks import aligned, newline_of
from turnstile_lsp.agents.prover.search.lexer import Comments

WIDTH = 100
"""A single line that would end further right begins on a line of its own."""

_BARE_BEFORE = re.compile(r"(?::=|=>|↦|[(\[{⟨,:]|<\||(?<![\w.])(?:then|else|from|exact|refine|apply|return))$")
"""Before these a term `by …` needs no parentheses."""

_BARE_AFTER = re.compile(r"\s*(?:$|[)\]}⟩,:]|--|/-|else\b|then\b)")
"""What may follow a bare `by …` on its line; anything else, such as `;` or `▸`, would be drawn into the block."""

_OPENS_BLOCK = re.compile(r"(?:\bby|=>)\Z")
_AFTER_BLOCK = re.compile(r"\s*(?:$|[)\]}⟩,]|--|/-)")
"""What may follow a block on lines of its own."""

_IN_BODY = re.compile(r":=|=>|\bby\b|\bwhere\b")
_BODY = re.compile(r":=|\||\bwhere\b")
_LINE_LEAD = re.compile(r"\s*(?:·\s*|\.\s+)*")
_ITEM_LEAD = re.compile(r"^(?:(?:have|let)\b|\|[^=]*(?==>))")
_CLOSED = re.compile(r"[(\[{⟨][^()\[\]{}⟨⟩]*[)\]}⟩]")
_SAVES_POSITION = re.compile(
    r"\b(?:by|calc|do|where|have|let|then|else|try|repeat|focus|iterate|solve|all_goals|any_goals|with_\w+)\b"
    r"|[;{]|(?<!<)\|(?!>)|=>\s*\S"
)
"""Behind these Lean wants all that belongs to them at their column or further right."""


class Edit(Struct, frozen=True, kw_only=True):
    """`replacement` takes the place of `[start, end)` (code points)."""

    start: int
    end: int
    replacement: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.replacement + text[self.end :]


def fill(text: str, hole: Hole, tactics: str, *, command_start: int = 0) -> Edit:
    """The edit that puts `tactics` (one or more lines, a tactic block's body) into `hole` of the document `text`.

    `command_start`: where the hole's command begins. The document's own line ends are kept.
    """
    newline = newline_of(text)
    lines = [line.rstrip() for line in textwrap.dedent(tactics.strip("\r\n")).splitlines()]
    hole = widened(text, hole)
    match hole.kind:
        case "tactic":
            replacement = _tactic(text, hole, lines, newline, command_start)
        case "by":
            replacement = _after_by(text, hole, lines, newline, command_start)
        case _:
            replacement = _term(text, hole, lines, newline, command_start)
    return Edit(start=hole.start, end=hole.end, replacement=replacement)


def widened(text: str, hole: Hole) -> Hole:
    """A `sorry` that is a block of its own at the end of a line, with the blanks in front of it: another block may begin on
    the next line."""
    before = text[: hole.start].rstrip(" ")
    if hole.kind != "tactic" or not _OPENS_BLOCK.search(before[-3:]) or not _AFTER_BLOCK.match(_rest(text, hole)):
        return hole
    return replace(hole, start=len(before), column=column_of(text, len(before)))


def column_of(text: str, offset: int) -> int:
    """Column of an offset, from 0, in code points."""
    return offset - (text.rfind("\n", 0, offset) + 1)


def _tactic(text: str, hole: Hole, lines: list[str], newline: str, command_start: int) -> str:
    if _OPENS_BLOCK.search(text[max(0, hole.start - 3) : hole.start]):
        return _block(text, hole, hole.column, lines, newline, command_start)
    column = column_of(text, hole.start)
    before, after = text[: hole.start].rstrip(), text[hole.end :].lstrip()
    combined = before.endswith("<;>") or after.startswith("<;>")
    if (combined and (len(lines) > 1 or ";" in lines[0])) or (before.endswith(";") and len(lines) > 1):
        return f"({aligned(lines, column + 1, newline)})"
    return aligned(lines, column, newline)


def _term(text: str, hole: Hole, lines: list[str], newline: str, command_start: int) -> str:
    before = text[: hole.start].rstrip()
    bare = _BARE_BEFORE.search(before, max(0, len(before) - 16)) and _BARE_AFTER.match(_rest(text, hole))
    keyword = "by" if bare else "(by"
    block = _block(text, hole, column_of(text, hole.start) + len(keyword), lines, newline, command_start)
    return keyword + block + ("" if bare else ")")


def _after_by(text: str, hole: Hole, lines: list[str], newline: str, command_start: int) -> str:
    old = text[hole.start : hole.end]
    lead = old[: len(old) - len(old.lstrip())] if old.strip() else ""
    if "\n" in lead:
        return lead + aligned(lines, len(lead) - lead.rfind("\n") - 1, newline)
    column = column_of(text, hole.start)
    if text[: hole.start].endswith("by"):  # nothing, not even a space, stands between
        return _block(text, hole, column, lines, newline, command_start)
    return aligned(lines, column, newline)


def _block(text: str, hole: Hole, column: int, lines: list[str], newline: str, command_start: int) -> str:
    """What follows a `by` or `=>` that ends at `column`."""
    rest = _rest(text, hole)
    fits = len(lines) == 1 and column + 1 + len(lines[0]) + len(rest.rstrip()) <= WIDTH
    indent = _block_indent(text, hole.start, command_start) if _AFTER_BLOCK.match(rest) and not fits else None
    if indent is None:
        return " " + aligned(lines, column + 1, newline)
    return newline + " " * indent + aligned(lines, indent, newline)


def _block_indent(text: str, offset: int, command_start: int) -> int | None:
    """Column for a block on new lines, which belongs to what stands in front of `offset` on its line; None where it must
    start on the same line."""
    above, _, line = Comments(text[command_start:offset]).blanked().rpartition("\n")
    lead = len((_LINE_LEAD.match(line) or [""])[0])
    item = line[lead:].rstrip().removesuffix("by")
    while (shorter := _CLOSED.sub("", item)) != item:
        item = shorter
    if not (_IN_BODY.search(above) or item.startswith("|")):
        lead, item = column_of(text, command_start), item[body.start() :] if (body := _BODY.search(item)) else ""
    else:
        item = _ITEM_LEAD.sub("", item)
    in_brackets = re.split(r"[(\[⟨]", item)[-1]
    return None if _SAVES_POSITION.search(in_brackets) else lead + 2


def _rest(text: str, hole: Hole) -> str:
    """What follows a hole on its line."""
    line_end = text.find("\n", hole.end)
    return text[hole.end : line_end if line_end >= 0 else len(text)]
