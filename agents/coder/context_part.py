"""The part of a prompt that stands before the document: pieces of other files, in the format that DeepSeek-Coder was
trained on (each file begins with a comment line that names it).

Whatever changes here makes the engine compute the whole window again. So it is *frozen* while the user types on at one
place, and what stays keeps its order when it is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstile_lsp.agents.coder.context import Context, Snippet
from turnstile_lsp.agents.coder.index.secrets import redact
from turnstile_lsp.agents.coder.languages import language_of

_PAUSE_SECONDS = 3.0
_JUMP = 2000
_DOCUMENTS = 8
_MOST_DIAGNOSTICS = 3
_LONGEST_DIAGNOSTIC = 160


class _Frozen(Struct):
    window_start: int
    snippets: list[Snippet]
    diagnostics: list[str]
    has_index: bool
    budget: int
    offset: int
    asked_at: float


class ContextPart:
    """The context parts of the documents at work."""

    def __init__(self) -> None:
        self._frozen: dict[str, _Frozen] = {}

    def snippets(
        self,
        document: str,
        offset: int,
        window_start: int,
        context: Context,
        own: tuple[Snippet, Snippet],
        characters: int,
    ) -> tuple[Sequence[Snippet], Sequence[str]]:
        """Snippets and diagnostics for a cursor at `offset` of a document, at most `characters` long. `own`: of the
        document itself, what matters most of all (its outline) and least of all (what stands behind the suffix).

        They are what they were before while the window's start stays, the cursor moves little and the user does not
        pause; except that what the index says for the first time is taken at once.
        """
        now = time.monotonic()
        frozen = self._frozen.pop(document, None)
        if frozen is None or _is_stale(frozen, offset, window_start, context, characters, now):
            chosen = _chosen(frozen, context, own, characters)
            has_index = bool(context.snippets)
            frozen = _Frozen(window_start, chosen, list(_messages(context)), has_index, characters, offset, now)
        frozen.offset, frozen.asked_at = offset, now
        self._frozen[document] = frozen
        while len(self._frozen) > _DOCUMENTS:
            del self._frozen[next(iter(self._frozen))]
        return frozen.snippets, frozen.diagnostics


def _is_stale(frozen: _Frozen, offset: int, window_start: int, context: Context, characters: int, now: float) -> bool:
    return (
        frozen.window_start != window_start
        or frozen.budget != characters
        or abs(frozen.offset - offset) > _JUMP
        or now - frozen.asked_at > _PAUSE_SECONDS
        or (not frozen.has_index and bool(context.snippets))
    )


def render(snippets: Sequence[Snippet], diagnostics: Sequence[str], path: str, language_id: str) -> str:
    """The context part's text, up to and including the line that names the document itself."""
    pieces = [f"{path_line(snippet.path)}{snippet.text}\n" for snippet in snippets]
    if diagnostics:
        language = language_of(language_id, path)
        pieces += [f"{line}\n" for message in diagnostics if (line := language.comment(message)) is not None]
    return "".join(pieces) + path_line(path, language_id)


def path_line(path: str, language_id: str = "") -> str:
    """The comment line that names a file, as in DeepSeek-Coder's training data: the mark and the path, nothing between."""
    language, path = language_of(language_id, path), " ".join(path.split("\n"))
    if language.block_comments and not language.line_comments:
        opening, closing = language.block_comments[0]
        return f"{opening}{path}{closing}\n"
    return f"{(language.line_comments or ('#',))[0]}{path}\n"


def _chosen(frozen: _Frozen | None, context: Context, own: tuple[Snippet, Snippet], characters: int) -> list[Snippet]:
    """What was there before, as far as it still matters, in its order; then what is new, the most relevant last."""
    outline, below = own
    found = [outline, *context.edits[::-1], *context.snippets, below]
    wanted = [Snippet(s.path, redact(s.text), s.line) for s in found]
    before = [snippet for snippet in (frozen.snippets if frozen else []) if snippet in wanted]
    fitting = list(_fitting([*before, *(snippet for snippet in wanted if snippet not in before)], characters))
    kept = [snippet for snippet in fitting if snippet in before]
    return kept + fitting[len(kept) :][::-1]


def _fitting(snippets: Sequence[Snippet], characters: int) -> Iterator[Snippet]:
    for snippet in snippets:
        cost = len(snippet.path) + len(snippet.text) + 4
        if snippet.text.strip() and cost <= characters:
            characters -= cost
            yield snippet


def _messages(context: Context) -> Iterator[str]:
    for message in context.diagnostics[:_MOST_DIAGNOSTICS]:
        if text := redact(" ".join(message.split())[:_LONGEST_DIAGNOSTIC]):
            yield text
