"""How a proof stands in the file: from a hole and tactics to the text that replaces the hole.

Which columns a `by` block may use is decided by Lean's `checkColGe` against the innermost saved position. Two layouts
are always accepted and are the only ones used: a block that starts on a new line, two columns right of the item it
proves (where nothing on the item's line saves a position further right), and else a block that starts right after
`by`, its other lines aligned with the first.
"""

from __future__ import annotations

import re
import textwrap

from msgspec import Struct

from turnstile_lsp.agents.lean.base import Hole
from turnstile_lsp.agents.prover.blocks import aligned, newline_of

_BARE_BEFORE = re.compile(r"(?::=|=>|↦|[(\[{⟨,:]|<\||(?<![\w.])(?:then|else|from|exact|refine|apply|return))$")
"""Before these a term `by …` needs no parentheses."""

_BARE_AFTER = re.compile(r"\s*(?:$|[)\]}⟩,:]|--|/-|else\b|then\b)")
"""What may follow a bare `by …` on its line; anything else, such as `;` or `▸`, would be drawn into the block."""

_ITEM = re.compile(
    r"(?:@\[[^\]]*\]\s*)?(?:(?:theorem|lemma|example|def|instance|abbrev|private|protected|public|noncomputable|have|let"
    r"|obtain|show|suffices)\b|_\s|[\w.'«»]+(?:\s+[\w']+)*\s*:=$)"
)
"""Starts of lines whose own `:=` can take a block on the lines below: declarations, `have`, calc steps, fields."""

_SAVES_POSITION = re.compile(r"\bby\b|;|\bcalc\b|\bdo\b")
_LINE_LEAD = re.compile(r"\s*(?:·\s*)*")


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
    match hole.kind:
        case "tactic":
            replacement = _tactic(text, hole, lines, newline)
        case "by":
            replacement = _after_by(text, hole, lines, newline, command_start)
        case _:
            replacement = _term(text, hole, lines, newline, command_start)
    return Edit(start=hole.start, end=hole.end, replacement=replacement)


def column_of(text: str, offset: int) -> int:
    """Column of an offset, from 0, in code points."""
    return offset - (text.rfind("\n", 0, offset) + 1)


def _tactic(text: str, hole: Hole, lines: list[str], newline: str) -> str:
    column = column_of(text, hole.start)
    combined = text[: hole.start].rstrip().endswith("<;>") or text[hole.end :].lstrip().startswith("<;>")
    if combined and (len(lines) > 1 or ";" in lines[0]):
        return f"({aligned(lines, column + 1, newline)})"
    return aligned(lines, column, newline)


def _term(text: str, hole: Hole, lines: list[str], newline: str, command_start: int) -> str:
    line_end = text.find("\n", hole.end)
    before, after = text[: hole.start].rstrip(), text[hole.end : line_end if line_end >= 0 else len(text)]
    column = column_of(text, hole.start)
    if not (_BARE_BEFORE.search(before, max(0, len(before) - 16)) and _BARE_AFTER.match(after)):
        return f"(by {aligned(lines, column + len('(by '), newline)})"
    return "by" + _block(text, hole.start, column + len("by"), lines, newline, command_start)


def _after_by(text: str, hole: Hole, lines: list[str], newline: str, command_start: int) -> str:
    old = text[hole.start : hole.end]
    lead = old[: len(old) - len(old.lstrip())] if old.strip() else ""
    if "\n" in lead:
        return lead + aligned(lines, len(lead) - lead.rfind("\n") - 1, newline)
    column = column_of(text, hole.start)
    if text[: hole.start].endswith("by"):  # nothing, not even a space, stands between
        return _block(text, hole.start - len("by"), column, lines, newline, command_start)
    return aligned(lines, column, newline)


def _block(text: str, by_start: int, column: int, lines: list[str], newline: str, command_start: int) -> str:
    """What follows a `by` that ends at `column`."""
    if len(lines) == 1:
        return " " + lines[0]
    indent = _block_indent(text, by_start, command_start)
    if indent is None:
        return " " + aligned(lines, column + 1, newline)
    return newline + " " * indent + aligned(lines, indent, newline)


def _block_indent(text: str, by_start: int, command_start: int) -> int | None:
    """Column for a block on new lines after a `by` at `by_start`; None where it must start on the same line."""
    if not text[:by_start].rstrip().endswith(":="):
        return None
    if not re.search(r":=|\bby\b|\bwhere\b", text[command_start:by_start].rstrip()[: -len(":=")]):
        return column_of(text, command_start) + 2
    line = text[text.rfind("\n", 0, by_start) + 1 : by_start].rstrip()
    lead = _LINE_LEAD.match(line)
    indent = lead.end() if lead else 0
    item = line[indent:]
    return indent + 2 if _ITEM.match(item) and not _SAVES_POSITION.search(item) else None
