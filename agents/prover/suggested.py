"""Suggestions as users see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from turnstile_lsp.agents.prover.results import HoleResult, Status, Suggested, place_of

SLOW_MILLISECONDS = 1000.0
"""A tactic that took longer says so."""


def rank(suggested: Suggested) -> tuple[bool, int]:
    """What to sort by: first what closes its goal, then by how many goals are left."""
    return not suggested.verified, len(suggested.goals)


def label(suggested: Suggested) -> str:
    """One line: the tactic and what it leaves."""
    first, *more = suggested.tactic.split("\n")
    return f"{first}{' …' if more else ''} — {outcome(suggested)}"


def outcome(suggested: Suggested) -> str:
    """What a tactic leaves, and its time where it is slow."""
    count = len(suggested.goals)
    left = [f"{count} goal{'s' if count > 1 else ''} left"] if count else []
    closes = ["closes the goal"] if suggested.verified else []
    seconds = suggested.milliseconds / 1000
    slow = [f"{seconds:.1f} s"] if suggested.milliseconds > SLOW_MILLISECONDS else []
    return ", ".join([*closes, *left, *slow])


def as_object(suggested: Suggested) -> dict[str, Any]:
    """A suggestion as a JSON object, without where it stands; `outcome` is a line for a person."""
    return {
        "tactic": suggested.tactic,
        "replacement": suggested.replacement,
        "outcome": outcome(suggested),
        "goals": list(suggested.goals),
        "verified": suggested.verified,
        "finder": suggested.finder,
        "milliseconds": round(suggested.milliseconds, 1),
    }


def answer(text: str, offset: int, name: str | None, suggestions: Sequence[Suggested]) -> HoleResult:
    """What all suggestions for a place come to, the best one first: it is a proof where the gate says so."""
    closing = sum(each.verified for each in suggestions)
    message = f"Tactics found: {len(suggestions)}; closing the goal: {closing}."
    if not suggestions:
        message = "None of the tactics that were tried makes progress here."
    start, end = (suggestions[0].start_offset, suggestions[0].end_offset) if suggestions else (offset, offset)
    first, last = place_of(text, start), place_of(text, end)
    result = HoleResult(
        name=name,
        title=name or "example",
        line=first.line,
        column=first.column,
        end=last,
        start_offset=start,
        end_offset=end,
        command_start_offset=start,
        command_end_offset=end,
        status=Status.UNPROVED,
        message=message,
    )
    if not closing:
        return result
    best = suggestions[0]
    return replace(
        result,
        status=Status.PROVED,
        proof=best.replacement,
        axioms=best.axioms,
        remaining=best.remaining,
        seconds=best.milliseconds / 1000,
        finder=best.finder,
    )
