"""Special tokens in user text."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"<[|｜]([^\s<>|｜]{1,64})[|｜]>")
_BROKEN = r"<¦\1¦>"


def neutralise(text: str) -> str:
    """`text` with the bars of whatever looks like a special token (DeepSeek's or those of chat formats) made others, which
    none has, so that none acts when the whole prompt is tokenized with special tokens active. The length stays."""
    return _TOKEN.sub(_BROKEN, text)


def restore(text: str, own: str) -> str:
    """`text`, which repeats what was neutralised of the user's `own`, as it is written there."""
    for found in _TOKEN.finditer(own):
        text = text.replace(neutralise(found.group()), found.group())
    return text
