"""How proofs are searched, and a language model asked for them; part of a prove request."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.settings import ProveSettings

BEST_FIRST = "best-first"
"""The algorithm that steps by the symbolic policy alone, see `best_first.py`."""


class ModelOptions(Struct, frozen=True, kw_only=True):
    """`algorithm`: of the stage `search`, a key of `scores.ALGORITHMS` or `BEST_FIRST`; None for the latter, and RMaxTS beside
    it where there is a model. `expansions`: proofs that a tree search tries at most (asked again, it goes on for as many more). `jobs`: of them in flight at once. `cot`: whether the model reasons in words: "mixed", "always"
    or "never". `prompt`: the name of a prompt format, None to choose by the model's name. `policy`: whether the stage
    `search` makes tactics itself too, by the symbolic policy."""

    algorithm: str | None = None
    expansions: int = 256
    jobs: int = 8
    cot: str = "mixed"
    prompt: str | None = None
    policy: bool = True


def model_options(settings: ProveSettings) -> ModelOptions:
    """What the settings say."""
    return msgspec.convert(settings, ModelOptions, from_attributes=True)
