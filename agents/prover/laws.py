"""Laws that definitions often obey, to be proved on the way to a goal: what a function makes of something joined or
inserted, units, associativity and commutativity of an operation, transitivity of a relation. A law that does not hold
costs a try."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from turnstile_lsp.agents.prover import computed_laws
from turnstile_lsp.agents.prover.goals import split_outside
from turnstile_lsp.agents.prover.law import Law, Signatures, binders_of, head_of, last_name, names_of
from turnstile_lsp.agents.prover.signatures import Signature
from turnstile_lsp.agents.prover.small_values import Inductive

_OF_JOINED = {
    "Nat": ("{0} + {1}", "{0} * {1}"),
    "Int": ("{0} + {1}", "{0} * {1}"),
    "Bool": ("({0} && {1})", "({0} || {1})"),
    "List": ("{0} ++ {1}", "{1} ++ {0}"),
    "Prop": ("({0} ∧ {1})", "({0} ∨ {1})"),
}
"""What a function may make of two things joined, by the type of its values: something of its values at both."""
_OF_INSERTED = {
    "Nat": ("{after} = {before} + 1",),
    "Bool": ("{before} = true → {after} = true",),
    "Prop": ("{before} → {after}",),
}
"""… and of something with an element put in."""
_OF_INSERTED_AT = {
    "Nat": ("{after} = (if {at} = {element} then 1 else 0) + {before}",),
    "Bool": ("{after} = ({at} == {element} || {before})",),
    "Prop": ("({after} ↔ {at} = {element} ∨ {before})",),
}
"""… where it is also given something of the element's type."""
_OF_CHANGED = {
    "Nat": ("{after} = {before}",),
    "Bool": ("{after} = {before}", "{before} = true → {after} = true"),
    "Prop": ("{before} → {after}",),
}
"""… and of what a function makes of a thing of the same type."""

Inductives = Mapping[str, Inductive]


def about(goal: str, definitions: Signatures, own: Inductives) -> list[Law]:
    """The laws that may help to prove a goal, function by function. `definitions`: those in it. `own`: the file's inductive
    types."""
    laws = [*_of_relation(goal, own), *computed_laws.about(definitions)]
    operations = {name: its for name, its in definitions.items() if its.arguments == (its.result, its.result)}
    for name, signature in operations.items():
        laws += _of_operation(name, signature, definitions, own)
    for name, signature in definitions.items():
        if re.search(r"\+\+|\breverse\b", goal) is not None:
            laws += _of_joined(name, signature, "List", "xs ++ ys", "append", operations)
        for operation, its in operations.items():
            if operation != name:
                laws += _of_joined(
                    name, signature, head_of(its.result), f"{operation} xs ys", last_name(operation), operations
                )
        laws += _of_fold(name, signature)
        for other, its in definitions.items():
            if other != name:
                laws += _of_changed(name, signature, other, its)
    places = {name: place for place, name in enumerate(definitions)}
    return sorted(laws, key=lambda law: places.get(law.function, -1))


def _of_relation(goal: str, own: Inductives) -> Iterator[Law]:
    head, *arguments = split_outside(goal, " ")
    if head in own and own[head].predicate and len(arguments) >= 2:
        relation = " ".join([head, *arguments[:-2]])
        yield Law(
            name=f"{last_name(head)}_trans",
            function=head,
            statement=f"∀ a b c, {relation} a b → {relation} b c → {relation} a c",
            variables="a b c hab hbc",
            split="hab",
            rules=[name for name, _ in own[head].constructors],
        )


class _Function(Struct, frozen=True):
    """A function with one of its arguments, of the type `type`, singled out. `others`: names and types of its other ones,
    which stand in `before` and `after`."""

    before: str
    after: str
    others: Mapping[str, str]
    type: str

    def at(self, argument: str) -> str:
        return f"{self.before} {argument}{self.after}"


def _functions_of(name: str, signature: Signature, head: str) -> Iterator[_Function]:
    """A function, for each of its arguments whose type is made by `head`."""
    for place, type_ in enumerate(signature.arguments):
        if head_of(type_) == head:
            types = [*signature.arguments[:place], *signature.arguments[place + 1 :]]
            names = [f"a{number}" for number in range(1, len(signature.arguments))]
            yield _Function(
                before=" ".join([name, *names[:place]]),
                after=" ".join(["", *names[place:]]),
                others=dict(zip(names, types, strict=True)),
                type=type_,
            )


