"""Suggestions as users see them."""

import pytest

from turnstile_lsp.agents.prover.results import Suggested
from turnstile_lsp.agents.prover.suggested import label, rank


def ran(tactic: str, goals: int, milliseconds: float = 20.0) -> Suggested:
    return Suggested(
        tactic=tactic,
        replacement=tactic,
        start_offset=0,
        end_offset=5,
        goals=["⊢ p"] * goals,
        milliseconds=milliseconds,
        verified=goals == 0,
    )


@pytest.mark.parametrize(
    ("suggested", "line"),
    [
        (ran("omega", 0), "omega — closes the goal"),
        (ran("constructor\n· rfl", 1), "constructor … — 1 goal left"),
        (ran("constructor", 2), "constructor — 2 goals left"),
        (ran("grind", 0, 1234.0), "grind — closes the goal, 1.2 s"),
    ],
)
def test_a_line_tells_what_is_left_and_whether_it_was_slow(suggested: Suggested, line: str) -> None:
    assert label(suggested) == line


def test_what_closes_the_goal_comes_first() -> None:
    found = sorted([ran("constructor", 2), ran("left", 1), ran("omega", 0)], key=rank)
    assert [each.tactic for each in found] == ["omega", "left", "constructor"]
