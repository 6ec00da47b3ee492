"""What every engine checks before it computes, so that a wrong value reads the same everywhere."""

from __future__ import annotations

import math

from turnstile_lsp.agents.engine.base import Request
from turnstile_lsp.agents.errors import InvalidRequest


def validate(request: Request) -> None:
    """Raises `InvalidRequest` if a value of `request` is out of its range."""
    prompts = [prompt for prompt in (request.tokens, request.text, request.messages) if prompt is not None]
    if len(prompts) != 1:
        raise InvalidRequest("A request needs exactly one of tokens, text and messages.")
    if not len(prompts[0]):
        raise InvalidRequest("The prompt is empty; give the model something to go on from.")
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


def _require(holds: bool, name: str, value: float, range_: str) -> None:
    if not holds:
        raise InvalidRequest(f"{name} is {value}, but must be {range_}.")
