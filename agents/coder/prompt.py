"""The fill-in-the-middle prompt: prefix, suffix, middle (PSM), in tokens, cut to the model's budgets.

DeepSeek-Coder-V2: BOS, `<｜fim▁begin｜>` prefix `<｜fim▁hole｜>` suffix `<｜fim▁end｜>`; then the model writes the
middle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.engine.base import Description, Engine
from turnstile_lsp.agents.engine.special_tokens import neutralise

_CHARACTERS_PER_TOKEN = 6
_SPECIAL_TOKENS = 4
# A window's beginning stays while the cursor moves by less than a quarter of it, so that the KV cache of what follows
# it can be used again.
_STEPS = 4


class Prompt(Struct, frozen=True, kw_only=True):
    """Exactly one of `tokens` and `text`, as the engine wants it."""

    tokens: Sequence[int] | None = None
    text: str | None = None


def budgets(description: Description, max_tokens: int) -> tuple[int, int]:
    """Tokens for prefix and suffix: the card's, else by context length, so that the answer still fits."""
    room = max(0, description.context_length - max_tokens - _SPECIAL_TOKENS)
    suffix = min(description.suffix_tokens or min(256, description.context_length // 8), room // 4)
    prefix = min(description.prefix_tokens or min(2048, description.context_length // 2), room - suffix)
    return prefix, suffix


async def build_prompt(engine: Engine, description: Description, cursor: Cursor, max_tokens: int) -> Prompt | None:
    """The prompt at a cursor; None where there is nothing to go on from."""
    prefix_budget, suffix_budget = budgets(description, max_tokens)
    prefix = _prefix_window(cursor, prefix_budget)
    suffix = cursor.after(suffix_budget * _CHARACTERS_PER_TOKEN) if description.fim else ""
    prefix_tokens, suffix_tokens = await asyncio.gather(_tokenize(engine, prefix), _tokenize(engine, suffix))
    if not description.token_prompts:
        return _text_prompt(
            description,
            _shortened(prefix, len(prefix_tokens), prefix_budget, from_end=True),
            _shortened(suffix, len(suffix_tokens), suffix_budget, from_end=False),
        )
    tokens = _in_tokens(description, _last(prefix_tokens, prefix_budget), suffix_tokens[:suffix_budget])
    return Prompt(tokens=tokens) if tokens else None


def _prefix_window(cursor: Cursor, budget: int) -> str:
    length = budget * _CHARACTERS_PER_TOKEN
    step = max(1, length // _STEPS)
    start = -(-max(0, cursor.offset - length) // step) * step
    text = cursor.before(length, start)
    if start == 0:
        return text
    line = text.find("\n", 0, step)
    return text[line + 1 :]


def _last(tokens: Sequence[int], budget: int) -> Sequence[int]:
    excess = len(tokens) - budget
    if excess <= 0:
        return tokens
    step = max(1, budget // _STEPS)
    return tokens[-(-excess // step) * step :]


def _in_tokens(description: Description, prefix: Sequence[int], suffix: Sequence[int]) -> list[int]:
    bos = [] if description.bos is None else [description.bos]
    fim = description.fim
    if fim is None or fim.begin is None or fim.hole is None or fim.end is None:
        return [*bos, *prefix]
    return [*bos, fim.begin, *prefix, fim.hole, *suffix, fim.end]


def _text_prompt(description: Description, prefix: str, suffix: str) -> Prompt | None:
    """The prompt as text, which the server tokenizes with special tokens active and a BOS in front."""
    fim = description.fim
    if fim is None:
        return Prompt(text=neutralise(prefix)) if prefix else None
    return Prompt(text=f"{fim.begin_text}{neutralise(prefix)}{fim.hole_text}{neutralise(suffix)}{fim.end_text}")


def _shortened(text: str, tokens: int, budget: int, *, from_end: bool) -> str:
    """`text` cut to about `budget` tokens where it has `tokens`, by characters, in steps like `_last`."""
    if tokens <= budget:
        return text
    kept = len(text) * budget // tokens
    if not from_end:
        return text[:kept]
    step = max(1, kept // _STEPS)
    return text[-(-(len(text) - kept) // step) * step :]


async def _tokenize(engine: Engine, text: str) -> list[int]:
    return await engine.tokenize(text) if text else []
