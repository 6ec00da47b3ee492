"""What later edits of a document mean for a proof that was found in an earlier version of it.

A proof is for one command in the state that the text above it makes. Edits below leave both alone, edits above change
the state (the proof moves and has to be checked again), edits inside change the command itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.prover.holes import Edit


class Fate(StrEnum):
    """What becomes of a proof."""

    KEPT = "kept"
    RECHECK = "recheck"
    CHANGED = "changed"


class Located(Struct, frozen=True, kw_only=True):
    """A hole `[start, end)` inside its command `[command_start, command_end)`, code point offsets, and the proof's
    fate after the edits so far."""

    start: int
    end: int
    command_start: int
    command_end: int
    fate: Fate = Fate.KEPT


def follow(located: Located, edits: Iterable[Edit]) -> Located:
    """Move a hole through edits, applied one after the other. A changed command stays changed."""
    for edit in edits:
        located = _follow_one(located, edit)
    return located


def shift(offset: int, edits: Iterable[Edit]) -> int:
    """Where an offset lies after edits that do not contain it, all given in the text before the first of them."""
    return offset + sum(len(edit.replacement) - (edit.end - edit.start) for edit in edits if edit.end <= offset)


def difference(old: str, new: str) -> list[Edit]:
    """The smallest single edit that makes `new` of `old`; none when they are equal."""
    if old == new:
        return []
    limit = min(len(old), len(new))
    start = next((i for i in range(limit) if old[i] != new[i]), limit)
    tail = next((i for i in range(limit - start) if old[-1 - i] != new[-1 - i]), limit - start)
    return [Edit(start=start, end=len(old) - tail, replacement=new[start : len(new) - tail])]


def _follow_one(located: Located, edit: Edit) -> Located:
    below = edit.start >= located.command_end
    above = edit.end <= located.command_start
    touches = edit.start == located.command_end and (edit.end > edit.start or edit.replacement[:1].strip())
    touches = touches or (edit.end == located.command_start and edit.replacement[-1:].strip())
    if touches or not (below or above):
        return replace(located, fate=Fate.CHANGED)
    if below:
        return located
    moved = len(edit.replacement) - (edit.end - edit.start)
    return Located(
        start=located.start + moved,
        end=located.end + moved,
        command_start=located.command_start + moved,
        command_end=located.command_end + moved,
        fate=located.fate if located.fate is Fate.CHANGED else Fate.RECHECK,
    )
