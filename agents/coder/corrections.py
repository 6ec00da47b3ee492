"""An answer without a model: the cursor's line as it was, with the name that a diagnostic does not know replaced by the one
that is meant: the one that the diagnostic names, or the most similar one nearby."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator

from turnstile_lsp.agents.coder.context import Context
from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.local_answers import LocalAnswer
from turnstile_lsp.agents.coder.rewrites import LONGEST_LINE, Replacement, line_was, missing, tokens_of

DIAGNOSTICS = "diagnostics"

_REACH = 20_000
_LEAST_SIMILARITY = 0.7
_UNKNOWN = re.compile(
    r"undefined|undeclared|unresolved|unknown|unexpected|has no|no member|(?:not|n't|cannot) (?:defined|found|find|exist|access)",
    re.IGNORECASE,
)
_MEANT = re.compile(r"did you mean|maybe|perhaps|similar name", re.IGNORECASE)
_NAMED = re.compile(r"""(?:["'`‘“]|undefined: )([^\W\d]\w*)""")
_WORD = re.compile(r"[^\W\d]\w{2,}")


def corrected(cursor: Cursor, context: Context) -> LocalAnswer | None:
    """What makes of the cursor's line the one that it was, with an unknown name corrected; None where nothing is unknown.
    `probability`: how similar the names are, over how often the unknown one stands nearby."""
    line = line_was(cursor, context)
    if not context.diagnostics or len(line) > LONGEST_LINE:
        return None
    words = Counter(_WORD.findall(cursor.before(_REACH) + line + cursor.after(_REACH)))
    answers = [
        LocalAnswer(text=text, probability=probability, source=DIAGNOSTICS)
        for message in context.diagnostics
        for unknown, meant, probability in _corrections(message, words)
        for mark in (".", "")
        if mark + unknown in tokens_of(line)
        and (text := missing(cursor, Replacement((mark + unknown,), (mark + meant,)), line))
    ]
    return max(answers, key=lambda answer: (answer.probability, answer.text), default=None)


def _corrections(message: str, words: Counter[str]) -> Iterator[tuple[str, str, float]]:
    """Unknown names, what may be meant, and how likely."""
    meant = _MEANT.search(message)
    said = message[: meant.start()] if meant else message
    suggested = _NAMED.findall(message[meant.end() :]) if meant else []
    for unknown in _NAMED.findall(said) if _UNKNOWN.search(said) else []:
        near = [word for word in words if word != unknown and abs(len(word) - len(unknown)) <= 2]
        similar = difflib.get_close_matches(unknown, near, 1, _LEAST_SIMILARITY)
        for name in suggested or similar:
            similarity = difflib.SequenceMatcher(None, unknown, name).ratio()
            yield unknown, name, similarity / max(1, words[unknown])
