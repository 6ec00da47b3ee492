"""An answer without a model: the cursor's line as it was, with what is being changed elsewhere changed in it too.

Programming by demonstration (Lau, Wolfman, Domingos and Weld 2003): each line that was changed lately is explained by a few
rewrites of different generality. One is believed by how often it was done, against how often it could have been.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from turnstile_lsp.agents.coder.context import Change, Context
from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.local_answers import LocalAnswer

RECENT_EDITS = "recent edits"

_CHANGES = 16
LONGEST_LINE = 400
_REACH = 20_000
_TOKEN = re.compile(r"\.\w+|\w+|\s+|[^\w\s]")
_OPENING, _CLOSING = "([{", ")]}"

Tokens = tuple[str, ...]


class Replacement(Struct, frozen=True):
    """Tokens that become others, wherever they stand."""

    old: Tokens
    new: Tokens

    @property
    def mark(self) -> str:
        """What every line that is rewritten holds."""
        return "".join(self.old)

    def __call__(self, line: str) -> str:
        """`line` rewritten; where the new tokens stand already, they stay."""
        tokens, place = tokens_of(line), 0
        written: list[str] = []
        while place < len(tokens):
            if tokens[place : place + len(self.new)] == self.new:
                written += self.new
                place += len(self.new)
            elif tokens[place : place + len(self.old)] == self.old:
                written += self.new
                place += len(self.old)
            else:
                written.append(tokens[place])
                place += 1
        return "".join(written)


class NewArgument(Struct, frozen=True):
    """What every call of a name is given, before or behind its other arguments."""

    called: str
    argument: str
    is_last: bool

    @property
    def mark(self) -> str:
        """What every line that is rewritten holds."""
        return self.called

    def __call__(self, line: str) -> str:
        """`line` rewritten; calls that have the argument, or do not end in the line, stay."""
        tokens, place = list(tokens_of(line)), 0
        while place < len(tokens) - 1:
            if tokens[place] == self.called and tokens[place + 1] == "(" and (end := _closing(tokens, place + 1)):
                inside = "".join(tokens[place + 2 : end])
                if self.argument not in inside:
                    given = [inside, self.argument] if self.is_last else [self.argument, inside]
                    tokens[place + 2 : end] = tokens_of(", ".join(filter(None, given)))
            place += 1
        return "".join(tokens)


Rewrite = Replacement | NewArgument


def rewritten(cursor: Cursor, context: Context) -> LocalAnswer | None:
    """What makes of the cursor's line what a rewrite makes of the line that it was; None where none does."""
    if len(cursor.line_before) + len(cursor.line_after) > LONGEST_LINE:
        return None
    line = line_was(cursor, context)
    changes = [
        change for change in context.changes[-_CHANGES:] if max(len(change.before), len(change.after)) <= LONGEST_LINE
    ]
    answers = [
        LocalAnswer(text=text, probability=_probability(rewrite, changes, cursor), source=RECENT_EDITS)
        for rewrite in {rewrite for change in changes for rewrite in _explanations(change)}
        if (text := missing(cursor, rewrite, line))
    ]
    return max(answers, key=lambda answer: (answer.probability, answer.text), default=None)


def line_was(cursor: Cursor, context: Context) -> str:
    """The cursor's line before it was edited lately."""
    return cursor.line_before + cursor.line_after if context.line_was is None else context.line_was


def missing(cursor: Cursor, rewrite: Rewrite, line: str) -> str:
    """What stands at the cursor in the line rewritten; empty where the line is another one, or is not rewritten there. What
    is behind the cursor is rewritten already, or not yet."""
    whole, before, after = rewrite(line), cursor.line_before, cursor.line_after
    if whole.startswith(before):
        rest = whole[len(before) :]
        for end in (after, rewrite(after)):
            text = rest[: len(rest) - len(end)]
            if text + end == rest and before + text + after != line:
                return text
    return ""


def _probability(rewrite: Rewrite, changes: Sequence[Change], cursor: Cursor) -> float:
    """The share of the cases in which a rewrite was done, of those in which it could have been: the lines changed lately,
    those passed over on the way from the nearest one to the cursor, and one more."""
    done = [change for change in changes if rewrite in _explanations(change)]
    left = sum(rewrite(change.after) != change.after for change in changes)
    passed = sum(rewrite(line) != line for line in _between(cursor, done) if rewrite.mark in line)
    return len(done) / (len(done) + left + passed + 1)


def _between(cursor: Cursor, done: Sequence[Change]) -> Sequence[str]:
    """The lines between the cursor's and the nearest of the changed ones."""
    below = min((change.below for change in done if change.below is not None), key=abs, default=0)
    if below < 0:
        return cursor.before(_REACH).split("\n")[below - 1 : -1][1:]
    return cursor.after(_REACH).split("\n")[1:below]


@lru_cache(maxsize=256)
def _explanations(change: Change) -> frozenset[Rewrite]:
    """The rewrites that a changed line may be a case of."""
    before, after = tokens_of(change.before), tokens_of(change.after)
    found: set[Rewrite] = set()
    for kind, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = before[start:end], after[first:last]
        if kind == "replace" and any(map(_is_word, old)):
            found.add(Replacement(old, new))
        elif kind == "insert":
            found |= set(_insertions(before, start, new))
    return frozenset(found)


def _insertions(before: Tokens, place: int, new: Tokens) -> Iterator[Rewrite]:
    """An insertion belongs to the word behind it, to the word before it, or to the call whose arguments it begins or ends."""
    if place < len(before) and _is_word(before[place]):
        yield Replacement(before[place : place + 1], (*new, before[place]))
    if place and _is_word(before[place - 1]):
        yield Replacement(before[place - 1 : place], (before[place - 1], *new))
    opening = _opening(before, place)
    if opening and before[opening] == "(" and _is_word(before[opening - 1]):
        is_first, is_last = place == opening + 1, place == _closing(before, opening)
        argument = "".join(new).strip(", ")
        if argument and (is_first or is_last):
            yield NewArgument(before[opening - 1], argument, is_last)


def _opening(tokens: Sequence[str], place: int) -> int:
    """The innermost bracket that is open at a place; 0 where none is."""
    depth = 0
    for index in range(place - 1, 0, -1):
        depth += (tokens[index] in _CLOSING) - (tokens[index] in _OPENING)
        if depth < 0:
            return index
    return 0


def _closing(tokens: Sequence[str], opening: int) -> int:
    """The bracket that closes another one; 0 where it does not stand in the line."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index] in _OPENING) - (tokens[index] in _CLOSING)
        if not depth:
            return index
    return 0


@lru_cache(maxsize=256)
def tokens_of(line: str) -> Tokens:
    """A line's words, spaces and marks; what stands behind a dot is another word with it."""
    return tuple(_TOKEN.findall(line))


def _is_word(token: str) -> bool:
    return token[-1].isalnum() or token[-1] == "_"
