"""What is done to a model's raw answer before it is shown: an ordered list of small pure functions.

Each takes the text and the cursor and gives the text that remains; an empty one shows nothing. A second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.filters.layout import (
    first_line,
    indentation,
    line_ends,
    repeated_indentation,
    scope,
    trailing_space,
    unified_text,
)
from turnstile_lsp.agents.coder.filters.noise import chat, code_fences, own_tokens, special_tokens
from turnstile_lsp.agents.coder.filters.overlap import duplicated_prefix, duplicated_suffix
from turnstile_lsp.agents.coder.filters.pairs import closed_string, unbalanced_closing
from turnstile_lsp.agents.coder.filters.repetition import repeated_blocks, repeated_lines, repeated_words

Filter = Callable[[str, Cursor], str]

_WHAT_WAS_SAID: Sequence[Filter] = (unified_text, own_tokens, special_tokens, code_fences, chat)
_AS_THE_DOCUMENT_HAS_IT: Sequence[Filter] = (trailing_space, line_ends)

FILTERS: Sequence[Filter] = (
    *_WHAT_WAS_SAID,
    duplicated_prefix,
    repeated_indentation,
    indentation,
    scope,
    repeated_lines,
    repeated_blocks,
    repeated_words,
    duplicated_suffix,
    closed_string,
    unbalanced_closing,
    *_AS_THE_DOCUMENT_HAS_IT,
)
LINE: Sequence[Filter] = (
    *_WHAT_WAS_SAID,
    first_line,
    duplicated_prefix,
    repeated_indentation,
    repeated_words,
    duplicated_suffix,
    closed_string,
    unbalanced_closing,
    *_AS_THE_DOCUMENT_HAS_IT,
)
WHOEVER_ASKS: Sequence[Filter] = (*_WHAT_WAS_SAID, *_AS_THE_DOCUMENT_HAS_IT)
"""For an answer of which the others leave nothing: who asks gets an answer, even one that says what stands there already."""


def clean(text: str, cursor: Cursor, filters: Sequence[Filter] = FILTERS) -> str:
    """`text` after all filters, in their order, again and again until they have nothing left to do."""
    while (cleaned := _once(text, cursor, filters)) != text:
        text = cleaned
    return text


def _once(text: str, cursor: Cursor, filters: Sequence[Filter]) -> str:
    for filter_ in filters:
        text = filter_(text, cursor)
    return text
