"""A statement that definitions may obey, to be proved on the way to a goal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from turnstile_lsp.agents.prover.goals import split_outside
from turnstile_lsp.agents.prover.signatures import Signature

_EXPLICIT = {r"[{⦃]([^:}⦄]*)[}⦄]": r"(\1 : Type)", r"[{⦃]([^}⦄]*)[}⦄]": r"(\1)", r"\[([^\]]*)\]": r"(inst : \1)"}

Signatures = Mapping[str, Signature]


class Law(Struct, frozen=True, kw_only=True):
    """`name`: for the context. `function`: what it is about; `settles`: whether it says what that is at all values.
    `variables`: what `intro` calls them. `split`: the one that induction begins with, or `call`: what functional induction
    is over. `generalizing`: a variable that induction is over, and those that differ in its hypothesis. `stepped`: a number that induction is over, and one that is one more in its hypothesis. `rules`: constructors
    that prove it."""

    name: str
    function: str
    statement: str
    variables: str
    settles: bool = False
    split: str = ""
    call: str = ""
    generalizing: tuple[str, str] | None = None
    stepped: tuple[str, str] | None = None
    rules: Sequence[str] = ()

    @property
    def explicit(self) -> str:
        """The statement with all its binders explicit."""
        binders, comma, body = self.statement.partition(", ")
        for pattern, text in _EXPLICIT.items():
            binders = re.sub(pattern, text, binders)
        return binders + comma + body

    @property
    def names(self) -> dict[str, str]:
        """For the placeholders of proofs."""
        names = {"split": self.split, "call": self.call, "rules": ", ".join(self.rules)}
        if self.generalizing is not None:
            names["over"], names["others"] = self.generalizing
        if self.stepped is not None:
            names["steps"], names["further"] = self.stepped
        return {name: value for name, value in names.items() if value}


def binders_of(signature: Signature, types: Mapping[str, str]) -> str:
    """The implicit ones of a signature, and some more, each with a space behind it."""
    return "".join(
        f"{each} " for each in (*signature.binders, *(f"({name} : {type_})" for name, type_ in types.items()))
    )


def names_of(binders: Sequence[str]) -> list[str]:
    """What `intro` calls implicit arguments."""
    return [name for each in binders for name in ("_" if each[0] == "[" else re.sub(r":.*", "", each[1:-1])).split()]


def head_of(type_: str) -> str:
    return split_outside(type_, " ")[0]


def last_name(name: str) -> str:
    return name.rsplit(".", 1)[-1]
