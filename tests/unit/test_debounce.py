"""How long a question waits for the next keystroke."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.debounce import Debounce


def debounce(*latencies: float) -> Debounce:
    made = Debounce()
    for latency in latencies:
        made.measured(latency)
    return made


def test_nothing_is_waited_for_before_anything_was_measured_and_for_a_fast_model() -> None:
    assert debounce().seconds == 0
    assert debounce(0.02, 0.03).seconds == 0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_the_wait_is_bounded(latencies: list[float]) -> None:
    assert 0 <= debounce(*latencies).seconds <= 0.25


@given(st.floats(0.05, 5), st.floats(0.05, 5))
def test_a_slower_model_is_waited_for_no_less(one: float, other: float) -> None:
    slow, fast = max(one, other), min(one, other)
    assert debounce(slow).seconds >= debounce(fast).seconds


def test_an_answer_that_was_given_up_tells_of_slow_models_alone() -> None:
    given_up = debounce(0.5)
    given_up.measured(0.1, finished=False)
    assert given_up.seconds == debounce(0.5).seconds
    given_up.measured(2.0, finished=False)
    assert given_up.seconds > debounce(0.5).seconds
