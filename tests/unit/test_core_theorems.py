"""The measuring set's make-up."""

from __future__ import annotations

import re
from collections import Counter

from tests.core_theorems import load


def test_there_is_enough_of_everything() -> None:
    true = [each for each in load() if each.true]
    assert len(true) >= 200
    assert len(load()) - len(true) >= 60
    assert Counter(each.level for each in true).keys() == {1, 2, 3, 4}
    assert len([each for each in true if each.level >= 3]) >= 80
    areas = Counter(each.area for each in true)
    wanted = {"logic", "quantifiers", "nat", "int", "divisibility", "lists", "options", "functions", "relations"}
    assert wanted | {"strong-induction", "bitvec", "bool"} <= areas.keys()
    assert max(areas.values()) <= len(true) // 4


def test_half_is_held_out() -> None:
    assert {each.split for each in load()} == {"valid", "test", "fresh"}
    for level in (1, 2, 3, 4):
        for true in (True, False):
            splits = Counter(each.split for each in load() if each.level == level and each.true is true)
            assert abs(splits["valid"] - splits["test"]) <= 8


def test_the_fresh_statements_are_like_the_others_and_new() -> None:
    fresh = [each for each in load() if each.split == "fresh"]
    true = [each for each in fresh if each.true]
    assert (len(true), len(fresh) - len(true)) == (60, 24)
    assert Counter(each.level for each in true) == {1: 18, 2: 16, 3: 16, 4: 10}
    wanted = {"logic", "quantifiers", "nat", "int", "divisibility", "lists", "options", "functions", "relations"}
    assert wanted | {"strong-induction", "bitvec", "bool"} <= {each.area for each in true}
    known = {goal_shape(each.goal) for each in load() if each.split != "fresh"}
    assert known.isdisjoint(goal_shape(each.goal) for each in fresh)


def goal_shape(goal: str) -> str:
    """The goal with its short names and numbers numbered in the order in which they come."""
    numbers: dict[str, str] = {}
    return re.sub(r"\b\w{1,2}\b", lambda name: numbers.setdefault(name[0], f"v{len(numbers)}"), goal)


def test_names_and_texts_are_as_in_minif2f() -> None:
    assert len({each.name for each in load()}) == len(load())
    for each in load():
        assert each.formal_statement.endswith(":= by\n"), each.name
        assert f"theorem {each.name}" in each.formal_statement
        assert each.proof.startswith("  ")
        assert "⊢" in each.goal
        assert "sorry" not in each.header + each.formal_statement + each.proof
