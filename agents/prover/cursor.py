"""Where a tactic could stand at a cursor, told from the text alone: Lean then says whether a goal is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover.blocks import newline_of
from turnstile_lsp.agents.prover.search.lexer import Comments

SORRY = "sorry"

_SORRY = re.compile(r"(?<![\w.'«])sorry(?![\w'])")
_OPENER = re.compile(r"(?:(?<![\w.'])by|=>|↦|·|;|<;>|\()$")
"""Behind these, on their line, a tactic can begin."""
_INNER_OPENER = re.compile(r"(?:(?<![\w.'])by|=>|;|<;>) ")
_BULLETS = re.compile(r"[ ]*(?:·[ ]*)*")
_OPENS_BLOCK = re.compile(r"(?:(?<![\w.'])(?:by|with|do)|=>)$")
INDENT = 2


class Gap(Struct, frozen=True, kw_only=True):
    """A place for a tactic where none stands: `[start, end)` (white space, mostly nothing) gives way to `lead`, the tactic
    and `tail`."""

    start: int
    end: int
    lead: str = ""
    tail: str = ""

    @property
    def hole(self) -> int:
        """Where the tactic begins in `filled`."""
        return self.start + len(self.lead)

    def filled(self, text: str) -> str:
        """The document with a `sorry` in the gap."""
        return text[: self.start] + self.lead + SORRY + self.tail + text[self.end :]


def sorry_at(text: str, offset: int) -> int | None:
    """Where the `sorry` begins that an offset touches, else the only one on its line."""
    start, end = _line(text, offset)
    comments = Comments(text[:end]).spans if SORRY in text[start:end] else []
    found = [
        match
        for match in _SORRY.finditer(text, start, end)
        if not any(first <= match.start() < last for first, last in comments)
    ]
    touched = [match for match in found if match.start() <= offset <= match.end()]
    chosen = touched or (found if len(found) == 1 else [])
    return chosen[0].start() if chosen else None


def of_line(text: str, line_start: int) -> int:
    """The cursor that a line stands for: behind a bullet or `=>` at its end, else in front of its text."""
    line = text[slice(*_line(text, line_start))]
    ends_open = _OPENER.search(line.rstrip()) and line.strip().startswith(("·", "|"))
    return line_start + (len(line) if ends_open else len(line) - len(line.lstrip()))


def typed_from(text: str, offset: int) -> int:
    """Where the tactic began that ends at an offset, as far as its line shows."""
    start, _ = _line(text, offset)
    before = text[start:offset]
    opened = [match.end() for match in _INNER_OPENER.finditer(before)]
    bullets = _BULLETS.match(before)
    return start + max([bullets.end() if bullets else 0, *opened])


def gaps(text: str, offset: int) -> list[Gap]:
    """The gaps that a cursor may mean, the likeliest first; none in the middle of a line's text.

    Raises `InvalidRequest` in a comment and outside the text."""
    if not 0 <= offset <= len(text):
        raise InvalidRequest(f"The position {offset} lies outside the document, which has {len(text)} characters.")
    start, end = _line(text, offset)
    if any(_holds(text, span, offset) for span in Comments(text[:end]).spans):
        raise InvalidRequest("The cursor is in a comment; put it where a tactic could stand.")
    blanked = Comments(text[:offset]).blanked()
    before, after = blanked[start:], text[offset:end]
    if before.strip():
        return [] if after.strip() and not after.strip().startswith("--") else _behind(text, offset, end, blanked)
    if after.strip():
        column = offset - start + len(after) - len(after.lstrip())
        place = start + column
        return [Gap(start=place, end=place, tail=newline_of(text) + " " * column)]
    return [_at_column(offset, start, column) for column in _columns(blanked[:start], offset - start)]


def _behind(text: str, offset: int, line_end: int, blanked: str) -> list[Gap]:
    """After something on its line, with nothing but a comment behind."""
    stripped = blanked.rstrip(" ")
    space = "" if len(stripped) < len(blanked) or stripped.endswith("(") else " "
    same_line = [Gap(start=offset, end=offset, lead=space)] if _OPENER.search(stripped[-4:]) else []
    below = [
        Gap(start=line_end, end=line_end, lead=newline_of(text) + " " * column)
        for column in _columns(blanked + "\n", None)
    ]
    return below + same_line if same_line and space and stripped.endswith("by") else same_line + below


def _at_column(offset: int, line_start: int, column: int) -> Gap:
    """On a blank line."""
    start = min(offset, line_start + column)
    return Gap(start=start, end=offset, lead=" " * (line_start + column - start))


def _columns(above: str, column: int | None) -> list[int]:
    """The columns at which a tactic may stand under some lines, the innermost first, but the cursor's own before all."""
    found = list(dict.fromkeys(_possible(above)))
    return sorted(found, key=lambda each: each != column)


def _possible(above: str) -> Iterator[int]:
    deepest = None
    for line in reversed(above.split("\n")):
        content = line.rstrip()
        if not content:
            continue
        indent = len(content) - len(content.lstrip(" "))
        bullets = _BULLETS.match(content)
        inner = bullets.end() if bullets else indent
        if deepest is None and (_OPENS_BLOCK.search(content) or content.endswith("·")):
            yield (inner if inner > indent else indent) + (0 if content.endswith("·") else INDENT)
        deepest = inner if deepest is None else deepest
        for column in sorted({inner, indent}, reverse=True):
            if 0 < column <= deepest:
                yield column
                deepest = column
        if indent == 0:
            return


def _holds(text: str, comment: tuple[int, int], offset: int) -> bool:
    """Whether what is typed at an offset becomes part of a comment."""
    start, end = comment
    return start < offset < end or (offset == end and not text.endswith("-/", start + 2, end))


def _line(text: str, offset: int) -> tuple[int, int]:
    """Where the line of an offset begins and ends."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return text.rfind("\n", 0, offset) + 1, end - text[:end].endswith("\r")
