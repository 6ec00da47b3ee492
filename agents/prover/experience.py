"""What worked before: counts of tactics that closed goals of a kind, or led to a proof of them. They only change what is
tried first, so a file that is missing or cannot be written to changes nothing else."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from turnstile_lsp.agents.database import open_database
from turnstile_lsp.agents.places import data_folder
from turnstile_lsp.agents.prover.goals import Goal, parse_goal

_SCHEMA = """
create table if not exists success (
    kind text not null, tactic text not null, times integer not null, primary key (kind, tactic)
)
"""
_CONNECTIVES = re.compile(r"^(∀|∃|¬)|(↔|→|∨|∧)|(=|≠|≤|<|≥|>|∣|∈)")
_TYPES = re.compile(r"\b(Nat|Int|List|Option|Bool|BitVec|Fin|Prop|String|Array)\b")


def default_file() -> Path:
    """Where the user's counts are."""
    return data_folder() / "experience.sqlite"


def kind_of(goal: str | Goal) -> str:
    """What a goal, printed or read, has in common with others like it: its target's connective or relation, and the types
    in it."""
    parsed = parse_goal(goal) if isinstance(goal, str) else goal
    connective = next((found for group in range(1, 4) for found in _found(parsed.target, group)), "")
    types = {name for each in parsed.hypotheses for name in _TYPES.findall(each.type)}
    return " ".join([connective, *sorted(types | set(_TYPES.findall(parsed.target)))]).strip()


def _found(target: str, group: int) -> list[str]:
    return [match[group] for match in _CONNECTIVES.finditer(target) if match[group]][:1]


class Experience:
    """Counts in a file that several processes may use, or in none (None). `tactic`: with its placeholders."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def worked(self, kind: str) -> dict[str, int]:
        """How often each tactic worked at goals of a kind, the best first."""
        if self._file is None or not self._file.exists():
            return {}
        query = "select tactic, times from success where kind = ? order by times desc, tactic"
        try:
            with closing(open_database(self._file, _SCHEMA)) as counts:
                return dict(counts.execute(query, (kind,)).fetchall())
        except (OSError, sqlite3.Error):
            return {}

    def note(self, successes: Iterable[tuple[str, str]]) -> None:
        """Count pairs of a kind and a tactic once more each."""
        if self._file is None:
            return
        statement = "insert into success values (?, ?, 1) on conflict (kind, tactic) do update set times = times + 1"
        try:
            with closing(open_database(self._file, _SCHEMA)) as counts, counts:
                counts.executemany(statement, list(successes))
        except (OSError, sqlite3.Error):
            return


def gain(worked: Mapping[str, int], tactic: str) -> float:
    """What a tactic costs less, in nats, for having worked: at most one."""
    return min(1.0, 0.25 * worked.get(tactic, 0))
