"""Suggestions as users see them."""

from __future__ import annotations

from typing import Any

from turnstile_lsp.agents.prover.results import Suggested

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


def plain(suggested: Suggested) -> dict[str, Any]:
    """A suggestion as a JSON object, without where it stands."""
    return {
        "tactic": suggested.tactic,
        "replacement": suggested.replacement,
        "goals": list(suggested.goals),
        "verified": suggested.verified,
        "finder": suggested.finder,
        "milliseconds": round(suggested.milliseconds, 1),
    }
