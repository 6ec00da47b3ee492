"""How good completions are on held-out files: what shows unasked, rests of lines and blocks, with and without each source.

The model is the one that the settings name, so `TURNSTILE_COMPLETE_MODEL=… python -m tests.bench quality` measures
another; whether that one was trained on these files is the user's to know.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from msgspec.structs import replace

from tests.bench.report import Report, measure, proportion
from tools.held_out import Place, blocks, for_calibration, library, packages, rests_of_lines, typescript
from tools.held_out_diagnostics import misspelt_places, unimported_places
from tools.held_out_edits import KINDS, like_places, next_places
from tools.train_nano_coder.corpus import SourceFile
from turnstile_lsp.agents.coder.complete import Coder, Completion, complete_locally
from turnstile_lsp.agents.coder.context import NO_CONTEXT, Context
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.coder.estimates import calibrations
from turnstile_lsp.agents.coder.index.messages import Query
from turnstile_lsp.agents.coder.index.workspace_index import WorkspaceIndex
from turnstile_lsp.agents.coder.languages import language_of
from turnstile_lsp.agents.coder.notebook import around
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess, lines_and_place
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.settings import load

SHARES = (0.1, 0.2, 0.3, 0.4)
"""Of the places: how much of what would show there is right, if so many of the likeliest answers did."""
_CELL_END = "\n\n\n"
_BEFORE, _AFTER, _HEAD = 4000, 1000, 2000
_PARSING_SECONDS = 5.0

Find = Callable[[Place], Context]
Answer = Callable[[Place], Awaitable[list[Completion]]]
Unasked = tuple[float, bool, str]
"""An answer's estimate, whether it is exactly right, and who gives it."""


