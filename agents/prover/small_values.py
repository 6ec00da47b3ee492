"""Small values of the types that variables have, as Lean terms. Which ones is data, see `small_values.toml`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct, field

from turnstile_lsp.agents.prover.goals import split_outside, without_parentheses

MOST = 16
"""Values of one type."""
DEEPEST = 3
"""How deep values of a file's own inductive types are nested."""
NUMERALS, LEAST = 6, 2
"""At most so many numbers of a goal's own are tried, those above the least."""

PROOF = "(by decide)"
"""Of what a value has to satisfy."""

_ATOM = re.compile(r"[\w.]+|\([^()]*\)|⟨[^⟩]*⟩|#?\[[^\]]*\]|'.'|\"\w*\"|\d+#\d+")


class Functions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Functions of some types. "*" is any type; `{0}` and `{1}` in `texts` are values of the last argument's type."""

    arguments: Sequence[str]
    value: str
    texts: Sequence[str]


class SmallValues(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file."""

    types: Sequence[str]
    lifted: Sequence[str]
    classes: Sequence[str]
    numbers: Sequence[str]
    values: Mapping[str, Sequence[str]]
    functions: Sequence[Functions] = field(name="function")


class Inductive(Struct, frozen=True, kw_only=True):
    """An inductive type or a structure of the file. `constructors`: their names with the types of their fields, the
    shortest first. `predicate`: whether it is one of propositions; values are not made of those. `arity`: how many
    arguments it is written with."""

    parameters: Sequence[str]
    constructors: Sequence[tuple[str, Sequence[str]]]
    predicate: bool = False
    arity: int = 0


class Own(Struct, frozen=True, kw_only=True):
    """What a file and a goal have of their own: inductive types, and numbers that are tried early."""

    inductives: Mapping[str, Inductive] = field(default_factory=dict)
    numerals: Sequence[int] = ()


@cache
def load() -> SmallValues:
    """The values that are shipped."""
    return msgspec.toml.decode(
        resources.files(__package__).joinpath("small_values.toml").read_bytes(), type=SmallValues
    )


def values_of(type_: str, own: Own, depth: int = 0) -> list[str]:
    """Terms of a type, smallest first; none when nothing is known of it."""
    found = _values(without_parentheses(type_), own, depth)
    return list(itertools.islice(dict.fromkeys(found), MOST))


def numerals(goal: str) -> list[int]:
    """The larger numbers in a goal, and their neighbours: where what it says may begin or cease to hold."""
    found = [int(each) for each in re.findall(r"(?<![\w.#])(?<!Fin )(?<!BitVec )\d+(?![\w.#])", goal)]
    near = [n + step for step in (0, 1, -1) for n in sorted(set(found)) if n > LEAST]
    return list(dict.fromkeys(near))[:NUMERALS]


def is_proposition(type_: str) -> bool:
    """Whether a type looks like what a hypothesis says."""
    return re.search(r"[=≤<≥>≠∣∈∀∃∧∨¬↔]|^False$", type_) is not None


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Put terms for names."""
    words = re.compile(r"(?<![\w.'])[^\W\d][\w'✝¹²³⁴⁵⁶⁷⁸⁹⁰]*")
    return words.sub(lambda word: atom(values[word[0]]) if word[0] in values else word[0], text)


def atom(term: str) -> str:
    """The term as an argument."""
    return term if _ATOM.fullmatch(term) else f"({term})"


def inductives_in(texts: Sequence[str]) -> dict[str, Inductive]:
    """The inductive types (without indices) and structures that some commands declare, as far as plain reading goes."""
    found = {}
    for text in texts:
        text = re.sub(r"/-.*?-/|--[^\n]*", "", text, flags=re.S)
        head = re.search(r"\b(inductive|structure|class)\s+([\w.']+)([^|]*?)(?:\bwhere\b|(?=\|))(.*)", text, re.S)
        if head is None:
            continue
        kind, name, parameters, body = head.groups()
        parameters, _, indices = re.sub(
            r"\([^()]*\)|\{[^{}]*\}", lambda group: group[0].replace(":", "∶"), parameters
        ).partition(":")
        body = body.split("deriving")[0]
        if kind != "inductive":
            constructors = [(f"{name}.mk", [type_ for line in body.split("\n") for type_ in _field_types(line)])]
        else:
            clauses = re.split(r"(?:^|\s)\|\s", body)[1:]
            constructors = [_constructor(name, clause) for clause in clauses]
        found[name] = Inductive(
            parameters=_names(r"[({]", parameters),
            constructors=sorted(constructors, key=lambda constructor: len(constructor[1])),
            predicate="Prop" in indices,
            arity=len(_names(r"\(", parameters)) + max(0, len(split_outside(indices, "→")) - 1),
        )
    return found


def _names(opening: str, parameters: str) -> list[str]:
    return [each for group in re.findall(rf"{opening}([^∶()]+)∶", parameters) for each in group.split()]


def _field_types(line: str) -> list[str]:
    """The types of the fields that a line of a structure declares."""
    field = re.fullmatch(r"\s*[({]?([\w' ]+?) : (.*?)(?: := .*)?", line)
    if field is None:
        return []
    type_ = field[2].strip()
    return [type_.removesuffix(")") if type_.count(")") > type_.count("(") else type_] * len(field[1].split())


def _constructor(type_: str, clause: str) -> tuple[str, list[str]]:
    name, _, rest = " ".join(clause.split()).partition(" ")
    if rest.startswith(":"):
        return f"{type_}.{name}", split_outside(rest[1:], "→")[:-1]
    groups = re.findall(r"\(([^:()]+) : ((?:[^()]|\([^()]*\))+)\)", rest)
    return f"{type_}.{name}", [field for names, field in groups for _ in names.split()]


def _values(type_: str, own: Own, depth: int) -> Iterator[str]:
    data = load()
    if type_ in data.values:
        values = data.values[type_]
        yield from [*values[:LEAST], *map(str, own.numerals), *values[LEAST:]] if type_ in data.numbers else values
        return
    if re.fullmatch(r"\{ \w+ // .* \}", type_):
        yield from (f"⟨{each}, {PROOF}⟩" for each in values_of("Nat", own, depth))
        return
    if re.match(r"(Type|Sort)\b", type_):
        yield from data.types if type_ == "Type" else data.lifted
        return
    parts = split_outside(type_, "→")
    if len(parts) > 1:
        yield from _functions([without_parentheses(part) for part in parts], own, depth)
        return
    first, *others = split_outside(type_, "⊕")
    if others:
        sides = [("Sum.inl", first), ("Sum.inr", " ⊕ ".join(others))]
        yield from _by_turns([f"{name} {atom(each)}" for each in values_of(side, own, depth)] for name, side in sides)
        return
    pair = split_outside(type_, "×")
    if len(pair) > 1:
        yield from (f"({', '.join(chosen)})" for chosen in _graded([values_of(part, own, depth)[:4] for part in pair]))
        return
    head, *arguments = split_outside(type_, " ")
    inner = without_parentheses(arguments[-1]) if arguments else ""
    if (total := re.fullmatch(r"(\d+) \+ (\d+)", inner)) is not None:
        inner = str(int(total[1]) + int(total[2]))
    if head == "Fin" and inner.isdecimal():
        yield from (f"({n} : Fin {inner})" for n in _ends(int(inner)))
    elif head == "BitVec" and inner.isdecimal():
        yield from (f"{n}#{inner}" for n in _ends(2 ** min(int(inner), 64)))
    elif head in ("List", "Array"):
        mark = "#" if head == "Array" else ""
        yield from (f"{mark}[{', '.join(each)}]" for each in _lists(values_of(inner, own, depth)))
    elif head == "Option":
        yield from ("none", *(f"some {atom(value)}" for value in values_of(inner, own, depth)))
    elif head == "Except" and len(arguments) == 2:
        sides = [("Except.error", arguments[0]), ("Except.ok", inner)]
        yield from _by_turns([f"{name} {atom(each)}" for each in values_of(side, own, depth)] for name, side in sides)
    elif head in own.inductives and not own.inductives[head].predicate and depth < DEEPEST:
        known = dict(zip(own.inductives[head].parameters, arguments, strict=False))
        for name, fields in own.inductives[head].constructors:
            choices = [_fillings(substitute(each, known), own, depth + 1) for each in fields]
            yield from (" ".join([name, *map(atom, chosen)]) for chosen in _graded(choices))


def _fillings(type_: str, own: Own, depth: int) -> list[str]:
    """What a field may hold."""
    return [PROOF] if is_proposition(type_) else values_of(type_, own, depth)[:3]


def _by_turns(lists: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in itertools.zip_longest(*lists):
        yield from (each for each in row if each is not None)


def _functions(types: Sequence[str], own: Own, depth: int) -> Iterator[str]:
    *arguments, value = types
    points = [atom(each) for each in values_of(arguments[-1], own, depth)[:2]]
    for functions in load().functions:
        wanted = [*functions.arguments, functions.value]
        if len(wanted) == len(types) and all(a in (b, "*") for a, b in zip(wanted, types, strict=True)):
            texts = (text for text in functions.texts if set(re.findall(r"\{(\d)\}", text)) <= set("01"[: len(points)]))
            yield from (text.format(*points) for text in texts)
    blanks = ["_"] * len(arguments)
    for place, argument in enumerate(arguments):
        if argument == value:
            yield f"fun {' '.join([*blanks[:place], 'x', *blanks[place + 1 :]])} => x"
    yield from (f"fun {' '.join(blanks)} => {each}" for each in values_of(value, own, depth)[:3])


def _ends(size: int) -> list[int]:
    """Both ends of 0 … size - 1, and the middle."""
    places = (0, 1, size - 1, 2, size // 2, 3, size // 2 - 1, size - 2)
    return [n for n in dict.fromkeys(places) if 0 <= n < size]


def _lists(values: Sequence[str]) -> Iterator[list[str]]:
    a, b, c = (list(values[n : n + 1]) for n in range(3))
    yield from ([], a, b, [*a, *b], [*b, *a], [*a, *a], [*b, *b], [*a, *b, *c], [*b, *b, *a], c, [*b, *c], [*c, *a])


def _graded(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """All ways to choose, those with early values first."""
    places = itertools.product(*(range(len(each)) for each in choices))
    for chosen in sorted(places, key=sum):
        yield tuple(choice[place] for choice, place in zip(choices, chosen, strict=True))
