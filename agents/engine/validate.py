"""What every engine checks before it computes, so that a wrong value reads the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Sized

from turnstile_lsp.agents.engine.base import Request
from turnstile_lsp.agents.errors import InvalidRequest


def validate(request: Request) -> None:
    """Raises `InvalidRequest` if a value of `request` is out of its range."""
    kinds = (request.pieces, request.tokens, request.text, request.messages)
    prompts = [prompt for prompt in kinds if prompt is not None]
    if len(prompts) != 1:
        raise InvalidRequest("A request needs exactly one of pieces, tokens, text and messages.")
    require_prompt(prompts[0])
    sampling = request.sampling
    _require(sampling.max_tokens >= 1, "max_tokens", sampling.max_tokens, "1 or more")
    _require(0 <= sampling.min_tokens <= sampling.max_tokens, "min_tokens", sampling.min_tokens, "0 to max_tokens")
    _require(request.n >= 1, "n", request.n, "1 or more")
    _require(
        math.isfinite(sampling.temperature) and sampling.temperature >= 0, "temperature", sampling.temperature,
        "0 or more",
    )  # fmt: skip
    _require(0 < sampling.top_p <= 1, "top_p", sampling.top_p, "above 0 and at most 1")
    _require(sampling.top_k >= 0, "top_k", sampling.top_k, "0 (off) or more")
    if "" in request.stop:
        raise InvalidRequest("An empty string cannot be a stop; leave it out.")


def require_prompt(prompt: Sized) -> None:
    """Raises `InvalidRequest` if there is nothing in it."""
    if not len(prompt):
        raise InvalidRequest("The prompt is empty; give the model something to go on from.")


def _require(holds: bool, name: str, value: float, range_: str) -> None:
    if not holds:
        raise InvalidRequest(f"{name} is {value}, but must be {range_}.")
