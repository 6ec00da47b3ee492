"""Places in files that no shipped model was trained on, for calibrating and for measuring; no file is used for both."""

from __future__ import annotations

import hashlib
import json
import random
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.train_nano_coder.corpus import Line, SourceFile, code_lines, read_library
from turnstile_lsp.agents.coder.context import NO_CONTEXT, Context
from turnstile_lsp.agents.coder.document import CompletionDocument

TYPESCRIPT = Path(__file__).parents[1] / "tests" / "data" / "typescript_files.json"
SEED = 20261125
_COMMENTS = ("//", "/*", "*")
_BLOCK_LINES = 5
_SHORTEST, _LONGEST = 1_000, 200_000


@dataclass(frozen=True)
class Place:
    """A cursor, the text that was taken away behind it, and what is known there beyond the document."""

    file: SourceFile
    language: str
    offset: int
    expected: str
    context: Context = NO_CONTEXT

    @property
    def document(self) -> CompletionDocument:
        """The file without what is expected."""
        text = self.file.text[: self.offset] + self.file.text[self.offset + len(self.expected) :]
        return CompletionDocument(text=text, path=self.file.path, language_id=self.language)


def library() -> list[SourceFile]:
    """The files of Python's standard library that nano-coder was not trained on, test suites left out."""
    return [file for file in read_library() if file.split == "held_out" and not file.is_test]


def packages() -> list[SourceFile]:
    """The Python packages installed beside this one."""
    return _read(Path(sysconfig.get_path("purelib")), "*/*.py")


def typescript() -> list[SourceFile]:
    """Files of one TypeScript project."""
    files = json.loads(TYPESCRIPT.read_text(encoding="utf-8"))["files"]
    return [SourceFile(path, text, "", "held_out") for path, text in files.items()]


def for_calibration(file: SourceFile) -> bool:
    """Half of all files calibrate (those which chose nano-coder's threshold), the other half give figures."""
    return hashlib.sha256(f"calibration {file.path}".encode()).digest()[0] % 2 == 0


def rests_of_lines(files: Sequence[SourceFile], count: int, language: str, seed: int = SEED) -> list[Place]:
    """Lines drawn uniformly, and in each a cursor from the end of its indentation to before its last visible character;
    the rest of the line is taken away."""
    places = []
    for file, line in _draw(files, count, seed):
        offset = random.Random(f"{seed} {file.path} {line.start}").randrange(line.indent, line.end)
        places.append(Place(file, language, offset, file.text[offset : line.end]))
    return places


def blocks(files: Sequence[SourceFile], count: int, language: str, seed: int = SEED) -> list[Place]:
    """Lines drawn uniformly; each is taken away with those behind it that are indented as much, up to five."""
    places = []
    for file, line in _draw(files, count, seed):
        depth, end = line.indent - line.start, line.end
        for following in file.text[line.end + 1 :].split("\n")[: _BLOCK_LINES - 1]:
            if not following.strip() or len(following) - len(following.lstrip()) < depth:
                break
            end += 1 + len(following)
        places.append(Place(file, language, line.indent, file.text[line.indent : end].rstrip()))
    return places


def _draw(files: Sequence[SourceFile], count: int, seed: int) -> list[tuple[SourceFile, Line]]:
    lines = [
        (file, line)
        for file in files
        for line in code_lines(file.text)
        if not (file.path.endswith(".ts") and file.text.startswith(_COMMENTS, line.indent))
    ]
    return random.Random(seed).sample(lines, min(count, len(lines)))


def _read(folder: Path, pattern: str) -> list[SourceFile]:
    files = []
    for path in sorted(folder.glob(pattern)):
        text = path.read_text(encoding="utf-8", errors="replace")
        if _SHORTEST <= len(text) <= _LONGEST and "\r" not in text and "\0" not in text:
            files.append(SourceFile(path.relative_to(folder).as_posix(), text, "", "held_out"))
    return files
