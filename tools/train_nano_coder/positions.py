"""Held-out cursor positions: the question is always the rest of the line."""

import random
from dataclasses import dataclass

from tools.train_nano_coder.corpus import SourceFile, code_lines
from tools.train_nano_coder.recipe import SEED


@dataclass(frozen=True)
class Position:
    """A cursor at character ``offset``; ``expected`` is what stands there up to the line's end."""

    file: SourceFile
    offset: int
    expected: str

    @property
    def prefix(self) -> str:
        return self.file.text[: self.offset]

    @property
    def suffix(self) -> str:
        return self.file.text[self.offset + len(self.expected) :]


def draw_positions(files: list[SourceFile], count: int) -> list[Position]:
    """Uniformly chosen code lines (docstrings included), then a uniformly chosen cursor in the line:
    from the end of its indentation to before its last visible character."""
    lines = [(file, line) for file in files for line in code_lines(file.text)]
    rng = random.Random(SEED)
    positions = []
    for file, line in rng.sample(lines, count):
        offset = rng.randrange(line.indent, line.end)
        positions.append(Position(file, offset, file.text[offset : line.end]))
    return positions
