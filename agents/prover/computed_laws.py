"""What a file's own function computes: a function of the library, something of the library's or the file's put together
with an accumulator, or another function of the file some steps further on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.prover import library_laws
from turnstile_lsp.agents.prover.goals import split_outside, without_parentheses
from turnstile_lsp.agents.prover.law import Law, Signatures, binders_of, head_of, last_name, names_of
from turnstile_lsp.agents.prover.signatures import Signature
from turnstile_lsp.agents.prover.small_values import atom

_WITH_ACCUMULATOR = {
    "Nat": ("{acc} + {value}", "{value} * {acc}"),
    "Int": ("{acc} + {value}", "{value} * {acc}"),
    "Bool": ("({value} || {acc})", "({value} && {acc})"),
    "List": ("{value} ++ {acc}", "{acc} ++ {value}"),
}
"""What a computation may end with, by its type: what it would have computed alone, put together with the accumulator."""
_FROM_START = {
    "Nat": (("0", "{acc} + {value}"), ("1", "{value} * {acc}")),
    "Int": (("0", "{acc} + {value}"), ("1", "{value} * {acc}")),
    "List": (("[]", "{value} ++ {acc}"), ("[]", "{acc} ++ {value}")),
}
"""… and what it is of where the accumulator starts."""
_MEASURES = {"List": (("length", "Nat"),), "List Nat": (("sum", "Nat"),)}
"""What may be known of a list without knowing it."""
_STEPS = {"Nat": ("k", "k + 1")}
MOST_STEPPING = 3


class Call(Struct, frozen=True):
    """A function at variables. `arguments`: their types by their names."""

    name: str
    signature: Signature
    arguments: Mapping[str, str]

    @property
    def text(self) -> str:
        return " ".join([self.name, *self.arguments])

    @property
    def taken_apart(self) -> list[str]:
        """The variables that the function's equations take apart; the first one where nothing is known of that."""
        return [list(self.arguments)[place] for place in self.signature.matched or (0,)]

    def with_values(self, values: Mapping[str, str]) -> str:
        """With terms in the place of some variables."""
        return " ".join([self.name, *(atom(values.get(each, each)) for each in self.arguments)])

    def law(self, suffix: str, statement: str, *, settles: bool = False) -> Law:
        """That something holds at all values of the variables."""
        return Law(
            name=f"{last_name(self.name)}_{suffix}",
            statement=f"∀ {binders_of(self.signature, self.arguments)}".rstrip() + f", {statement}",
            variables=" ".join([*names_of(self.signature.binders), *self.arguments]),
            call=self.text,
            function=self.name,
            settles=settles,
        )


def call_of(name: str, signature: Signature) -> Call:
    """A function at variables `a1`, `a2`, …"""
    return Call(name, signature, {f"a{number}": type_ for number, type_ in enumerate(signature.arguments, 1)})


def about(definitions: Signatures) -> Iterator[Law]:
    """What each of some definitions may compute."""
    calls = [call_of(name, signature) for name, signature in definitions.items()]
    for call in calls:
        yield from _of_the_library(call)
    for call in calls:
        others = [other for other in calls if other is not call]
        yield from _with_accumulator(call, others)
        yield from _further_on(call, others)


def _of_the_library(call: Call) -> Iterator[Law]:
    relation = "↔" if call.signature.result == "Prop" else "="
    for number, value in enumerate(library_laws.values_of(call.arguments, call.signature.result)):
        yield call.law(f"eq{number or ''}", f"{call.text} {relation} {value}", settles=True)


