"""The signature of a definition, as far as plain reading of its command goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from turnstile_lsp.agents.prover.goals import split_outside, without_parentheses

_COMMENTS = re.compile(r"/-.*?-/|--[^\n]*", re.S)
_HEAD = re.compile(r"\b(?:def|abbrev)\s+[^\s:({\[⦃]+?(?:\.\{[^{}]*\})?(?=[\s:({\[⦃])(?P<rest>.*)", re.S)
_BINDER = re.compile(r"\s*(?P<group>\((?:[^()]|\([^()]*\))*\)|\{[^{}]*\}|\[[^\[\]]*\]|⦃[^⦃⦄]*⦄)")
_EQUATION = re.compile(r"\|((?:[^|=]|=(?!>))*)=>")
_NAME = re.compile(r"[^\W\d][\w']*")
_BODY = re.compile(r":=|\n\s*\||\bwhere\b|\btermination_by\b")


class Signature(Struct, frozen=True):
    """`binders`: the implicit ones as they are written. `arguments`: the types of the explicit ones. `result`: the type of
    its values. `matched`: the places of the arguments that its equations take apart."""

    binders: Sequence[str]
    arguments: Sequence[str]
    result: str
    matched: Sequence[int] = ()


def signature_of(command: str) -> Signature | None:
    """Of a definition whose type is written down, None for anything else."""
    head = _HEAD.search(_COMMENTS.sub("", command))
    if head is None:
        return None
    rest, *body = _BODY.split(head["rest"], maxsplit=1)
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
    return Signature(tuple(binders), (*arguments, *more), result, _matched("".join(body), len(arguments), len(more)))


def _matched(body: str, named: int, more: int) -> tuple[int, ...]:
    """The places of arguments that stand as something other than a name in some equation. `named`: how many arguments
    have a name in front of the equations, where none is taken apart; `more`: how many come after them."""
    equations = [split_outside(each[1], ",") for each in _EQUATION.finditer(f"|{body}")]
    columns = [each for each in equations if len(each) == more]
    return tuple(named + place for place in range(more) if any(not _NAME.fullmatch(each[place]) for each in columns))


def _flat(text: str) -> str:
    return " ".join(text.split())
