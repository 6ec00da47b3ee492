"""The text that stands in a hole, with what running it tells of it; how tactics are taken out of it and put into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from turnstile_lsp.agents.lean.base import Candidate, LeanMessage, ProofRun, RanTactic, Session

Placed = TypeVar("Placed", RanTactic, LeanMessage)


async def run_replacement(session: Session, state: int, candidate: Candidate) -> ProofRun:
    """`Session.run_proof` with offsets into the replacement; what is the command's own lies outside of it."""
    run = await session.run_proof(state, candidate)
    length = len(candidate.replacement)
    sorries = [_moved(each, candidate.start) for each in run.sorries]
    return replace(
        run,
        tactics=[_moved(each, candidate.start) for each in run.tactics],
        sorries=[each for each in sorries if 0 <= each.start < length],
        messages=[_moved(each, candidate.start) for each in run.messages],
    )


def innermost(tactics: Sequence[RanTactic], at: int) -> RanTactic | None:
    """The smallest tactic around an offset."""
    around = [each for each in tactics if each.start <= at < each.end]
    return min(around, key=lambda each: each.end - each.start, default=None)


def outermost(tactics: Sequence[RanTactic]) -> list[RanTactic]:
    """Those that are in no other, in order."""
    found: list[RanTactic] = []
    for each in sorted(tactics, key=lambda each: (each.start, -each.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return found


def inside(tactics: Sequence[RanTactic], outer: RanTactic) -> list[RanTactic]:
    """Those that a tactic holds, without itself."""
    same = (outer.start, outer.end)
    return [
        each
        for each in tactics
        if outer.start <= each.start and each.end <= outer.end and (each.start, each.end) != same
    ]


def inserted(text: str, at: int, new: str) -> str:
    """With something put behind a tactic, and behind a comment on its line."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end - text[:end].endswith("\r")
    rest = text[at:end].strip()
    place = end if not rest or rest.startswith("--") else at
    return text[:place] + new + text[place:]


def without(text: str, start: int, end: int) -> str:
    """Without a tactic; with its line, where nothing else is on it."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end - text[:line_end].endswith("\r")
    before, after = text[line_start:start], text[end:line_end]
    if after.strip().startswith(";"):
        return text[:start] + text[end:].lstrip(" ;")
    if before.rstrip().endswith(";"):
        return text[:start].rstrip(" ;") + text[end:]
    if before.strip() or after.strip() or not line_start:
        return text[:start] + text[end:].lstrip(" ")
    return text[: line_start - 1].removesuffix("\r") + text[line_end:]


def newline_of(text: str) -> str:
    """The line end that a text uses."""
    return "\r\n" if "\r\n" in text else "\n"


def aligned(lines: Sequence[str], column: int, newline: str) -> str:
    """A block whose first line stands at a column already."""
    return newline.join([lines[0], *(" " * column + line if line else "" for line in lines[1:])])


def _moved(each: Placed, by: int) -> Placed:
    return replace(each, start=each.start - by, end=each.end - by)
