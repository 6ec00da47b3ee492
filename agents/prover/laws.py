"""Laws that definitions often obey, to be proved on the way to a goal: what a function does to `++`, units and
associativity of an operation, transitivity of a relation. A law that does not hold costs a try."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from turnstile_lsp.agents.prover.goals import split_outside
from turnstile_lsp.agents.prover.signatures import Signature
from turnstile_lsp.agents.prover.small_values import Inductive

_OF_APPENDED = {
    "Nat": ("{0} + {1}",),
    "Int": ("{0} + {1}",),
    "Bool": ("({0} && {1})", "({0} || {1})"),
    "List": ("{0} ++ {1}", "{1} ++ {0}"),
    "Prop": ("({0} ∧ {1})", "({0} ∨ {1})"),
}
"""What a function of lists may make of `xs ++ ys`, by the type of its values: something of its values at both."""

Signatures = Mapping[str, Signature]
Inductives = Mapping[str, Inductive]


class Law(Struct, frozen=True, kw_only=True):
    """`name`: for the context. `variables`: what `intro` calls them. `split`: the one that induction begins with, or
    `call`: what functional induction is over. `rules`: constructors that prove it."""

    name: str
    statement: str
    variables: str
    split: str = ""
    call: str = ""
    rules: Sequence[str] = ()

    @property
    def names(self) -> dict[str, str]:
        """For the placeholders of proofs."""
        names = {"split": self.split, "call": self.call, "rules": ", ".join(self.rules)}
        return {name: value for name, value in names.items() if value}


def about(goal: str, definitions: Signatures, own: Inductives) -> list[Law]:
    """The laws that may help to prove a goal. `definitions`: those in it. `own`: the file's inductive types."""
    laws = [*_of_relation(goal, own)]
    for name, signature in definitions.items():
        if re.search(r"\+\+|\breverse\b", goal) is not None:
            laws += _of_lists(name, signature)
        laws += _of_fold(name, signature)
        if len(signature.arguments) == 2 and {*signature.arguments} == {signature.result}:
            laws += _of_operation(name, signature, definitions, own)
    return laws


def _of_relation(goal: str, own: Inductives) -> Iterator[Law]:
    head, *arguments = split_outside(goal, " ")
    if head in own and own[head].predicate and len(arguments) >= 2:
        relation = " ".join([head, *arguments[:-2]])
        yield Law(
            name=f"{_last(head)}_trans",
            statement=f"∀ a b c, {relation} a b → {relation} b c → {relation} a c",
            variables="a b c hab hbc",
            split="hab",
            rules=[name for name, _ in own[head].constructors],
        )


def _of_lists(name: str, signature: Signature) -> Iterator[Law]:
    relation = "↔" if signature.result == "Prop" else "="
    fixed = [f"a{number}" for number in range(1, len(signature.arguments))]
    for place, type_ in enumerate(signature.arguments):
        if not type_.startswith("List "):
            continue
        types = [each for index, each in enumerate(signature.arguments) if index != place]
        binders = [*signature.binders, *(f"({a} : {each})" for a, each in zip(fixed, types, strict=True))]
        before, after = " ".join([name, *fixed[:place]]), " ".join(["", *fixed[place:]])
        for number, operation in enumerate(_OF_APPENDED.get(signature.result.split()[0], ())):
            value = operation.format(f"{before} xs{after}", f"{before} ys{after}")
            yield Law(
                name=f"{_last(name)}_append{number or ''}",
                statement=f"∀ {' '.join([*binders, f'(xs ys : {type_})'])}, {before} (xs ++ ys){after} {relation} {value}",
                variables=" ".join([*_names(signature.binders), *fixed, "xs ys"]),
                split="xs",
            )


def _of_fold(name: str, signature: Signature) -> Iterator[Law]:
    """What goes through a list with something in hand goes through `xs ++ ys` in two parts."""
    *fixed, list_, state = ["", "", *signature.arguments]
    if not list_.startswith("List ") or state != signature.result:
        return
    names = [f"a{number}" for number in range(1, len(fixed) - 1)]
    binders = [*signature.binders, *(f"({a} : {each})" for a, each in zip(names, fixed[2:], strict=True))]
    function = " ".join([name, *names])
    yield Law(
        name=f"{_last(name)}_fold",
        statement=f"∀ {' '.join([*binders, f'(xs ys : {list_}) (s : {state})'])}, "
        f"{function} (xs ++ ys) s = {function} ys ({function} xs s)",
        variables=" ".join([*_names(signature.binders), *names, "xs ys s"]),
        call=f"{function} xs s",
    )


def _of_operation(name: str, signature: Signature, definitions: Signatures, own: Inductives) -> Iterator[Law]:
    type_ = signature.result
    head = split_outside(type_, " ")[0]
    binders = "".join(f"{each} " for each in signature.binders)

    def law(suffix: str, variables: str, statement: str) -> Law:
        return Law(
            name=f"{_last(name)}_{suffix}",
            statement=f"∀ {binders}({variables} : {type_}), {statement}",
            variables=" ".join([*_names(signature.binders), variables]),
            split="x",
        )

    for constructor, fields in own[head].constructors if head in own else ():
        last = _last(constructor)
        if not fields:
            yield law(f"{last}_right", "x", f"{name} x {constructor} = x")
            yield law(f"{last}_absorbs", "x", f"{name} x {constructor} = {constructor}")
        elif list(fields) == [type_]:
            yield law(f"{last}_right", "x y", f"{name} x ({constructor} y) = {constructor} ({name} x y)")
            for other in [other for other, its in definitions.items() if other != name and its == signature]:
                yield law(f"{last}_{_last(other)}", "x y", f"{name} x ({constructor} y) = {other} x ({name} x y)")
    yield law("assoc", "x y z", f"{name} ({name} x y) z = {name} x ({name} y z)")


def _names(binders: Sequence[str]) -> list[str]:
    """What `intro` calls implicit arguments."""
    return [name for each in binders for name in ("_" if each[0] == "[" else re.sub(r":.*", "", each[1:-1])).split()]


def _last(name: str) -> str:
    return name.rsplit(".", 1)[-1]