def _with_accumulator(call: Call, others: Sequence[Call]) -> Iterator[Law]:
    """Each part of the result, or a measure of it, as what is computed of the arguments that are taken apart, put together
    with an accumulator."""
    taken_apart = call.taken_apart
    number = itertools.count(1)
    for part, type_ in _parts(call.signature.result):
        accumulators = [name for name, its in call.arguments.items() if its == type_ and name not in taken_apart]
        for acc in accumulators:
            for measure, measured in [("", type_), *_measures(type_)]:
                left = part.format(call.text) if part else call.text
                left = f"({left}){measure}" if measure else left
                for value in _without(acc, call, measured, others):
                    for way in _WITH_ACCUMULATOR.get(head_of(measured), ()):
                        right = way.format(value=atom(value), acc=acc + measure)
                        yield call.law(f"acc{next(number)}", f"{left} = {right}", settles=not (part or measure))
            for start, way in _FROM_START.get(head_of(type_), ()) if not part else ():
                value = way.format(value=atom(call.with_values({acc: start})), acc=acc)
                law = call.law(f"acc{next(number)}", f"{call.text} = {value}", settles=True)
                yield replace(law, call="", generalizing=(taken_apart[0], " ".join(accumulators)))


def _parts(type_: str) -> list[tuple[str, str]]:
    """What a value of a type consists of: itself, or both components of a pair."""
    parts = [without_parentheses(each) for each in split_outside(type_, "×")]
    if len(parts) == 1:
        return [("", type_)]
    return [("({}).1", parts[0]), ("({}).2", parts[1])] if len(parts) == 2 else []


def _measures(type_: str) -> list[tuple[str, str]]:
    return [
        (f".{name}", its) for head in dict.fromkeys([head_of(type_), type_]) for name, its in _MEASURES.get(head, ())
    ]


def _without(acc: str, call: Call, type_: str, others: Sequence[Call]) -> Iterator[str]:
    """What may be computed of the arguments of a call without an accumulator: of none that could be one, and of all."""
    own = call.taken_apart
    least = {name: its for name, its in call.arguments.items() if name in own or its != call.arguments[acc]}
    most = {name: its for name, its in call.arguments.items() if name != acc}
    for rest in [least, most] if len(most) > len(least) else [least]:
        yield from _by_others(rest, type_, others)
        if list(rest.values()) != ["Nat"]:
            yield from library_laws.values_of(rest, type_)


def _by_others(rest: Mapping[str, str], type_: str, others: Sequence[Call]) -> Iterator[str]:
    """Values of a type that the file's functions make of all of some variables."""
    for other in others:
        if other.signature.result == type_ and len(other.arguments) == len(rest):
            for order in itertools.permutations(rest):
                if [rest[name] for name in order] == list(other.signature.arguments):
                    yield " ".join([other.name, *order])


def _further_on(call: Call, others: Sequence[Call]) -> Iterator[Law]:
    """A computation that starts with values of another function of the file at a number ends with its value some steps
    further on; one that gives a pair gives two neighbouring values."""
    number = itertools.count(1)
    for other in others:
        if list(other.signature.arguments) != ["Nat"]:
            continue
        value = other.signature.result
        if list(call.signature.arguments) == ["Nat"] and call.signature.result == f"{value} × {value}":
            yield call.law(f"steps{next(number)}", f"{call.text} = ({other.name} a1, {other.name} (a1 + 1))")
        if call.signature.result != value or not 2 <= len(call.arguments) <= MOST_STEPPING:
            continue
        for steps in [name for name in call.taken_apart if call.arguments[name] == "Nat"]:
            rest = [name for name in call.arguments if name != steps]
            stages = [f"{other.name} k", f"{other.name} (k + 1)"]
            choices = [
                [*(stages if call.arguments[name] == value else []), *_STEPS.get(call.arguments[name], ())]
                for name in rest
            ]
            for chosen in itertools.product(*choices):
                if any(each in stages for each in chosen):
                    given = dict(zip(rest, chosen, strict=True))
                    yield Law(
                        name=f"{last_name(call.name)}_steps{next(number)}",
                        function=call.name,
                        statement=f"∀ {binders_of(call.signature, {})}({steps} k : Nat), "
                        f"{call.with_values(given)} = {other.name} ({steps} + k)",
                        variables=" ".join([*names_of(call.signature.binders), steps, "k"]),
                        stepped=(steps, "k"),
                    )
