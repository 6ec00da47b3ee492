"""The fill-in-the-middle prompt: pieces of other files, prefix, suffix, middle (PSM), each cut to its budget of tokens.

DeepSeek-Coder-V2: BOS, `<｜fim▁begin｜>` context, prefix `<｜fim▁hole｜>` suffix `<｜fim▁end｜>`; then the model writes the
middle. What changes least stands first, so that a keystroke computes the new tokens and the suffix again, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence

from turnstile_lsp.agents.coder.context import NO_CONTEXT, Context, Snippet
from turnstile_lsp.agents.coder.context_part import ContextPart, render
from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.index.secrets import redact
from turnstile_lsp.agents.coder.outline import outline
from turnstile_lsp.agents.coder.prompt_budget import Budgets, PromptSpeed, budgets
from turnstile_lsp.agents.coder.syntax.base import SyntaxContext
from turnstile_lsp.agents.engine.base import Description, Excerpt, Timings

# What the engine cuts, it cuts between any two tokens. A window large enough to lose a few lines begins and ends where a
# statement does, and is made short enough to need no cut: there, fewer characters are counted for a token.
_CHARACTERS_PER_TOKEN, _CAUTIOUS_CHARACTERS_PER_TOKEN = 6, 3
_WHOLE_STATEMENTS, _WHOLE_LINES = 256, 24
# A window's beginning stays while the cursor moves by less than a quarter of it, so that the KV cache of what follows
# it can be used again.
_STEPS = 4
_DOCUMENTS = 16

Pieces = list[int | str | Excerpt]


class PromptBuilder:
    """Builds the prompts for one engine. `first_token_seconds`: within this time a prompt is to be read."""

    def __init__(self, *, first_token_seconds: float = 0.5) -> None:
        self._seconds = first_token_seconds
        self._speed = PromptSpeed()
        self._contexts = ContextPart()
        self._starts: dict[str, int] = {}

    def observe(self, timings: Timings) -> None:
        """What the engine took for a prompt."""
        self._speed.observe(timings)

    def budgets(self, description: Description, max_tokens: int) -> Budgets:
        """The budgets of the next prompt."""
        # Where tokens are estimated, another machine computes, and nothing is known of its speed.
        measured = self._seconds * self._speed.tokens_per_second if description.exact_token_counts else None
        return budgets(description, max_tokens, measured)

    def build(
        self,
        description: Description,
        cursor: Cursor,
        max_tokens: int,
        context: Context = NO_CONTEXT,
        syntax: SyntaxContext | None = None,
    ) -> Pieces:
        """The pieces of the prompt at a cursor; none where there is nothing to go on from, or a secret at the cursor."""
        budget = self.budgets(description, max_tokens)
        start = self._start(cursor, budget.prefix, syntax.cuts_before if syntax else ())
        window = cursor.before(cursor.offset - start, start)
        prefix = redact(window)
        if prefix.rpartition("\n")[2] != window.rpartition("\n")[2] or _is_secret(cursor):
            return []
        suffix = _suffix_window(cursor, budget.suffix, syntax.cuts_after if syntax else ())
        head = []
        if budget.context:
            characters = budget.context * _CAUTIOUS_CHARACTERS_PER_TOKEN
            unseen = outline(syntax, window + suffix, characters // _STEPS) if syntax else ""
            head = self._context(cursor, start, len(suffix), context, unseen, budget)
        fim = description.fim
        body = Excerpt(text=prefix, tokens=budget.prefix, keep_end=True)
        if fim is None:
            return [*head, body] if prefix else []
        return [fim.begin, *head, body, fim.hole, Excerpt(text=redact(suffix), tokens=budget.suffix), fim.end]

    def _start(self, cursor: Cursor, budget: int, cuts: Sequence[int]) -> int:
        """Where the window begins: where it did last time, if that will still do. (What is known of the syntax may come
        late, and must not move it to and fro.)"""
        document, (first, last) = cursor.document, _start_range(cursor, budget)
        if budget < _WHOLE_STATEMENTS:
            return _good_start(cursor, first, last, ())
        before = self._starts.pop(document.path, -1)
        if not (first <= before <= last and document.text[before - 1 : before] == "\n"):
            before = _good_start(cursor, first, last, cuts)
        self._starts[document.path] = before
        while len(self._starts) > _DOCUMENTS:
            del self._starts[next(iter(self._starts))]
        return before

    def _context(
        self, cursor: Cursor, start: int, shown: int, context: Context, unseen: str, budget: Budgets
    ) -> list[Excerpt]:
        document = cursor.document
        path = context.path or document.path.replace("\\", "/").rpartition("/")[2]
        characters = budget.context * _CAUTIOUS_CHARACTERS_PER_TOKEN
        below = Snippet(path, _whole_lines(cursor.after(shown + characters // _STEPS)[shown:]))
        own = (Snippet(path, unseen), below)
        snippets, diagnostics = self._contexts.snippets(document.path, cursor.offset, start, context, own, characters)
        text = render(snippets, diagnostics, path, document.language_id)
        return [Excerpt(text=text, tokens=budget.context, keep_end=True)]


def _is_secret(cursor: Cursor) -> bool:
    """Whether the whole line that the cursor is in looks like a credential."""
    line = cursor.line_before + cursor.line_after
    return redact(line) != line


def _start_range(cursor: Cursor, budget: int) -> tuple[int, int]:
    """Between which offsets the window before the cursor may begin: from a multiple of a quarter of it on, for as much."""
    length = budget * (_CHARACTERS_PER_TOKEN if budget < _WHOLE_STATEMENTS else _CAUTIOUS_CHARACTERS_PER_TOKEN)
    step = max(1, length // _STEPS)
    first = -(-max(0, cursor.offset - length) // step) * step
    return (first, min(first + step, cursor.offset)) if first else (0, 0)


def _good_start(cursor: Cursor, first: int, last: int, cuts: Sequence[int]) -> int:
    """Where a statement begins (`cuts`: distances before the cursor), else a line."""
    statements = [place for cut in cuts if first <= (place := cursor.offset - cut) < last]
    if statements or first == 0:
        return min(statements, default=0)
    line = cursor.document.text.find("\n", first, last)
    return first if line < 0 else line + 1


def _suffix_window(cursor: Cursor, budget: int, cuts: Sequence[int]) -> str:
    """The text behind the cursor: up to the end of the last statement (`cuts`: distances) or line that fits."""
    if budget < _WHOLE_LINES:
        return cursor.after(budget * _CHARACTERS_PER_TOKEN)
    length = budget * _CAUTIOUS_CHARACTERS_PER_TOKEN
    fitting = [cut for cut in cuts if length // 2 < cut <= length]
    return cursor.after(max(fitting)) if fitting else _whole_lines(cursor.after(length))


def _whole_lines(text: str) -> str:
    """`text` without the part of a line that it ends with, if more than half remains."""
    end = text.rfind("\n")
    return text[: end + 1] if end > len(text) // 2 else text
