"""An answer without a model: the line goes on as what precedes the cursor went on elsewhere in the file or the index.

Prediction by partial matching (Cleary and Witten 1984, escape method C) over tokens: each suffix of the text before the
cursor is looked up; longer ones weigh more. Repeated lines, call patterns and the names of the file come out of this
alike. Indentation is left out, so that a pattern is found at any depth.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.document import Cursor

THIS_FILE = "this file"
THE_INDEX = "the index"

_REACH_BEFORE, _REACH_AFTER = 60_000, 30_000
_LONGEST_CONTEXT = 160
_LONGEST_ANSWER = 16
_ORDERS = 8
_OCCURRENCES = 32
_LOOKS = 128
_LEAST_PROBABILITY = 0.02

_TOKEN = re.compile(r"[^\S\n]*(?:\w+|\n|[^\w\s])")
_UNIT = re.compile(r"\w+|[^\w\s]|\s+")
_INDENTATION = re.compile(r"\n[^\S\n]+")
_INTRODUCED = re.compile(
    r"(?:^|\s)(?:def|class|fn|func|fun|function|const|let|var|struct|enum|interface|trait|type|theorem|lemma)\s+\w*$"
)


class LocalAnswer(Struct, frozen=True, kw_only=True):
    """The rest of a line. `probability`: the product over its tokens, the line's end included; far too sure of itself,
    see `estimates`. `source`: who is named as the one who answers."""

    text: str
    probability: float
    source: str


async def answer_locally(cursor: Cursor, snippets: Sequence[Snippet] = ()) -> LocalAnswer | None:
    """The likeliest rest of the cursor's line by what stands in its file and in `snippets`; None where nothing speaks for
    any. Gives the loop back after each token."""
    before = _without_indentation(cursor.before(_REACH_BEFORE))
    below = _without_indentation(cursor.after(_REACH_AFTER).partition("\n")[2])
    file = (below, before)
    index = [_without_indentation(snippet.text) for snippet in snippets]
    context, text, logarithm, source = before[-_LONGEST_CONTEXT:], "", 0.0, THIS_FILE
    for _ in range(_LONGEST_ANSWER):
        found = _likeliest(context, [*index, *file], whole_word=bool(text))
        if found is None:
            return None
        token, probability = found
        logarithm += math.log(probability)
        if logarithm < math.log(_LEAST_PROBABILITY):
            return None
        if index and not any(token.strip() in part for part in file):
            source = THE_INDEX
        if token.endswith("\n"):
            return LocalAnswer(text=text, probability=math.exp(logarithm), source=source) if text.strip() else None
        text += token
        context = (context + token)[-_LONGEST_CONTEXT:]
        await asyncio.sleep(0)
    return None


def names_anew(cursor: Cursor, text: str) -> bool:
    """Whether an answer goes on with a name that the line introduces. The file knows only names that are taken, but for
    those that every class defines again (`__init__`)."""
    return bool(_INTRODUCED.search(cursor.line_before)) and _is_word(text[:1] or " ") and not text.startswith("__")


def _without_indentation(text: str) -> str:
    return _INDENTATION.sub("\n", "\n" + text)


def _likeliest(context: str, sources: Sequence[str], *, whole_word: bool) -> tuple[str, float] | None:
    """The next token and its probability. `whole_word`: a word at the end of the context is complete."""
    probabilities: dict[str, float] = defaultdict(float)
    escape = 1.0
    for counts in reversed(list(_levels(context, sources))):
        seen = counts.total() + len(counts)
        for token, count in counts.items():
            probabilities[token] += escape * count / seen
        escape *= len(counts) / seen
    if whole_word and _is_word(context[-1]):
        probabilities = {token: value for token, value in probabilities.items() if not _is_word(token[0])}
    return max(probabilities.items(), key=lambda item: item[1]) if probabilities else None


def _levels(context: str, sources: Sequence[str]) -> Iterator[Counter[str]]:
    """What followed the context's suffixes, shortest first, as far as any did."""
    starts = [match.start() for match in _UNIT.finditer(context) if not _is_blank(match.group())]
    for start in reversed(starts[-_ORDERS:]):
        suffix = context[start:]
        counts = Counter(token for source in sources for token in _followers(suffix, source))
        if not counts:
            return
        yield counts


def _followers(suffix: str, source: str) -> Iterator[str]:
    """The tokens behind the last occurrences of `suffix` that begin where a token does."""
    at_word = _is_word(suffix[0])
    place, found = len(source), 0
    for _ in range(_LOOKS):
        place = source.rfind(suffix, 0, place + len(suffix) - 1)
        if place < 0 or found == _OCCURRENCES:
            return
        if at_word and place and _is_word(source[place - 1]):
            continue
        if (token := _TOKEN.match(source, place + len(suffix))) is not None:
            found += 1
            yield token.group()


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_blank(unit: str) -> bool:
    return unit.isspace() and "\n" not in unit
