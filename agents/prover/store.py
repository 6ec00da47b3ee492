"""Proofs that Lean has verified, kept by what they prove, to be tried again where the same is to be proved.

A key is the goals at a hole with their locals renamed in the order in which they appear, so that a proof is found again
under other names. A kept proof is a guess like any other: it counts only after the gate has verified it anew.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import textwrap
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from turnstile_lsp.agents.database import open_database
from turnstile_lsp.agents.places import data_folder
from turnstile_lsp.agents.prover.goals import parse_goal
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns

MOST = 8
"""Proofs tried of one goal: those that worked last."""

_WORD = re.compile(r"[^\W\d][\w'!?₀-₉]*(?:\.[^\W\d][\w'!?₀-₉]*)*|«[^»]*»")
_PLACE = "\N{SYMBOL FOR SUBSTITUTE}"
_SCHEMA = """
create table if not exists proof (
    goal text not null, tactics text not null, finder text not null, used_at real not null, primary key (goal, tactics)
)
"""


def default_file() -> Path:
    """Where the user's proofs are."""
    return data_folder() / "proofs.sqlite"


class ProofStore:
    """Verified proofs by goal. Several processes may use one file."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or default_file()

    def keep(self, goals: Sequence[str], proof: str, finder: str) -> None:
        """Keep what replaced a hole with these goals. Does nothing where nothing can be written."""
        names = _locals(goals)
        row = (_key(goals, names), _renamed(_tactics(proof), names), finder, time.time())
        try:
            with closing(open_database(self._file, _SCHEMA)) as store, store:
                store.execute("insert or replace into proof values (?, ?, ?, ?)", row)
        except (OSError, sqlite3.Error):
            return

    def find(self, goals: Sequence[str]) -> list[tuple[str, str]]:
        """Tactics that proved these goals, under their names of locals, with their finders; the latest first."""
        names = _locals(goals)
        query = "select tactics, finder from proof where goal = ? order by used_at desc limit ?"
        if not self._file.exists():
            return []
        try:
            with closing(open_database(self._file, _SCHEMA)) as store:
                rows = store.execute(query, (_key(goals, names), MOST)).fetchall()
        except (OSError, sqlite3.Error):
            return []
        return [(_restored(tactics, names), finder) for tactics, finder in rows]


async def turns(scene: Scene) -> Turns:
    """The stage `store`."""
    if not scene.request.remember:
        return
    for tactics, finder in ProofStore().find(scene.target.hole.goals):
        yield Trial(tactics=tactics, finder=f"store:{finder}")


def _key(goals: Sequence[str], names: Sequence[str]) -> str:
    text = "\n\n".join(_renamed(" ".join(goal.split()), names) for goal in goals)
    return hashlib.sha256(text.encode()).hexdigest()


def _locals(goals: Sequence[str]) -> list[str]:
    """The locals of all goals, in order, once each."""
    return list(dict.fromkeys(hypothesis.name for goal in goals for hypothesis in parse_goal(goal).hypotheses))


def _renamed(text: str, names: Sequence[str]) -> str:
    numbers = {name: f"{_PLACE}{number}{_PLACE}" for number, name in enumerate(names)}
    return _WORD.sub(lambda word: _with_head(word[0], numbers), text)


def _restored(text: str, names: Sequence[str]) -> str:
    return re.sub(f"{_PLACE}(\\d+){_PLACE}", lambda number: names[int(number[1])], text)


def _with_head(word: str, numbers: dict[str, str]) -> str:
    """`h.left` is the local `h` and a projection of it."""
    head, dot, rest = word.partition(".")
    return numbers.get(head, head) + dot + rest


def _tactics(proof: str) -> str:
    """A tactic block's body from what replaced a hole: the inverse of `holes.fill`."""
    text = proof.strip()
    if text.startswith(("(by ", "(by\n")) and text.endswith(")"):
        text = text[1:-1]
    body = re.sub(r"^by\b", "", text) if text.startswith("by") else proof
    if body.lstrip(" ").startswith("\n"):
        return textwrap.dedent(body).strip("\n")
    first, newline, rest = body.strip().partition("\n")
    return first + newline + textwrap.dedent(rest)
