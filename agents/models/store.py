"""Model cards: what is known of a model beside its weights, as TOML data with a schema.

The folder `cards/` holds one file per model; `file` is relative to the card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from turnstile_lsp.agents.errors import BadModelFile

FOLDER = Path(__file__).parent / "cards"


class Card(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model. `fim`: trained to fill in the middle (the tokens in a vocabulary alone do not prove that).

    `languages_automatic`: LSP language ids in which ghost text may show unasked (None: all). `threshold`: confidence
    below which unasked ghost text stays hidden (None: show all). `prefix_tokens`, `suffix_tokens`, `context_tokens`:
    prompt budgets (None: by context length). `sha256`: of the file. `figures`: measured, each with its interval and n.
    """

    name: str
    file: str
    licence: str
    source: str
    context_length: int
    fim: bool
    sha256: str
    languages_automatic: Sequence[str] | None = None
    threshold: float | None = None
    prefix_tokens: int | None = None
    suffix_tokens: int | None = None
    context_tokens: int | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


def read_card(path: Path) -> Card:
    """The card in a TOML file. Raises `BadModelFile`, with the path of a wrong value, if it does not fit the schema."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Card)
    except (OSError, msgspec.DecodeError) as error:
        raise BadModelFile(f"The model card {path} cannot be used: {error}. Mend or remove it.") from error


@cache
def shipped_cards() -> Mapping[str, tuple[Card, Path]]:
    """The cards that come with Turnstile, by name, each with its model file's path."""
    found = {}
    for path in sorted(FOLDER.glob("*.toml")):
        card = read_card(path)
        found[card.name] = (card, (path.parent / card.file).resolve())
    return found
