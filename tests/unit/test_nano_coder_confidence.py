"""The confidence that decides whether nano-coder may speak unasked."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.confidence import confidence

log_probabilities = st.lists(st.floats(min_value=-50, max_value=0), min_size=1, max_size=40)


@given(log_probabilities)
def test_it_is_a_probability(values: list[float]) -> None:
    assert 0 <= confidence(values) <= 1


@given(log_probabilities, st.floats(min_value=-50, max_value=0))
def test_another_token_never_raises_it(values: list[float], more: float) -> None:
    assert confidence([*values, more]) <= confidence(values)


@given(log_probabilities)
def test_the_order_of_tokens_does_not_matter(values: list[float]) -> None:
    assert confidence(sorted(values)) == pytest.approx(confidence(values))


def test_it_is_the_product_of_the_tokens_probabilities() -> None:
    assert confidence([math.log(0.5), math.log(0.5)]) == pytest.approx(0.25)


def test_nothing_generated_gives_none() -> None:
    assert confidence([]) == 0
