"""What existentials may be instantiated with."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.prover.witnesses import solutions, witnesses


@pytest.mark.parametrize(
    ("target", "first"),
    [
        ("∃ m, n * n = m", "(n * n)"),
        ("∃ m, n < m", "(n + 1)"),
        ("∃ k, n = 2 * k ∨ n = 2 * k + 1", "(n / 2)"),
        ("∃ k, k * 3 ≤ n", "(n / 3)"),
        ("∃ m, p m", "n"),
    ],
)
def test_what_the_goal_says_comes_first(target: str, first: str) -> None:
    assert witnesses(target, ["n"])[0] == first


@pytest.mark.parametrize(
    ("target", "values"),
    [
        ("∃ k, n = 2 * k", ["n / 2"]),
        ("∃ k, k * 2 = n + 1", ["(n + 1) / 2"]),
        ("∃ q r, n = 7 * q + r ∧ r < 7", ["(n - 1 * (n * 1 % 7)) / 7, n * 1 % 7"]),
        ("∃ x y, 4 * x + 2 * y = n", []),
        ("∃ k, n = k * k", []),
        ("∃ x, n = x + y", []),
        ("∃ x y, x = 3 * y", []),
        ("∃ k, n < 2 * k", []),
        ("∃ x y z, n = x + y + z", []),
        ("n = 2", []),
    ],
)
def test_linear_equations_are_solved(target: str, values: list[str]) -> None:
    assert solutions(target) == values


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 500))
def test_what_is_a_sum_of_multiples_is_found_where_it_is_large_enough(a: int, b: int, n: int) -> None:
    for values in solutions(f"∃ x y, n = {a} * x + {b} * y"):
        x, y = (int(eval(re.sub("/", "//", value), {"n": n + a * b})) for value in values.split(", "))
        assert a * x + b * y == n + a * b
        assert min(x, y) >= 0
