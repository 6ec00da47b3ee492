"""Writes `tests/data/typing_trace.json`: somebody types what is missing in six files, with corrections and jumps.

`python -m tools.record_typing_trace`. The keystrokes do not depend on what is offered, so that every server is asked the
same. Four files are of Python's standard library (not among those nano-coder was trained on), two are TypeScript.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from tools.held_out import for_calibration, library, typescript
from tools.train_nano_coder.corpus import SourceFile, code_lines

TRACE = Path(__file__).parents[1] / "tests" / "data" / "typing_trace.json"
SEED = 20261125
PYTHON_FILES, TYPESCRIPT_FILES = 4, 2
LONGEST_FILE = 7_000
GAPS = 3
GAP_LINES = 2
TYPO, SECOND_THOUGHT = 0.04, 0.02
SOURCES = "CPython 3.11's standard library (PSF-2.0); llama.cpp, tools/ui/src (MIT, see typescript_files.json)"


def main() -> None:
    """Choose the files, leave gaps in them, and type the gaps, jumping from file to file."""
    draw = random.Random(SEED)
    files = _files(draw, library(), PYTHON_FILES, "python") + _files(draw, typescript(), TYPESCRIPT_FILES, "typescript")
    gaps = [gap for number, (name, language, text) in enumerate(files) for gap in _gaps(draw, number, text)]
    present = {number: text for number, (_, _, text) in enumerate(files)}
    for number, start, end in sorted(gaps, key=lambda gap: -gap[1]):
        present[number] = present[number][:start] + present[number][end:]
    documents = [
        {"name": name, "language": language, "text": present[number]}
        for number, (name, language, _) in enumerate(files)
    ]
    draw.shuffle(gaps)
    events: list[dict[str, object]] = []
    filled: list[tuple[int, int, int]] = []
    for number, start, end in gaps:
        whole = files[number][2]
        missing = sum(b - a for file, a, b in gaps if file == number and b <= start and (file, a, b) not in filled)
        typed, present[number] = _typed(draw, number, present[number], start - missing, whole[start:end])
        events += typed
        filled.append((number, start, end))
    assert all(present[number] == whole for number, (_, _, whole) in enumerate(files)), "all gaps are filled"
    trace = {"sources": SOURCES, "documents": documents, "events": events}
    TRACE.write_text(json.dumps(trace).replace('{"file"', '\n{"file"').replace('{"name"', '\n{"name"') + "\n")
    print(f"{len(events)} keystrokes in {len(documents)} files")


def _files(draw: random.Random, files: list[SourceFile], count: int, language: str) -> list[tuple[str, str, str]]:
    fitting = [file for file in files if not for_calibration(file) and file.text.isascii() and len(file.text) > 3_000]
    chosen = draw.sample(fitting, count)
    return [(file.path.replace("/", "_"), language, _beginning(file.text)) for file in chosen]


def _beginning(text: str) -> str:
    return text if len(text) <= LONGEST_FILE else text[: text.rindex("\n", 0, LONGEST_FILE) + 1]


def _gaps(draw: random.Random, number: int, text: str) -> list[tuple[int, int, int]]:
    """Places, each from inside a line to the end of the next one, no two of them near each other."""
    lines = list(code_lines(text))
    size = len(lines) // GAPS
    gaps = []
    for part in range(GAPS):
        first = draw.randrange(part * size, (part + 1) * size - GAP_LINES)
        start = draw.randrange(lines[first].indent, lines[first].end)
        gaps.append((number, start, lines[first + GAP_LINES - 1].end))
    return gaps


def _typed(
    draw: random.Random, number: int, text: str, offset: int, missing: str
) -> tuple[list[dict[str, object]], str]:
    """The keystrokes that put `missing` in at `offset`, and the text after them."""
    events = []

    def edit(start: int, end: int, new: str) -> None:
        nonlocal text
        change = {"file": number, "start": _position(text, start), "end": _position(text, end), "text": new}
        events.append(change)
        text = text[:start] + new + text[end:]

    at = 0
    while at < len(missing):
        here = offset + at
        if missing[at].isalpha() and draw.random() < TYPO:
            edit(here, here, draw.choice("etaoinshr"))
            edit(here, here + 1, "")
        if missing[max(0, at - 2) : at].isalpha() and at >= 2 and draw.random() < SECOND_THOUGHT:
            edit(here - 1, here, "")
            edit(here - 2, here - 1, "")
            at -= 2
            continue
        # Enter brings the next line's indentation with it.
        key = missing[at : at + 1]
        if key == "\n":
            rest = missing[at + 1 :]
            key += rest[: len(rest) - len(rest.lstrip(" \t"))]
        edit(here, here, key)
        at += len(key)
    return events, text


def _position(text: str, offset: int) -> list[int]:
    before = text[:offset]
    return [before.count("\n"), offset - (before.rfind("\n") + 1)]


if __name__ == "__main__":
    main()
