"""Which function of Lean's library a definition may be, by its type alone; see `library_laws.toml`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct, field

MOST_ARGUMENTS = 3


class Function(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Functions of one type. `texts`: their values, of the arguments `{0}`, `{1}`, … `symmetric`: in any order alike."""

    arguments: Sequence[str]
    value: str
    texts: Sequence[str]
    symmetric: bool = False


class Library(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file."""

    functions: Sequence[Function] = field(name="function")


@cache
def load() -> Library:
    """The functions that are shipped."""
    return msgspec.toml.decode(resources.files(__package__).joinpath("library_laws.toml").read_bytes(), type=Library)


def values_of(arguments: Mapping[str, str], value: str) -> list[str]:
    """What a function of some arguments (their types by their names) may be, where its values have the type `value`."""
    return list(dict.fromkeys(_values(arguments, value))) if 0 < len(arguments) <= MOST_ARGUMENTS else []


def _values(arguments: Mapping[str, str], value: str) -> Iterator[str]:
    for function in load().functions:
        if len(function.arguments) == len(arguments):
            pattern = _pattern([*function.arguments, function.value])
            for order in [tuple(arguments)] if function.symmetric else itertools.permutations(arguments):
                if pattern.fullmatch(", ".join([*(arguments[name] for name in order), value])):
                    yield from (text.format(*order) for text in function.texts)


def _pattern(types: Sequence[str]) -> re.Pattern[str]:
    """Of types, in which each Greek letter stands for the same type everywhere."""
    seen: set[str] = set()

    def group(match: re.Match[str]) -> str:
        again = match[0] in seen
        seen.add(match[0])
        return f"(?P={match[0]})" if again else rf"(?P<{match[0]}>\w+|\([^,]+\))"

    return re.compile(re.sub(r"[α-ω]", group, re.escape(", ".join(types))))
