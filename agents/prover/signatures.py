"""The signature of a definition, as far as plain reading of its command goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from turnstile_lsp.agents.prover.goals import split_outside, without_parentheses

_COMMENTS = re.compile(r"/-.*?-/|--[^\n]*", re.S)
_HEAD = re.compile(r"\b(?:def|abbrev)\s+[^\s:({\[⦃]+?(?:\.\{[^{}]*\})?(?=[\s:({\[⦃])(?P<rest>.*)", re.S)
_BINDER = re.compile(r"\s*(?P<group>\((?:[^()]|\([^()]*\))*\)|\{[^{}]*\}|\[[^\[\]]*\]|⦃[^⦃⦄]*⦄)")
_BODY = re.compile(r":=|\n\s*\||\bwhere\b|\btermination_by\b")


class Signature(Struct, frozen=True):
    """`binders`: the implicit ones as they are written. `arguments`: the types of the explicit ones. `result`: the type of
    its values."""

    binders: Sequence[str]
    arguments: Sequence[str]
    result: str


def signature_of(command: str) -> Signature | None:
    """Of a definition whose type is written down, None for anything else."""
    head = _HEAD.search(_COMMENTS.sub("", command))
    if head is None:
        return None
    rest = _BODY.split(head["rest"], maxsplit=1)[0]
    binders: list[str] = []
    arguments: list[str] = []
    while (match := _BINDER.match(rest)) is not None:
        group, rest = match["group"], rest[match.end() :]
        if group[0] == "(":
            names, _, type_ = group[1:-1].partition(":")
            arguments += [_flat(type_)] * len(names.split())
        else:
            binders.append(group)
    if not rest.lstrip().startswith(":"):
        return None
    *more, result = [without_parentheses(_flat(part)) for part in split_outside(rest.lstrip()[1:], "→")]
    return Signature(tuple(binders), (*arguments, *more), result)


def _flat(text: str) -> str:
    return " ".join(text.split())
