"""`FILE`, `FILE:LINE` and `FILE:LINE:COLUMN`, counted from 1."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents.errors import InvalidRequest


class Location(Struct, frozen=True):
    """A place in a file; `line` and `column` from 1 in code points, None where not given."""

    path: Path
    line: int | None = None
    column: int | None = None

    def offset(self, text: str) -> int:
        """The code point offset in `text`. A column past the end means the end of the line.

        Raises `InvalidRequest` for a line that is not there."""
        lines = text.split("\n")
        line = self.line or 1
        if not 1 <= line <= len(lines):
            raise InvalidRequest(f"{self.path} has {len(lines)} lines, so there is no line {line}.")
        length = len(lines[line - 1].rstrip("\r"))
        return sum(len(earlier) + 1 for earlier in lines[: line - 1]) + min((self.column or 1) - 1, length)


def parse_location(argument: str) -> Location:
    """Read a location; a file whose own name ends in `:3` wins over the reading as line 3.

    Raises `InvalidRequest` for lines and columns below 1."""
    path, numbers = argument, list[int]()
    while len(numbers) < 2 and not Path(path).exists():
        head, separator, tail = path.rpartition(":")
        if not separator or not tail.lstrip("-").isdigit():
            break
        path, numbers = head, [int(tail), *numbers]
    if any(number < 1 for number in numbers):
        raise InvalidRequest(f"Lines and columns count from 1, which {argument} does not keep.")
    return Location(Path(path), *numbers)
