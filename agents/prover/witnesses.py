"""What an existential may be instantiated with, read off its text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

_TERM = r"([\w.]+(?: [-+*/] [\w.]+)*)"
_EXISTS = re.compile(r"∃ (?P<names>\w+(?: \w+)?), (?P<left>[^=<>≤≥∣∧∨∃∀→]+) = (?P<right>[^=<>≤≥∣∧∨∃∀→]+?)(?: ∧ .*)?$")
_MULTIPLE = re.compile(r"(?:(\d+) \* )?(\w+)|(\w+) \* (\d+)")


def witnesses(target: str, data: Sequence[str]) -> list[str]:
    """Terms for the first variable that a goal asks for, the likeliest first. `data`: the locals that are no proofs."""
    bound = re.match(r"∃ \(?(\w+)", target)
    near = [*_comparands(target, bound[1]), *_parts(target, bound[1], data)] if bound is not None else []
    larger = [f"({name} + 1)" for name in data]
    odd = [f"(2 * {name} + 1)" for name in data[:1]]
    return [*near, *data[:1], *larger[:1], *data[1:], "0", "1", *larger[1:2], *odd]


def _comparands(target: str, variable: str) -> Iterator[str]:
    """What the goal compares a bound variable with: itself, or the next number."""
    for pattern in (rf"{_TERM} [≤=] {variable}\b", rf"\b{variable} [≤=] {_TERM}"):
        yield from (f"({each})" for each in re.findall(pattern, target))
    yield from (f"({each} + 1)" for each in re.findall(rf"{_TERM} < {variable}\b", target))


def _parts(target: str, variable: str, data: Sequence[str]) -> Iterator[str]:
    """Where multiples of a bound variable are spoken of: as often as they go into each of the goal's data."""
    for before, after in dict.fromkeys(re.findall(rf"\b(\d+) \* {variable}\b|\b{variable} \* (\d+)\b", target)):
        yield from (f"({name} / {before or after})" for name in data if re.search(rf"\b{re.escape(name)}\b", target))


def solutions(target: str) -> list[str]:
    """Of `∃ x y, n = 3 * x + 5 * y`, the other way round, or with more after it: values for all variables, separated by
    commas. One is what the other leaves over; the other is what that needs, by the inverse of its factor."""
    match = _EXISTS.match(target)
    if match is None:
        return []
    names = match["names"].split()
    for number, total in ((match["left"], match["right"]), (match["right"], match["left"])):
        factors = _factors(total)
        if sorted(factors) == sorted(names) and not set(re.findall(r"\w+", number)) & {*names}:
            return [each for name in names if (each := _solution(number.strip(), factors, names, name)) is not None]
    return []


def _factors(total: str) -> dict[str, int]:
    """Of `3 * x + y`: 3 for `x`, 1 for `y`; nothing for a text of another form."""
    found = [_MULTIPLE.fullmatch(each.strip()) for each in total.split(" + ")]
    return (
        {each[2] or each[3]: int(each[1] or each[4] or 1) for each in found if each is not None} if all(found) else {}
    )


def _solution(number: str, factors: dict[str, int], names: Sequence[str], divided: str) -> str | None:
    factor = factors[divided]
    values = {}
    rest = f"({number})" if " " in number else number
    for name in names:
        if name != divided:
            if factor == 1 or math.gcd(factors[name], factor) != 1:
                return None
            values[name] = f"{rest} * {pow(factors[name], -1, factor)} % {factor}"
            rest = f"({rest} - {factors[name]} * ({values[name]}))"
    values[divided] = f"{rest} / {factor}" if factor > 1 else rest
    return ", ".join(values[name] for name in names)
