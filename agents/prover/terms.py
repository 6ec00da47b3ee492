"""What single tactics are made of besides what stands around the hole: names, witnesses, subterms, branches."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from turnstile_lsp.agents.prover.goals import Hypothesis, pattern, split_outside
from turnstile_lsp.agents.prover.small_values import atom, substitute
from turnstile_lsp.agents.prover.surroundings import Surroundings
from turnstile_lsp.agents.prover.witnesses import solutions, witnesses

Options = Sequence[Mapping[str, str]]

_BUILT_IN = {
    "Nat": (("zero", ()), ("succ", ("Nat",))),
    "List": (("nil", ()), ("cons", ("α", "List"))),
    "Option": (("none", ()), ("some", ("α",))),
    "Bool": (("false", ()), ("true", ())),
}
_NUMBERS = {"Nat": ("0", "1")}
_UNIVERSAL = re.compile(r"∀ [({⦃]?(?P<names>[\w ]+) : (?P<type>[^)},]+)[)}⦄]?, (?P<body>.*)")
_FACT = re.compile(r"[=↔]")
_MODULUS = re.compile(r"% (\d+)|(\d+) ∣")
_BOUND = re.compile(r"\w+ ≤ \w+ \+ 1")
_INDUCTION_HYPOTHESIS = re.compile(r"ih\d*")
_LITERAL = re.compile(r"(?<=[\w)\]}] )(?:0|1|\[\])(?=[ )]|$)")
_ACCUMULATED = {"0": ("{0} + acc",), "1": ("{0} * acc",), "[]": ("{0} ++ acc", "acc ++ {0}")}
"""What becomes of a value when the accumulator that a computation starts with is `acc`."""
MOST_REMAINDERS = 12
MOST_PROPOSITIONS = 4
MOST_COMPOUNDS = 3


class Terms:
    """Of one goal in its surroundings."""

    def __init__(self, around: Surroundings, goal: str) -> None:
        self._around, self._text = around, goal
        self._goal = around.goal
        self._locals = self._goal.hypotheses
        self._taken = {each.name for each in self._locals}

    def choices(self) -> list[Options]:
        """As `Surroundings.choices`."""
        data = [each.name for each in reversed(self._locals) if self._is_data(each)]
        return [
            [{"name": self._fresh(self._wanted_name())}],
            [{"term": term} for term in witnesses(self._goal.target, data)],
            [{"solution": each} for each in solutions(self._goal.target)],
            [{"fact": each.name} for each in self._locals if self._is_fact(each.type)],
            self._instances(),
            self._smaller(),
            self._inaccessible(),
            self._rules(),
            [{"integer": each} for each in self._integers()],
            self._pairs(),
            [{"proposition": each} for each in self._propositions()],
            [{"compound": each} for each in self._compounds()],
            [{"inner": each} for each in self._inner()[:MOST_COMPOUNDS]],
            self._remainders(),
            self._accumulated(),
            self._restated(),
            [{"call": each} for each in self._calls()],
            self._equations(),
            self._cases(),
            self._induction_hypotheses(),
            [{"bound": each.name} for each in self._locals if _BOUND.fullmatch(each.type)],
            [{"numeral": each} for each in self._numerals()],
            self._splittable(),
            [{"other": each["splittable"]} for each in self._splittable()],
            self._tables(),
            [{"elsewhere": each.name} for each in self._locals if self._is_elsewhere(each)],
            self._derivations(),
            [{"natural": each.name} for each in self._recursed_on() if each.type == "Nat"],
            [{"definition": name} for name in self._around.definitions],
        ]

    def _is_fact(self, type_: str) -> bool:
        return _FACT.search(type_) is not None or self._around.can_be_applied(type_)

    def _wanted_name(self) -> str:
        binder = re.match(r"∀ [({⦃]?(\w+)", self._goal.target)
        return binder[1] if binder is not None else "h"

    def _fresh(self, name: str) -> str:
        return next(each for each in [name, *(f"{name}{n}" for n in range(1, 99))] if each not in self._taken)

    def _is_data(self, each: Hypothesis) -> bool:
        own = self._around.inductives.get(each.type.split()[0]) if each.type else None
        is_proof = re.search(r"[=≤<≠∣∀∃∧∨¬↔→]|^(Type|Sort|Prop)", each.type) is not None
        return not is_proof and not (own is not None and own.predicate)

    def _smaller(self) -> Options:
        found = []
        for each in self._locals:
            bound = re.match(r"∀ \(\w+ : Nat\), \w+ < (\w+) →", each.type)
            if bound is not None:
                numerals = dict.fromkeys(["1", "2", *re.findall(r"(?<![\w.])[2-9]\b", self._goal.target)])
                smaller = [*(f"{bound[1]} - {n}" for n in numerals), f"{bound[1]} / 2"]
                smaller += [other.name for other in self._locals if other.type == "Nat" and other.name != bound[1]]
                found += [{"below": each.name, "smaller": term} for term in smaller]
        return found

    def _instances(self) -> Options:
        """Universal hypotheses at each local of the type of their first variable, taken apart; not those that are there."""
        known = {each.type for each in self._locals}
        found = []
        for each in self._locals:
            binder = _UNIVERSAL.match(each.type)
            if binder is None:
                continue
            first, *more = binder["names"].split()
            type_ = binder["type"].strip()
            shape = pattern(binder["body"], self._taken) if not more else None
            for argument in [*(other.name for other in self._locals if other.type == type_), *_NUMBERS.get(type_, [])]:
                body = substitute(binder["body"], {first: argument})
                if (f"∀ ({' '.join(more)} : {type_}), {body}" if more else body) not in known:
                    lead = f"obtain {shape} :=" if shape is not None else f"have {self._fresh('h')} :="
                    found.append({"instance": f"{lead} {each.name} {argument}"})
        return found

    def _inaccessible(self) -> Options:
        """Names from the first such local on that is no instance."""
        context = self._text.rpartition("⊢")[0]
        entries = [entry.partition(" : ")[0] for entry in re.split(r"\n(?=\S)", context)]
        first = next(
            (n for n, each in enumerate(entries) if "✝" in each and not each.startswith("inst✝")), len(entries)
        )
        count = sum(each.count("✝") for each in entries[first:])
        names = [self._fresh(f"a{number}") for number in range(1, count + 1)]
        return [{"inaccessible": " ".join(names)}] if names else []

    def _rules(self) -> Options:
        own = self._around.inductives.get(split_outside(self._goal.target, " ")[0] if self._goal.target else "")
        names = [name for name, _ in own.constructors] if own is not None and own.predicate else []
        return [{"rule": name, "rules": ", ".join(names)} for name in names]

    def _integers(self) -> list[str]:
        names = [each.name for each in self._locals if each.type == "Int" and self._is_in_target(each.name)]
        return [*(f"{a} - {b}" for a, b in itertools.combinations(names, 2)), *names]

    def _pairs(self) -> Options:
        names = [each.name for each in self._locals if each.type == "Nat" and self._is_in_target(each.name)]
        return [{"first": a, "second": b} for a, b in itertools.combinations(names, 2)]

    def _propositions(self) -> list[str]:
        """Conditions of `if`s, and what stands between connectives."""
        text = self._goal.target
        conditions = re.findall(r"\bif (?:\w+ : )?(.+?) then", text)
        variables = [each.name for each in self._locals if each.type == "Prop" and self._is_in_target(each.name)]
        equations = [
            f"{a.name} = {b.name}"
            for index, a in enumerate(self._locals)
            for b in self._locals[index + 1 :]
            if a.type == b.type and a.type in ("Nat", "Int")
        ]
        universal = [text] if text.startswith("∀") else re.findall(r"→ (∀ [^→]+)$", text)
        return [*conditions, *variables, *universal, *equations][:MOST_PROPOSITIONS]

    def _inner(self) -> list[str]:
        """Applications in parentheses with no others in them."""
        return list(dict.fromkeys(re.findall(r"\(([a-zA-Z][\w.]*(?: [\w.]+)+)\)", self._goal.target)))

    def _compounds(self) -> list[str]:
        """Inner applications, `a.f`, and values of recursive functions, that occur more than once."""
        target = self._goal.target
        fields = re.findall(r"\b[a-z]\w*\.[a-z]\w*\b", target)
        values = [
            value for name in self._around.recursive for value in re.findall(rf"\b{re.escape(name)}(?: \w+)+", target)
        ]
        return [term for term in dict.fromkeys([*self._inner(), *fields, *values]) if target.count(term) > 1][
            :MOST_COMPOUNDS
        ]

    def _remainders(self) -> Options:
        """The numbers of the goal, modulo the numerals that it divides by."""
        texts = [self._goal.target, *(each.type for each in self._locals)]
        moduli = dict.fromkeys(int(a or b) for text in texts for a, b in _MODULUS.findall(text))
        return [
            {
                "modulus": str(modulus),
                "divided": each.name,
                "remainders": " ∨ ".join(f"{each.name} % {modulus} = {n}" for n in range(modulus)),
                "remainder_names": " | ".join([self._fresh(self._wanted_name())] * modulus),
                "remainder_lemmas": self._remainder_lemmas(each.type == "Int"),
            }
            for modulus in moduli
            for each in self._locals
            if each.type in ("Nat", "Int") and 2 <= modulus <= MOST_REMAINDERS
        ]

    def _accumulated(self) -> Options:
        """An equation about a computation that starts with a literal, for all values in its place."""
        left, *right = self._goal.target.split(" = ")
        if len(right) != 1 or "acc" in self._taken:
            return []
        return [
            {
                "literal": match[0],
                "accumulated": f"{left[: match.start()]}acc{left[match.end() :]} = {value.format(atom(right[0]))}",
            }
            for match in _LITERAL.finditer(left)
            for value in _ACCUMULATED[match[0]]
        ]

    def _restated(self) -> Options:
        """Hypotheses that are the goal but for one argument, a sum."""
        found = []
        head, *wanted = split_outside(self._goal.target, " ")
        for each in self._locals:
            other, *arguments = split_outside(each.type, " ")
            if other == head and len(wanted) == len(arguments):
                differing = [pair for pair in zip(wanted, arguments, strict=True) if pair[0] != pair[1]]
                if len(differing) == 1 and "+" in "".join(differing[0]):
                    found.append({"restated": each.name, "wanted": differing[0][0], "given": differing[0][1]})
        return found

    def _calls(self) -> list[str]:
        """Recursive functions of the file at locals, as the goal has them."""
        names = {each.name for each in self._locals}
        found = []
        for name in self._around.recursive:
            calls = _calls_of(name, self._goal.target)
            found += [call for call in calls if names.issuperset(call.split()[1:])]
        return list(dict.fromkeys(found)) if len(set(found)) > 1 else list(self._around.recursive)

    def _induction_hypotheses(self) -> Options:
        """Each with a value of a recursive function in it."""
        found: list[Mapping[str, str]] = []
        for each in self._locals:
            if _INDUCTION_HYPOTHESIS.match(each.name):
                values = [value for name in self._around.recursive for value in _calls_of(name, each.type)]
                found += [{"induction_hypothesis": each.name, "value": value} for value in dict.fromkeys(values)]
        return found

    def _recursed_on(self) -> list[Hypothesis]:
        """The goal's variables: those that a recursive function of the file takes apart, if there are any."""
        here = [each for each in self._locals if self._is_in_target(each.name)]
        called = {
            word
            for name in self._around.recursive
            for call in _calls_of(name, self._goal.target)
            for word in re.findall(r"[\w']+", call)
        }
        return [each for each in here if each.name in called] or here

    def _equations(self) -> Options:
        names = [each for name in self._around.recursive for each in (f"= {name}", f"= {name}.eq_def")]
        return [{"equations": ", ".join(names)}] if names else []

    def _cases(self) -> Options:
        """For `grind`, to try all constructors of the locals' types, besides the file's definitions."""
        heads = dict.fromkeys(each.type.split()[0] for each in self._locals if each.type)
        cases = [f"cases {head}" for head in heads if head in ("List", "Option") or self._own(head)]
        return [{"cases": ", ".join([*self._around.definitions, *cases])}] if cases else []

    def _numerals(self) -> list[str]:
        """Small ones, and those of the goal, where there are no variables that a number may depend on."""
        if any(self._is_data(each) for each in self._locals):
            return []
        found = re.findall(r"(?<![\w.#])\d{1,3}(?![\w.#])", self._goal.target)
        return list(dict.fromkeys([*found, *map(str, range(2, 11))]))

    def _remainder_lemmas(self, integers: bool) -> str:
        operations = {"*": ("Nat.mul_mod", "Int.mul_emod"), "+": ("Nat.add_mod", "Int.add_emod")}
        operations |= {"^": ("Nat.pow_mod", "Int.pow_emod")}
        return "".join(f", {names[integers]}" for sign, names in operations.items() if sign in self._goal.target)

    def _splittable(self) -> Options:
        """Locals of an inductive type, with the branches of an induction and of a case distinction over it."""
        found = []
        for each in self._recursed_on():
            head = split_outside(each.type, " ")[0] if each.type else ""
            constructors = _BUILT_IN.get(head) or self._own(head)
            if constructors:
                others = [
                    other.name
                    for other in self._locals
                    if other is not each
                    and self._is_in_target(other.name)
                    and not re.search(r"^(Type|Sort)", other.type)
                ]
                found.append(
                    {
                        "splittable": each.name,
                        "branches": "\n".join(self._branch(each, c, head, hypotheses=True) for c in constructors),
                        "case_branches": "\n".join(self._branch(each, c, head, hypotheses=False) for c in constructors),
                    }
                    | ({"others": " ".join(others)} if others else {})
                )
        return found

    def _tables(self) -> Options:
        """Functions from a finite type, by what they are at each of its values."""
        found = []
        for each in self._locals:
            domain, *values = split_outside(each.type, "→")
            constants = self._constants(domain)
            if len(values) == 1 and constants:
                names = [self._fresh(f"{each.name}{number}") for number in range(len(constants))]
                splits = [f"cases {other.name}" for other in self._locals if other.type == domain]
                splits += [f"cases {name} : {each.name} {c}" for name, c in zip(names, constants, strict=True)]
                found.append({"table": " <;> ".join(splits)})
        return found

    def _constants(self, type_: str) -> list[str]:
        """All values of a type whose constructors take nothing."""
        constructors = _BUILT_IN.get(type_) or self._own(type_)
        return [f"{type_}.{name}" for name, _ in constructors] if not any(fields for _, fields in constructors) else []

    def _is_elsewhere(self, each: Hypothesis) -> bool:
        mentioned = re.compile(rf"(?<!\w){re.escape(each.name)}(?!\w)")
        return (
            each.type == "Nat"
            and not self._is_in_target(each.name)
            and any(mentioned.search(other.type) for other in self._locals)
        )

    def _own(self, head: str) -> Sequence[tuple[str, Sequence[str]]]:
        own = self._around.inductives.get(head)
        if own is None or own.predicate:
            return []
        return [(name.rsplit(".", 1)[-1], fields) for name, fields in own.constructors]

    def _branch(self, split: Hypothesis, constructor: tuple[str, Sequence[str]], head: str, *, hypotheses: bool) -> str:
        name, fields = constructor
        taken = self._taken - {split.name}
        names = []
        for field in fields:
            wanted = split.name if field.split()[0] == head else field[0].lower() if field[0].isascii() else "x"
            new = next(each for each in [wanted, *(f"{wanted}{n}" for n in range(1, 99))] if each not in taken)
            taken.add(new)
            names.append(new)
        recursive = [new for field, new in zip(fields, names, strict=True) if field.split()[0] == head]
        if hypotheses:
            names += [f"ih{index or ''}" for index in range(len(recursive))]
        return " ".join(["|", name, *names, "=> ?_"])

    def _derivations(self) -> Options:
        """Proofs of predicates; of the file's own also with the predicate, and with the data that it does not speak of."""
        found = []
        for each in [each for each in self._locals if self._is_derivation(each)]:
            head = split_outside(each.type, " ")[0]
            spoken_of = re.findall(r"[\w'₀-₉]+", each.type)
            free = [other.name for other in self._locals if self._is_data(other) and other.name not in spoken_of]
            unspoken = " ".join(name for name in free if self._is_in_target(name))
            own = {"predicate": head} if head in self._around.inductives else {}
            found.append({"derivation": each.name} | own | ({"unspoken": unspoken} if unspoken else {}))
        return found

    def _is_derivation(self, each: Hypothesis) -> bool:
        """A proof of a file's own inductive predicate, or of ≤."""
        head = split_outside(each.type, " ")[0]
        own = self._around.inductives.get(head)
        return (own is not None and own.predicate) or re.fullmatch(r"\w+ ≤ \w+", each.type) is not None

    def _is_in_target(self, name: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", self._goal.target) is not None


def _calls_of(name: str, text: str) -> list[str]:
    """Where a text applies a function to names."""
    return re.findall(rf"(?<![\w.]){re.escape(name)}(?: [\w']+)+", text)
