"""The measuring set's make-up."""

from __future__ import annotations

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
    for level in (1, 2, 3, 4):
        for true in (True, False):
            splits = Counter(each.split for each in load() if each.level == level and each.true is true)
            assert abs(splits["valid"] - splits["test"]) <= 8
            assert splits.keys() <= {"valid", "test"}


def test_names_and_texts_are_as_in_minif2f() -> None:
    assert len({each.name for each in load()}) == len(load())
    for each in load():
        assert each.formal_statement.endswith(":= by\n"), each.name
        assert f"theorem {each.name}" in each.formal_statement
        assert each.proof.startswith("  ")
        assert "⊢" in each.goal
        assert "sorry" not in each.header + each.formal_statement + each.proof