async def quality(report: Report, short: bool) -> None:
    """Shares with Wilson's interval (positions in one file are related, so it is a little too narrow); edit similarity
    as a median."""
    count = 120 if short else 1200
    python = [file for file in library() if not for_calibration(file)]
    script = [file for file in typescript() if not for_calibration(file)]
    async with _engine() as engine:
        for name, files, language in (
            ("library", python, "python"),
            ("packages", packages(), "python"),
            ("typescript", script, "typescript"),
        ):
            places = rests_of_lines(files, count, language)
            answers = await _unasked(engine, places, _nothing)
            _shown(report, f"quality.{name}", answers, len(places), ">= 0.25", ">= 0.6")
            _ranked(report, f"quality.{name}", answers, len(places))
        with _workspace(python) as find:
            rests, holes = rests_of_lines(python, count // 4, "python"), blocks(python, count // 8, "python")
            await _asked(report, "quality.line", sources(engine, "index", find, single_line=True), rests)
            await _asked(report, "quality.block", sources(engine, "index", find, single_line=False), holes)
        async with _syntax_process() as process:
            await _asked(report, "quality.line", with_syntax(engine, process, single_line=True), rests)
            await _asked(report, "quality.block", with_syntax(engine, process, single_line=False), holes)
        await _asked(report, "quality.line", _cells(engine), rests_of_lines(packages(), count // 4, "python"))
        await _contexts(report, engine, count // 24)


async def _contexts(report: Report, engine: Engine, count: int) -> None:
    """What recent edits and diagnostics are worth where they say what is to come; and unasked, whether they mislead in as
    many places that only look like those."""
    files = packages()
    following = [place for kind in KINDS for place in next_places(files, kind, count)]
    alike = [place for kind in KINDS for place in like_places(files, kind, count)]
    misspelt, unimported = misspelt_places(files, 2 * count), unimported_places(files, 2 * count)
    for source, places, others in (("edits", following, alike), ("diagnostics", misspelt, unimported)):
        await _asked(report, f"quality.{source}", sources(engine, source, told, single_line=True), places)
        for name, find in ((f"quality.with_{source}", told), (f"quality.without_{source}", _nothing)):
            answers = await _unasked(engine, [*places, *others], find)
            _shown(report, name, answers, len(places) + len(others))


async def _unasked(engine: Engine, places: Sequence[Place], find: Find) -> list[Unasked]:
    """The likeliest answer of each place that has one, however unlikely it is."""
    coder = Coder(engine, shown_above=0.0)
    answers = []
    for place in places:
        found = await coder.complete(place.document, place.offset, automatic=True, context=find(place))
        answers += [(one.estimate, one.text == place.expected, one.model) for one in found]
    return answers


def _shown(report: Report, name: str, answers: Sequence[Unasked], count: int, *goals: str) -> None:
    """How much shows, and how much of that is right."""
    often, right = goals or (None, None)
    shown = [(exact, model) for estimate, exact, model in answers if estimate >= calibrations().shown_above]
    report.add(f"{name}_shown", proportion(len(shown), count, often))
    report.add(f"{name}_shown_right", proportion(sum(exact for exact, _ in shown), len(shown), right))
    report.add(f"{name}_shown_by_file", proportion(sum(model == "this file" for _, model in shown), len(shown)))


def _ranked(report: Report, name: str, answers: Sequence[Unasked], count: int) -> None:
    ranked = sorted(answers, reverse=True)
    for share in SHARES:
        first = ranked[: round(share * count)]
        report.add(f"{name}_right_of_{share:.0%}", proportion(sum(exact for _, exact, _ in first), len(first)))


def sources(engine: Engine, name: str, find: Find, *, single_line: bool) -> dict[str, Answer]:
    """Who may be asked: the model or the file alone, each without and with a source of context; and all together."""

    def model(context: Find, *, locally: bool) -> Answer:
        coder = Coder(engine, locally=locally)
        return lambda place: coder.complete(
            place.document, place.offset, automatic=False, single_line=single_line, context=context(place)
        )

    def file(context: Find) -> Answer:
        return lambda place: complete_locally(place.document, place.offset, automatic=False, context=context(place))

    asked = {
        "model": model(_nothing, locally=False),
        f"model_and_{name}": model(find, locally=False),
        "all": model(find, locally=True),
        f"all_without_{name}": model(_nothing, locally=True),
    }
    return {**asked, "file": file(_nothing), f"file_and_{name}": file(find)} if single_line else asked


def with_syntax(engine: Engine, process: SyntaxProcess, *, single_line: bool) -> dict[str, Answer]:
    """The model alone, and with the file, where the syntax is known: where a window begins, what an answer leaves, and
    the file's imports and signatures for a model that takes context. Without it: `model`, `all_without_index`."""

    def asked(*, locally: bool) -> Answer:
        coder = Coder(engine, locally=locally)

        async def answer(place: Place) -> list[Completion]:
            document, offset = place.document, place.offset
            lines, where = lines_and_place(document.text, offset)
            process.open(document.path, document.language_id, document.path, lines)
            syntax = await process.read(document.path, where)
            return await coder.complete(document, offset, automatic=False, single_line=single_line, syntax=syntax)

        return answer

    return {"model_and_syntax": asked(locally=False), "all_and_syntax": asked(locally=True)}


def _cells(engine: Engine) -> dict[str, Answer]:
    """All together, in a file cut into cells as a notebook would be: the cell alone, and with the cells around it."""
    coder = Coder(engine)

    def asked(*, with_others: bool) -> Answer:
        async def answer(place: Place) -> list[Completion]:
            document, offset = _in_cell(place, with_others=with_others)
            return await coder.complete(document, offset, automatic=False, single_line=True)

        return answer

    return {"cell_alone": asked(with_others=False), "cells": asked(with_others=True)}


def _in_cell(place: Place, *, with_others: bool) -> tuple[CompletionDocument, int]:
    """A place as a notebook's cell shows it, and the cursor. Cells end at two blank lines, which separate definitions."""
    text, offset = place.document.text, place.offset
    above, below = text[:offset].split(_CELL_END), text[offset:].split(_CELL_END)
    before, after = around(reversed(above[:-1]), below[1:]) if with_others else ("", "")
    document = replace(place.document, text=before + above[-1] + below[0] + after)
    return document, len(before) + len(above[-1])


async def _asked(report: Report, name: str, sources: dict[str, Answer], places: Sequence[Place]) -> None:
    for source, answer in sources.items():
        texts = [found[0].text if (found := await answer(place)) else "" for place in places]
        pairs = [(text, place.expected) for text, place in zip(texts, places, strict=True)]
        report.add(f"{name}_{source}_exact", proportion(sum(text == expected for text, expected in pairs), len(pairs)))
        report.add(f"{name}_{source}_similarity", measure([similarity(*pair) for pair in pairs], "share"))


def similarity(one: str, other: str) -> float:
    """1 less Levenshtein's distance over the longer length."""
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, 1):
        diagonal, row[0] = row[0], number
        for index, against in enumerate(other, 1):
            diagonal, row[index] = (
                row[index],
                min(row[index] + 1, row[index - 1] + 1, diagonal + (character != against)),
            )
    return 1 - row[-1] / max(len(one), len(other), 1)


def _nothing(place: Place) -> Context:
    return NO_CONTEXT


def told(place: Place) -> Context:
    return place.context


@asynccontextmanager
async def _engine() -> AsyncIterator[Engine]:
    resolved = load()
    daemon = await Daemon.connect()
    try:
        yield daemon.engine_for(resolved, resolved.settings.complete.model)
    finally:
        await daemon.close()


@asynccontextmanager
async def _syntax_process() -> AsyncIterator[SyntaxProcess]:
    process = SyntaxProcess(deadline=_PARSING_SECONDS)
    try:
        yield process
    finally:
        await process.stop()


@contextmanager
def _workspace(files: Sequence[SourceFile]) -> Iterator[Find]:
    """The files in a folder of their own, indexed; retrieval leaves out the file that is asked about."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in files:
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.path).write_text(file.text, encoding="utf-8")
        with closing(WorkspaceIndex(folder)) as index:
            while index.step():
                pass

            def find(place: Place) -> Context:
                text, offset = place.document.text, place.offset
                query = Query(
                    folder=name,
                    path=place.file.path,
                    language=language_of(place.language).name,
                    before=text[max(0, offset - _BEFORE) : offset],
                    after=text[offset : offset + _AFTER],
                    head=text[:_HEAD],
                )
                return Context(path=place.file.path, snippets=index.retrieve(query))

            yield find
