"""How many tokens a prompt may have: what the model's card allows, and what is read in time at the measured speed.

While the user types on, the prefix comes from the KV cache and the suffix is computed anew each time; after a jump all
is. So the whole prompt must be read within the time allowed for the first token, and the suffix in an eighth of it.
"""

from __future__ import annotations

import math

from msgspec import Struct

from turnstile_lsp.agents.engine.base import Description, Timings

_SPECIAL_TOKENS = 4
_DEFAULT_PREFIX, _DEFAULT_CONTEXT, _DEFAULT_SUFFIX = 2048, 2048, 256
_SUFFIX_SHARE = 8
_CONTEXT_SHARE = 3
_LEAST = 192
"""A prompt of fewer tokens would be read sooner, and say nothing."""

_FIRST_GUESS = 1024.0
_LEAST_MEASURED = 32
_WEIGHT = 0.25
_STEP, _INERTIA = 0.5, 0.3


class Budgets(Struct, frozen=True):
    """Tokens for each part of the prompt."""

    context: int
    prefix: int
    suffix: int


class PromptSpeed:
    """Prompt tokens that the engine computes in a second, as far as is known: a power of the root of two, at most what was
    measured, and slow to rise, so that the windows stay where they are."""

    def __init__(self) -> None:
        self._mean: float | None = None
        self._power = math.log2(_FIRST_GUESS)

    @property
    def tokens_per_second(self) -> float:
        """The measured speed, rounded down; before anything was measured that of a laptop with a small model."""
        return math.exp2(self._power)

    def observe(self, timings: Timings) -> None:
        """Learn from a request; those that computed next to nothing say nothing."""
        if timings.prompt_decoded < _LEAST_MEASURED or timings.prompt_milliseconds <= 0:
            return
        speed = 1000 * timings.prompt_decoded / timings.prompt_milliseconds
        self._mean = speed if self._mean is None else self._mean + _WEIGHT * (speed - self._mean)
        exact = math.log2(self._mean)
        if not self._power <= exact < self._power + _STEP + _INERTIA:
            self._power = _STEP * math.floor(exact / _STEP)


def budgets(description: Description, max_tokens: int, tokens_read_in_time: float | None = None) -> Budgets:
    """The parts' budgets: the card's, else by context length, so that the answer still fits.

    `tokens_read_in_time`: how many tokens of prompt the engine computes before the first token is due (None: unknown).
    """
    length = description.context_length
    room = max(0, length - max_tokens - _SPECIAL_TOKENS)
    if tokens_read_in_time is not None:
        room = min(room, max(_LEAST, int(tokens_read_in_time)))
    most_suffix = min(_DEFAULT_SUFFIX, length // 8, room // _SUFFIX_SHARE)
    suffix = most_suffix if description.suffix_tokens is None else min(description.suffix_tokens, room // 4)
    most_context = _DEFAULT_CONTEXT if description.context_tokens is None else description.context_tokens
    context = min(most_context, (room - suffix) // _CONTEXT_SHARE, length // 4)
    prefix = min(description.prefix_tokens or min(_DEFAULT_PREFIX, length // 2), room - suffix - context)
    return Budgets(context, prefix, suffix)
