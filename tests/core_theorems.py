"""The measuring set `tests/data/core_theorems.jsonl`: statements of core Lean 4 with proofs, or, of the false ones, with
proofs of their negations (in the gate's form: `h` is the statement with all binders explicit)."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

FILE = Path(__file__).parent / "data" / "core_theorems.jsonl"


class Theorem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """miniF2F's fields, and `proof`, `level`, `true`, `area`. `level`: 1 one tactic, 2 short, 3 induction, 4 several steps
    with a lemma. `split`: "valid" to develop on, "test" to report on, and "fresh", written when the prover was finished and
    by someone who had not read it: of it only counts are looked at, never which statement failed."""

    name: str
    split: str
    informal_prefix: str
    formal_statement: str
    goal: str
    header: str
    proof: str
    level: int
    true: bool
    area: str

    @property
    def open_text(self) -> str:
        """A document with the statement and `sorry` for its proof."""
        return f"{self.header}{self.formal_statement}  sorry\n"


@cache
def load() -> tuple[Theorem, ...]:
    """All of them."""
    return tuple(msgspec.json.decode(line, type=Theorem) for line in FILE.read_bytes().splitlines())


def document(theorems: list[Theorem]) -> str:
    """All in one document, with their proofs, those of one header in one namespace."""
    pieces = []
    by_header = groupby(sorted(theorems, key=lambda each: each.header), key=lambda each: each.header)
    for number, (header, group) in enumerate(by_header):
        proved = "\n".join(f"{each.formal_statement}{each.proof}" for each in group)
        pieces.append(f"namespace Group{number}\n{header}{proved}\nend Group{number}\n")
    return "\n".join(pieces)