def _of_joined(
    name: str, signature: Signature, head: str, joined: str, suffix: str, operations: Signatures
) -> Iterator[Law]:
    """What a function makes of `joined`: `xs` and `ys`, of a type made by `head`."""
    relation = "↔" if signature.result == "Prop" else "="
    result = head_of(signature.result)
    ways = [*_OF_JOINED.get(result, ())]
    for operation in [each for each, its in operations.items() if head_of(its.result) == result]:
        ways += [f"{operation} ({{0}}) ({{1}})", f"{operation} ({{1}}) ({{0}})"]
    for function in _functions_of(name, signature, head):
        for number, way in enumerate(ways):
            value = way.format(function.at("xs"), function.at("ys"))
            yield Law(
                name=f"{last_name(name)}_{suffix}{number or ''}",
                function=name,
                statement=f"∀ {binders_of(signature, function.others)}(xs ys : {function.type}), "
                f"{function.at(f'({joined})')} {relation} {value}",
                variables=" ".join([*names_of(signature.binders), *function.others, "xs ys"]),
                split="xs",
            )


def _of_changed(name: str, signature: Signature, changing: str, its: Signature) -> Iterator[Law]:
    """What a function makes of a thing that `changing` changes into one of the same type, or puts elements in."""
    places = [place for place, type_ in enumerate(its.arguments) if head_of(type_) == head_of(its.result)]
    if len(places) != 1 or its.result in ("Nat", "Int", "Bool", "Prop"):
        return
    given = [f"e{number}" for number in range(1, len(its.arguments))]
    elements = dict(zip(given, [each for place, each in enumerate(its.arguments) if place not in places], strict=True))
    given.insert(places[0], "t")
    changed = " ".join([changing, *given])
    for function in _functions_of(name, signature, head_of(its.result)):
        for number, statement in enumerate(_ways(function, head_of(signature.result), changed, elements)):
            binders = binders_of(signature, {**function.others, **elements})
            yield Law(
                name=f"{last_name(name)}_{last_name(changing)}{number or ''}",
                function=changing,
                statement=f"∀ {binders}(t : {function.type}), {statement}",
                variables=" ".join([*names_of(signature.binders), *function.others, *elements, "t"]),
                split="t",
                call=changed,
            )


def _ways(function: _Function, result: str, changed: str, elements: Mapping[str, str]) -> list[str]:
    """What the value at `changed` may be, made of that at `t`."""
    parts = {"before": function.at("t"), "after": function.at(f"({changed})")}
    for at, type_ in function.others.items():
        for element in [each for each, its in elements.items() if its == type_]:
            return [way.format(**parts, at=at, element=element) for way in _OF_INSERTED_AT.get(result, ())]
    ways = [*_OF_CHANGED.get(result, ()), *(_OF_INSERTED.get(result, ()) if elements else ())]
    return [way.format(**parts) for way in dict.fromkeys(ways)]


def _of_fold(name: str, signature: Signature) -> Iterator[Law]:
    """What goes through a list with something in hand goes through `xs ++ ys` in two parts."""
    *fixed, list_, state = ["", "", *signature.arguments]
    if not list_.startswith("List ") or state != signature.result:
        return
    others = {f"a{number}": each for number, each in enumerate(fixed[2:], 1)}
    function = " ".join([name, *others])
    yield Law(
        name=f"{last_name(name)}_fold",
        function=name,
        statement=f"∀ {binders_of(signature, others)}(xs ys : {list_}) (s : {state}), "
        f"{function} (xs ++ ys) s = {function} ys ({function} xs s)",
        variables=" ".join([*names_of(signature.binders), *others, "xs ys s"]),
        call=f"{function} xs s",
    )


def _of_operation(name: str, signature: Signature, definitions: Signatures, own: Inductives) -> Iterator[Law]:
    type_ = signature.result
    head = split_outside(type_, " ")[0]
    binders = "".join(f"{each} " for each in signature.binders)

    def law(suffix: str, variables: str, statement: str) -> Law:
        return Law(
            name=f"{last_name(name)}_{suffix}",
            function=name,
            statement=f"∀ {binders}({variables} : {type_}), {statement}",
            variables=" ".join([*names_of(signature.binders), variables]),
            split="x",
        )

    for constructor, fields in own[head].constructors if head in own else ():
        last = last_name(constructor)
        if not fields:
            yield law(f"{last}_right", "x", f"{name} x {constructor} = x")
            yield law(f"{last}_absorbs", "x", f"{name} x {constructor} = {constructor}")
        elif list(fields) == [type_]:
            yield law(f"{last}_right", "x y", f"{name} x ({constructor} y) = {constructor} ({name} x y)")
            for other in [other for other, its in definitions.items() if other != name and its == signature]:
                yield law(f"{last}_{last_name(other)}", "x y", f"{name} x ({constructor} y) = {other} x ({name} x y)")
    yield law("assoc", "x y z", f"{name} ({name} x y) z = {name} x ({name} y z)")
    yield law("comm", "x y", f"{name} x y = {name} y x")
