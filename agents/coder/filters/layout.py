"""Lines and white space: as many and as much as the place asks for, in the document's own way."""

from __future__ import annotations

import math
import re

from turnstile_lsp.agents.coder.document import Cursor, unified
from turnstile_lsp.agents.coder.stopping import block_end

_OPENERS = re.compile(r"(?:[\[({:=,\\+*/|&-]|->|=>|\b(?:do|then|begin|else|try|of|where|let|in|by))\s*$")
_GOES_ON = (".", "+", "-", "*", "/", "|", "&", "?", ":")
_LEADING = re.compile(r"^[ \t]+(?=[^\s])", re.MULTILINE)
_HALF = re.compile(r"[\ud800-\udfff]")


def unified_text(text: str, cursor: Cursor) -> str:
    """Lines end in \\n; half a surrogate pair, and half a character at the end, are no text."""
    return unified(_HALF.sub("", text)).replace("\r", "\n").rstrip("\ufffd")


def first_line(text: str, cursor: Cursor) -> str:
    """One line is what was asked for."""
    return text.partition("\n")[0]


def repeated_indentation(text: str, cursor: Cursor) -> str:
    """On a fresh line that is indented already, the first line is not indented again unless a block begins there."""
    if not cursor.line_before or cursor.line_before.strip() or not text[:1].isspace() or text[:1] == "\n":
        return text
    above = cursor.lines_before.rstrip().rpartition("\n")[2]
    if _OPENERS.search(above) or _width(above) != _width(cursor.line_before):
        return text
    return text if text.lstrip().startswith(_GOES_ON) else text.lstrip(" \t")


def indentation(text: str, cursor: Cursor) -> str:
    """Tabs where the document has tabs, spaces where it has spaces."""
    levels = [found.group() for found in _LEADING.finditer(text, text.find("\n") + 1)] if "\n" in text else []
    tabs, unit = _habit(cursor)
    if unit is None or not any(level.startswith(" " if tabs else "\t") for level in levels):
        return text
    first, rest = text.split("\n", 1)
    if not tabs:
        return first + "\n" + _LEADING.sub(lambda found: found.group().replace("\t", " " * unit), rest)
    step = math.gcd(*(level.count(" ") for level in levels if " " in level))
    if step < 2:
        return text
    return first + "\n" + _LEADING.sub(lambda found: found.group().replace(" " * step, "\t"), rest)


def scope(text: str, cursor: Cursor) -> str:
    """Nothing after the end of the block that the cursor is in."""
    return text[: block_end(cursor.line_before, text + "\n", cursor.language)]


def trailing_space(text: str, cursor: Cursor) -> str:
    """White space at the end helps nobody."""
    return text.rstrip()


def line_ends(text: str, cursor: Cursor) -> str:
    """Line ends as the document has them."""
    return text.replace("\n", "\r\n") if cursor.uses_crlf else text


def _habit(cursor: Cursor) -> tuple[bool, int | None]:
    """Whether lines near the cursor are indented by tabs, and how wide a level is; None where they do not tell."""
    levels = [found.group() for found in _LEADING.finditer(cursor.nearby)]
    tabs = [level for level in levels if level.startswith("\t")]
    spaces = [len(level) for level in levels if "\t" not in level]
    if (tabs and spaces) or not levels:
        return False, None
    if tabs:
        return True, 1
    step = math.gcd(*spaces)
    return False, step if step >= 2 else None


def _width(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
