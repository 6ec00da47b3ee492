"""The fill-in-the-middle prompt: prefix, suffix, middle (PSM), each cut to its budget of tokens.

DeepSeek-Coder-V2: BOS, `<｜fim▁begin｜>` prefix `<｜fim▁hole｜>` suffix `<｜fim▁end｜>`; then the model writes the
middle.
"""

from __future__ import annotations

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.engine.base import Description, Excerpt

_CHARACTERS_PER_TOKEN = 6
_SPECIAL_TOKENS = 4
# A window's beginning stays while the cursor moves by less than a quarter of it, so that the KV cache of what follows
# it can be used again.
_STEPS = 4


def budgets(description: Description, max_tokens: int) -> tuple[int, int]:
    """Tokens for prefix and suffix: the card's, else by context length, so that the answer still fits."""
    room = max(0, description.context_length - max_tokens - _SPECIAL_TOKENS)
    suffix = min(description.suffix_tokens or min(256, description.context_length // 8), room // 4)
    prefix = min(description.prefix_tokens or min(2048, description.context_length // 2), room - suffix)
    return prefix, suffix


def build_prompt(description: Description, cursor: Cursor, max_tokens: int) -> list[int | str | Excerpt]:
    """The pieces of the prompt at a cursor; none where there is nothing to go on from."""
    prefix_budget, suffix_budget = budgets(description, max_tokens)
    prefix = Excerpt(text=_prefix_window(cursor, prefix_budget), tokens=prefix_budget, keep_end=True)
    fim = description.fim
    if fim is None:
        return [prefix] if prefix.text else []
    suffix = Excerpt(text=cursor.after(suffix_budget * _CHARACTERS_PER_TOKEN), tokens=suffix_budget)
    return [fim.begin, prefix, fim.hole, suffix, fim.end]


def _prefix_window(cursor: Cursor, budget: int) -> str:
    length = budget * _CHARACTERS_PER_TOKEN
    step = max(1, length // _STEPS)
    start = -(-max(0, cursor.offset - length) // step) * step
    text = cursor.before(length, start)
    if start == 0:
        return text
    line = text.find("\n", 0, step)
    return text[line + 1 :]
