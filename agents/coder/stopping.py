"""Where a completion of several lines ends: with the block that the cursor is in."""

from __future__ import annotations

import re

from turnstile_lsp.agents.coder.languages import PLAIN, Language

_CLOSING_WORDS = ("end", "fi", "done", "esac", "od", "next", "wend", "loop", "until")
_BRANCH_WORDS = ("else", "elif", "elsif", "elseif", "catch", "except", "finally", "rescue", "ensure", "case", "default")
_MARK = re.compile(r"[})\]]|</")
_CLOSING_WORD = re.compile(rf"(?:end\w*|{'|'.join(_CLOSING_WORDS)})\b", re.IGNORECASE)
_NEXT_BRANCH = re.compile(rf"[}})\]\s]*(?:{'|'.join(_BRANCH_WORDS[:-2])})\b|[}})\]].*[{{(\[]\s*$", re.IGNORECASE)
_CASE = re.compile(r"(?:case|default)\b")
_BEGINNING = re.compile(r"[})\]\s]*(\w*)")
_MOST_BLANK_LINES = 1


def block_end(line_before: str, text: str, language: Language = PLAIN) -> int | None:
    """Where the block that `text` continues ends in it, or None while that is undecided.

    `line_before`: the cursor's line up to the cursor. On a fresh line (nothing but indentation before the cursor) the
    block goes on while lines are indented as much; after code, while they are indented more. A line that closes
    the block at the cursor's own indentation belongs to it, and so does a further branch of it where blocks have
    marks. Where a language has no blocks, a blank line ends what is said.
    """
    base = _indentation(line_before)
    fresh = not line_before.strip() or language.blocks == "none"
    most_blank = 0 if language.blocks == "none" else _MOST_BLANK_LINES
    start = text.find("\n") + 1
    blank = 0
    while 0 < start < len(text):
        end = text.find("\n", start)
        line = text[start:] if end < 0 else text[start:end]
        if line.strip():
            blank = 0
            depth = _indentation(line)
            if depth < base:
                return start - 1
            if depth == base and not fresh and not _is_next_branch(line, end < 0, line_before, language):
                return (end if end >= 0 else None) if _closes(line, language) else start - 1
        elif end >= 0:
            blank += 1
            if blank > most_blank and text[:start].strip():
                return start - 1
        start = end + 1
    return None


def _closes(line: str, language: Language) -> bool:
    words = line.lstrip()
    return _MARK.match(words) is not None or (language.blocks == "end" and _CLOSING_WORD.match(words) is not None)


def _is_next_branch(line: str, unfinished: bool, line_before: str, language: Language) -> bool:
    """Whether a line continues the block at the cursor's own indentation, or may yet turn out to."""
    if language.blocks == "indent":
        return False
    words = line.strip()
    beginning = _BEGINNING.fullmatch(words) if unfinished else None
    if beginning and any(word.startswith(beginning[1].lower()) for word in (*_BRANCH_WORDS, *_CLOSING_WORDS)):
        return True
    case = line_before.rstrip().endswith("{") and _CASE.match(words) is not None
    return case or _NEXT_BRANCH.match(words) is not None


def _indentation(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
