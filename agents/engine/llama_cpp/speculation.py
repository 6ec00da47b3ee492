"""Drafts by look-up: what followed the last few tokens where they stood before, verified in one batch.

Prompt look-up decoding (llama.cpp's `lookup` example): code repeats itself, so the text around the cursor is a draft
model that costs nothing. A draft never changes the answer: every token is drawn from the model's own logits, and the
draft only says which logits are computed in the same batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_KEY = 3
"""Tokens that must agree before what followed them is a draft."""

LONGEST = 8
"""On a CPU a batch of so many tokens still costs less than half of what they cost one by one."""

_PAUSE = 16
"""Tokens without a draft after two drafts in a row of which nothing was right."""

_MOST_TEXTS = 64
_NEW_CHARACTERS = 1500
"""Tokenizing and indexing so many takes a millisecond or two."""


class Runs:
    """A text's tokens, and where each run of `_KEY` of them was followed by something last."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}
        self.add(tokens)

    def add(self, tokens: Sequence[int]) -> None:
        """The text goes on with `tokens`."""
        for token in tokens:
            end = len(self._tokens)
            if end >= _KEY:
                self._after[self.last] = end
            self._tokens.append(token)

    @property
    def last(self) -> tuple[int, ...]:
        """The text's last `_KEY` tokens."""
        return tuple(self._tokens[-_KEY:])

    def after(self, run: tuple[int, ...], length: int) -> list[int]:
        """At most `length` tokens that followed `run`; none where it was not seen."""
        start = self._after.get(run)
        return [] if start is None else self._tokens[start : start + length]


class References:
    """Texts that answers may repeat, indexed once. One that is new waits for a later request where this one has had
    `_NEW_CHARACTERS` of new text: a draft is not worth a pause."""

    def __init__(self, tokenize: Callable[[str], Sequence[int]]) -> None:
        self._tokenize = tokenize
        self._kept: dict[str, Runs] = {}

    def of(self, texts: Sequence[str]) -> list[Runs]:
        """Those of `texts` that are indexed, in their order."""
        found, new = [], 0
        for text in texts:
            runs = self._kept.pop(text, None)
            if runs is None and new < _NEW_CHARACTERS:
                new += len(text)
                runs = Runs(self._tokenize(text))
            if runs is not None:
                self._kept[text] = runs  # now the last to be forgotten
                found.append(runs)
        while len(self._kept) > _MOST_TEXTS:
            del self._kept[next(iter(self._kept))]
        return found


class Lookup:
    """Drafts for an answer that continues `text`, from it and from `others`, in this order."""

    def __init__(self, text: Sequence[int], others: Sequence[Runs]) -> None:
        self._text = Runs(text)
        self._places = [self._text, *others]
        self._length = LONGEST // 2
        self._failures = self._pause = 0

    def add(self, token: int) -> None:
        """The answer goes on with `token`."""
        self._text.add([token])

    def draft(self, most: int) -> list[int]:
        """What may come next, at most `most` tokens; fewer while drafts fail."""
        if self._pause:
            self._pause -= 1
            return []
        length = min(most, self._length)
        return next((draft for place in self._places if (draft := place.after(self._text.last, length))), [])

    def judged(self, drafted: int, accepted: int) -> None:
        """Of a draft of `drafted` tokens the first `accepted` were right: the next one's length follows that."""
        self._failures = 0 if accepted else self._failures + 1
        if self._failures == 2:
            self._failures, self._pause = 0, _PAUSE
        self._length = min(LONGEST, 2 * drafted) if accepted == drafted else max(2, accepted + 1)
