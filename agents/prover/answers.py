"""What of a language model's answer is a proof."""

from __future__ import annotations

import re

from turnstile_lsp.agents.prover.search.lexer import Comments

FENCE = "```"
_FENCED = re.compile(r"```[ \t]*\w*[ \t]*\n(.*?)(?:```|\Z)", re.S)
_TRAILING_COMMENTS = re.compile(r'(?:(?:^|\s)\s*--[^\n"]*)+\Z')
_DECLARATION = re.compile(r"(?<![\w.])(?:theorem|lemma|example|def|instance|abbrev)(?![\w.])")


def proof_in(answer: str, lead: str = "") -> str | None:
    """The tactic block that an answer begins with: up to the closing fence, and up to the first line further left than
    its first line. None when there is none. Comments at its end go: they could swallow what follows the hole."""
    lines = (lead + answer.split(FENCE, 1)[0]).rstrip().splitlines()
    while lines and not lines[0].strip():
        del lines[0]
    if not lines:
        return None
    indent = _indent(lines[0])
    end = next((n for n, line in enumerate(lines) if line.strip() and _indent(line) < indent), len(lines))
    return _TRAILING_COMMENTS.sub("", "\n".join(line[indent:] for line in lines[:end])).rstrip() or None


def proof_in_chat(answer: str, statement: str, lead: str = "") -> str | None:
    """The proof in the last fence of a chat's answer: behind `statement`, of which white space and what stands in front of
    its keyword may differ, or a tactic block alone. None when there is none, or when something else is proved."""
    fences: list[str] = _FENCED.findall(answer)
    if not fences:
        return None
    code = fences[-1]
    keyword = _DECLARATION.search(Comments(statement).blanked())
    if _DECLARATION.search(Comments(code).blanked()) is None or keyword is None:
        return proof_in(re.sub(r"^\s*by\b", lambda match: " " * len(match[0]), code))
    behind = _behind(code, statement[keyword.start() :])
    return None if behind is None else proof_in(behind, lead)


def tactic_in(answer: str) -> str | None:
    """The one tactic of an answer, without a fence around it."""
    lines = [line.strip() for line in answer.splitlines()]
    return next((line for line in lines if line and not line.startswith((FENCE, "--"))), None)


def _behind(code: str, part: str) -> str | None:
    """What follows the last occurrence of `part`, white space ignored."""
    places = [index for index, character in enumerate(code) if not character.isspace()]
    found = "".join(code[index] for index in places).rfind(wanted := "".join(part.split()))
    return None if found < 0 else code[places[found + len(wanted) - 1] + 1 :]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
