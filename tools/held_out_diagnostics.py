"""Held-out Python files with a name misspelt, or an import left out, and what mypy says of that."""

from __future__ import annotations

import ast
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import structs

from tools.held_out import SEED, Place
from tools.held_out_edits import Source, asked
from tools.train_nano_coder.corpus import SourceFile
from turnstile_lsp.lsp_server.recent_edits import RecentEdits
from turnstile_lsp.lsp_server.text_document import TextDocument

_SHORTEST_NAME = 4
_MESSAGE = re.compile(r"^a/b/c/f(\d+)\.py:(\d+): (error: .*)$", re.MULTILINE)
_OPTIONS = (
    "--config-file=",
    "--cache-dir=/dev/null",
    "--follow-imports=skip",
    "--ignore-missing-imports",
    "--check-untyped-defs",
    "--hide-error-codes",
    "--no-error-summary",
)
_UNREADABLE = 2
"""mypy's exit status where it gave up."""


@dataclass(frozen=True)
class Mistake:
    """A text with a wrong name at `offset`, in the place of `right` (the same one where nothing is wrong but its import)."""

    file: SourceFile
    text: str
    offset: int
    wrong: str
    right: str

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.offset)


def misspelt_places(files: Sequence[SourceFile], count: int, seed: int = SEED) -> list[Place]:
    """A name is misspelt, is said to be unknown, and is taken away, in every second place with the rest of the line."""
    return _places([_misspelling(*each) for each in _draw(files, count, f"{seed} misspelt")])


def unimported_places(files: Sequence[SourceFile], count: int, seed: int = SEED) -> list[Place]:
    """A name is said to be unknown, but it is right: its import is what is missing."""
    return _places([_without_import(*each) for each in _draw(files, count, f"{seed} unimported")])


def _draw(files: Sequence[SourceFile], count: int, seed: str) -> list[tuple[SourceFile, random.Random]]:
    """Files in any order, again and again where they are few."""
    chosen = random.Random(seed).sample(files, min(len(files), count))
    return [(chosen[number % len(chosen)], random.Random(f"{seed} {number}")) for number in range(count)]


def _misspelling(file: SourceFile, draw: random.Random) -> Mistake | None:
    source, nodes = Source(file.text), _nodes(file.text)
    names = [
        (source.end(node) - len(name), name)
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and len(name := node.id if isinstance(node, ast.Name) else node.attr) >= _SHORTEST_NAME
    ]
    if not names:
        return None
    offset, right = draw.choice(names)
    wrong = misspelt(right, draw)
    if re.search(rf"\b{wrong}\b", file.text):
        return None
    text = file.text[:offset] + wrong + file.text[offset + len(right) :]
    return Mistake(file, text, offset, wrong, right)


def misspelt(name: str, draw: random.Random) -> str:
    """`name` with two letters exchanged, one left out, or one twice."""
    place = draw.randrange(1, len(name) - 1)
    one, two, rest = name[place], name[place + 1], name[place + 2 :]
    return name[:place] + draw.choice([two + one if one != two else one, two, one + one + two]) + rest


def _without_import(file: SourceFile, draw: random.Random) -> Mistake | None:
    source, nodes = Source(file.text), _nodes(file.text)
    imports = [
        node
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        and len(node.names) == 1
        and node.lineno == node.end_lineno
        and not node.col_offset
    ]
    if not imports:
        return None
    chosen = draw.choice(imports)
    name = chosen.names[0].asname or chosen.names[0].name
    start, end = source.start(chosen), source.end(chosen)
    text = file.text[:start] + file.text[end:]
    uses = [
        source.start(node) - (end - start)
        for node in nodes
        if isinstance(node, ast.Name) and node.id == name and source.start(node) > end
    ]
    return Mistake(file, text, draw.choice(uses), name, name) if uses else None


def _nodes(text: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return []


def _places(mistakes: Sequence[Mistake | None]) -> list[Place]:
    """The places of which something is said."""
    made = [mistake for mistake in mistakes if mistake is not None]
    return [
        _place(mistake, messages, whole_rest=bool(number % 2))
        for number, (mistake, said) in enumerate(zip(made, _messages(made), strict=True))
        if (messages := [message for line, message in said if line == mistake.line and mistake.wrong in message])
    ]


def _place(mistake: Mistake, messages: Sequence[str], *, whole_rest: bool) -> Place:
    document = TextDocument(f"file:///{mistake.file.path}", mistake.text, language_id="python")
    start, end = mistake.offset, mistake.offset + len(mistake.wrong)
    rest = mistake.text[end:].partition("\n")[0].rstrip() if whole_rest else ""
    place = asked(mistake.file, document, RecentEdits(), start, end + len(rest), mistake.right + rest)
    return replace(place, context=structs.replace(place.context, diagnostics=messages))


def _messages(mistakes: Sequence[Mistake]) -> list[list[tuple[int, str]]]:
    """What mypy says of each text: lines, from 0, and messages. A text that it cannot read would end its run."""
    said: list[list[tuple[int, str]]] = [[] for _ in mistakes]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a" / "b" / "c"  # relative imports need folders above
        folder.mkdir(parents=True)
        for package in (folder, *folder.parents[:2]):
            (package / "__init__.py").touch()
        for number, mistake in enumerate(mistakes):
            (folder / f"f{number}.py").write_text(mistake.text, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", *_OPTIONS, "a"]
        while (run := subprocess.run(command, cwd=name, capture_output=True, text=True)).returncode == _UNREADABLE:
            numbers = {int(found[1]) for found in _MESSAGE.finditer(run.stdout)}
            assert numbers, run.stdout + run.stderr
            for number in numbers:
                (folder / f"f{number}.py").unlink()
    for number, line, message in _MESSAGE.findall(run.stdout):
        said[int(number)].append((int(line) - 1, message))
    return said
