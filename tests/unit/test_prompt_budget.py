"""How many tokens a prompt may have."""

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.prompt_budget import PromptSpeed, budgets
from turnstile_lsp.agents.engine.base import Description, Timings


def timings(tokens: int, milliseconds: float) -> Timings:
    return Timings(prompt_decoded=tokens, prompt_milliseconds=milliseconds)


@given(
    context_length=st.integers(1, 200_000),
    max_tokens=st.integers(1, 4096),
    in_time=st.none() | st.floats(0, 1e6),
    card=st.tuples(*[st.none() | st.integers(0, 5000)] * 3),
)
def test_prompt_and_answer_always_fit(
    context_length: int, max_tokens: int, in_time: float | None, card: tuple[int | None, int | None, int | None]
) -> None:
    prefix, suffix, context = card
    description = Description(
        model="m", context_length=context_length, prefix_tokens=prefix, suffix_tokens=suffix, context_tokens=context
    )
    found = budgets(description, max_tokens, in_time)
    assert min(found.context, found.prefix, found.suffix) >= 0
    assert found.context + found.prefix + found.suffix <= max(0, context_length - max_tokens - 4)
    assert context is None or found.context <= context
    assert suffix is None or found.suffix <= suffix


def test_a_slow_engine_gets_short_prompts_and_shorter_suffixes() -> None:
    description = Description(model="m", context_length=16384)
    slow, fast, unknown = (budgets(description, 64, in_time) for in_time in (400, 4000, None))
    assert slow.context + slow.prefix + slow.suffix <= 400
    assert slow.suffix <= 50 < fast.suffix <= unknown.suffix
    assert slow.prefix < fast.prefix <= unknown.prefix == 2048
    assert slow.prefix > slow.context > 0


def test_the_cards_budgets_hold() -> None:
    nano = Description(model="nano", context_length=512, prefix_tokens=56, suffix_tokens=12, context_tokens=0)
    found = budgets(nano, 64, 512)
    assert (found.context, found.prefix, found.suffix) == (0, 56, 12)
    assert budgets(nano, 64, 1) == found, "a busy machine must not make a small prompt smaller"


def test_the_speed_is_rounded_down_and_slow_to_rise() -> None:
    speed = PromptSpeed()
    first = speed.tokens_per_second
    speed.observe(timings(3, 1000.0))
    speed.observe(timings(500, 0.0))
    assert speed.tokens_per_second == first, "a few tokens say nothing"
    for _ in range(20):
        speed.observe(timings(100, 1000.0))
    settled = speed.tokens_per_second
    assert 70 < settled <= 100
    for milliseconds in (900.0, 1050.0, 950.0, 1000.0):
        speed.observe(timings(100, milliseconds))
    assert speed.tokens_per_second == settled
    for _ in range(20):
        speed.observe(timings(4000, 1000.0))
    assert 2828 < speed.tokens_per_second <= 4000


@given(st.lists(st.floats(1.0, 1e5), min_size=30, max_size=30))
def test_the_speed_is_never_said_to_be_more_than_was_measured(speeds: list[float]) -> None:
    speed, mean = PromptSpeed(), None
    for each in speeds:
        speed.observe(timings(1000, 1e6 / each))
        mean = each if mean is None else mean + (each - mean) / 4
        assert mean / 2 <= speed.tokens_per_second <= mean * 1.0001
