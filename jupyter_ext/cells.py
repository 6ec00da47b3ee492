"""What a cell is written in, and what of its notebook's other cells stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from turnstile_lsp.agents.coder.languages import PLAIN, language_of, languages
from turnstile_lsp.agents.coder.notebook import around

_MAGIC = re.compile(r"%%(\w+)[^\n]*\n")
_IN_LEAN = ("lean", "prove")
_LEAN = "lean4"


class Cell(Struct, frozen=True):
    """A cell's text from its `start` on, behind the magic that says what it is written in."""

    language_id: str
    text: str
    start: int = 0


def cell_of(text: str, language_id: str) -> Cell:
    """A cell of a kernel with this language; a magic such as `%%lean` or `%%bash` says that a cell is in another."""
    if (magic := _MAGIC.match(text)) is not None:
        name = magic[1].lower()
        if name in _IN_LEAN or language_of(name) is not PLAIN:
            return Cell(_LEAN if name in _IN_LEAN else name, text[magic.end() :], magic.end())
    return Cell(language_id, text)


def text_around(cell: Cell, above: Iterable[str], below: Iterable[str], language_id: str) -> tuple[str, str]:
    """The text to put before and behind a cell, of the cells above and below it, the nearest first."""

    def alike(texts: Iterable[str]) -> Iterator[str]:
        cells = (cell_of(text, language_id) for text in texts)
        return (other.text for other in cells if other.language_id == cell.language_id)

    return around(alike(above), alike(below))


def language_id_of(name: str, path: str) -> str:
    """The LSP languageId of a language as kernels call it (`python`, `R`, `C++`); without a name, that of a file."""
    lowered = name.lower()
    if not lowered:
        return next(iter(language_of("", path).ids), "plaintext")
    if language_of(lowered) is not PLAIN:
        return lowered
    named = (language.ids for language in languages() if language.name.lower() == lowered)
    return next((ids[0] for ids in named if ids), lowered)
