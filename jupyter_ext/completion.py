"""Grey text in notebooks: what JupyterLab asks, and the answers as they come."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from turnstile_lsp.agents import tracing
from turnstile_lsp.agents.coder.as_you_type import AsYouType, Question
from turnstile_lsp.agents.coder.coders import Coders
from turnstile_lsp.agents.coder.complete import Completion
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.coder.index.ignore import Withheld
from turnstile_lsp.agents.coder.languages import is_among
from turnstile_lsp.agents.coder.statistics import Event, Statistics
from turnstile_lsp.agents.coder.syntax.base import Syntax
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess, lines_and_place
from turnstile_lsp.agents.daemon.client import DaemonWhenNeeded
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.settings import CompleteSettings, Resolved, load
from turnstile_lsp.agents.trust import TrustStore
from turnstile_lsp.jupyter_ext.cells import Cell, cell_of, language_id_of, text_around
from turnstile_lsp.jupyter_ext.context import Contexts

_REMEMBERED = 64


class Ask(Struct, frozen=True, kw_only=True, rename="camel"):
    """A cursor. `client`: the window it is in. `path`: of the notebook or file, below the server's root. `language`: as
    the kernel calls it, empty for a file. `prefix`, `suffix`: the cell's text before and behind the cursor. `above`,
    `below`: the notebook's other code cells, the nearest first. `automatic`: nobody asked."""

    client: Annotated[str, Meta(min_length=1, max_length=64)]
    path: Annotated[str, Meta(max_length=1024)]
    language: Annotated[str, Meta(max_length=64)]
    prefix: str
    suffix: str
    above: Sequence[str] = ()
    below: Sequence[str] = ()
    automatic: bool


class Answer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Text for the cursor. `number`: to say later that it was accepted. `model`: who gave it."""

    number: int
    insert_text: str
    model: str


class Beginning(Struct, frozen=True, kw_only=True, rename="camel"):
    """What there is of the first answer while it comes."""

    insert_text: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer: a sentence, and a command that helps, where there is one."""

    error: str
    mend: str | None = None


Said = Answer | Beginning | Problem
Send = Callable[[Said], None]


class Completions:
    """One Jupyter server's: one at a time for each window, the newest. `root`: the folder that the server shows."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._daemon = DaemonWhenNeeded()
        self._coders = Coders(self._daemon.completing)
        self._as_you_type = AsYouType()
        self._syntax = SyntaxProcess()
        self._contexts = Contexts(root, self._syntax)
        self._statistics = Statistics()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._offers: OrderedDict[int, tuple[Question, Completion]] = OrderedDict()
        self._number = 0

    def answer(self, ask: Ask, send: Send) -> asyncio.Task[None]:
        """Start to answer; a newer question from the same window cancels it. `send` is given each answer as it comes,
        the likeliest first."""
        tracing.request_id.set(tracing.new_request_id())
        if (older := self._running.get(ask.client)) is not None:
            older.cancel()
        task = self._running[ask.client] = asyncio.create_task(self._answer(ask, send))
        task.add_done_callback(lambda done: self._forget(ask.client, done))
        return task

    def accepted(self, number: int) -> None:
        """The user took an answer: the line after it is asked for ahead."""
        if (offer := self._offers.pop(number, None)) is None:
            return
        question, completion = offer
        self._count(Event.ACCEPTED, question, completion)
        resolved = self._settings()
        settings = resolved.settings.complete
        off = not settings.enabled or is_among(settings.disabled_languages, question.document.language_id)
        if settings.automatic and not off:
            text, end = question.document.text, question.offset + len(completion.text)
            taken = text[: question.offset] + completion.text + text[question.offset :]
            later = replace(question, document=replace(question.document, text=taken), offset=end, automatic=True)
            self._as_you_type.ask_ahead(later, lambda: self._coders.of(resolved))

    async def close(self) -> None:
        """Stop everything and write the last counts."""
        self._as_you_type.forget_ahead()
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self._statistics.close()
        await self._contexts.close()
        await self._syntax.stop()
        await self._daemon.close()

    async def _answer(self, ask: Ask, send: Send) -> None:
        resolved = self._settings()
        self._contexts.follow(resolved.settings.complete, ask.path)
        for problem in self._contexts.problems():
            send(Problem(error=problem))
        language_id = language_id_of(ask.language, ask.path)
        cell = cell_of(ask.prefix + ask.suffix, language_id)
        place = len(ask.prefix) - cell.start
        if place < 0 or not self._is_wanted(resolved.settings.complete, ask, cell):
            return
        question = self._question(ask, cell, place, language_id, resolved.settings.complete)
        growing = replace(question, grows=lambda text: send(Beginning(insert_text=text)))
        try:
            answers = self._as_you_type.stream(growing, lambda: self._coders.of(resolved))
            with self._contexts.held():
                async with aclosing(answers) as completions:
                    async for completion in completions:
                        send(self._offer(question, completion))
        except TurnstileError as error:
            send(Problem(error=error.message, mend=error.mend))

    def _question(self, ask: Ask, cell: Cell, place: int, language_id: str, settings: CompleteSettings) -> Question:
        before, after = text_around(cell, ask.above, ask.below, language_id)
        document = CompletionDocument(text=before + cell.text + after, path=ask.path, language_id=cell.language_id)
        offset = len(before) + place
        return Question(
            document=document,
            offset=offset,
            model=settings.model,
            automatic=ask.automatic,
            single_line=True if settings.single_line else None,
            candidates=settings.candidates,
            context=lambda: self._contexts.of(document, offset),
            syntax=self._syntax_at(ask, cell, place),
        )

    def _syntax_at(self, ask: Ask, cell: Cell, place: int) -> Syntax:
        """The syntax process sees one cell of each window: that which is being written."""
        lines, where = lines_and_place(cell.text, place)
        self._syntax.open(ask.client, cell.language_id, ask.path, lines)
        return self._syntax.at(ask.client, where)

    def _is_wanted(self, settings: CompleteSettings, ask: Ask, cell: Cell) -> bool:
        """Whether a completion may be asked for here at all; where not, nothing is computed and nobody is asked."""
        if not settings.enabled or (ask.automatic and not settings.automatic):
            return False
        if is_among(settings.disabled_languages, cell.language_id):
            return False
        return (self._root or Path("/nowhere")) / ask.path not in Withheld()

    def _offer(self, question: Question, completion: Completion) -> Answer:
        self._number += 1
        self._offers[self._number] = (question, completion)
        if len(self._offers) > _REMEMBERED:
            self._offers.popitem(last=False)
        if not completion.typed_ahead:
            self._count(Event.OFFERED, question, completion)
        return Answer(number=self._number, insert_text=completion.text, model=completion.model)

    def _count(self, event: Event, question: Question, completion: Completion) -> None:
        language, length = question.document.language_id, len(completion.text)
        self._statistics.count(event, language=language, model=completion.model, characters=length)

    def _settings(self) -> Resolved:
        root = self._root
        return load(folder=root, trusted=root is not None and TrustStore().is_trusted(root), environment=os.environ)

    def _forget(self, client: str, task: asyncio.Task[None]) -> None:
        if self._running.get(client) is task:
            del self._running[client]
            self._syntax.close(client)
