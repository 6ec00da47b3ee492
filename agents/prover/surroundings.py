"""What stands around a hole and is worth trying there: its goal's locals, and the file's own definitions and lemmas.

All of this is read from text. Being wrong costs a try, never a wrong proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from turnstile_lsp.agents.lean.base import Command
from turnstile_lsp.agents.prover.goals import Goal, Hypothesis, parse_goal, pattern
from turnstile_lsp.agents.prover.signatures import Signature, signature_of
from turnstile_lsp.agents.prover.small_values import Inductive, inductives_in

MOST_LEMMAS = 12
"""Earlier lemmas that are tried, those first that share most words with the goal."""

_DEFINITIONS = ("def", "abbrev")
_LEMMAS = ("theorem", "lemma")
_NAMESPACE, _SECTION, _END = (f"Lean.Parser.Command.{word}" for word in ("namespace", "section", "end"))
_TYPE_KINDS = ("inductive", "structure", "class")
EXPORTED = {
    "and", "bind", "compare", "decide", "default", "failure", "forIn", "forM", "get", "getElem", "hash", "insert",
    "isFalse", "isTrue", "max", "min", "modifyGet", "monadLift", "none", "not", "or", "pure", "read", "reprPrec",
    "restoreM", "set", "singleton", "sizeOf", "some", "throw", "toString", "trans", "tryCatch", "xor",
}  # fmt: skip
"""What a name outside of namespaces is ambiguous for being, since Lean's library exports another of that name."""
_TYPES = {"Prop", "Type", "Nat", "Int", "Bool", "List", "Option", "String", "Fin"}
_HELPER = re.compile(r"\n\s*(?:where|let rec)\s+([^\W\d][\w']*)")
_OWN_MODULES = re.compile(r"^(?:(?:public|meta)\s+)*import\s+(?:all\s+)?(?!Init\b|Std\b|Lean\b|Lake\b)\w", re.M)
_FINITE = re.compile(r"Bool|(?:Fin|BitVec) \d")
_NOT_INDUCTIVE = re.compile(r"[=≤<≥>≠∣∈∀∃∧∨¬↔→∘]|^(?:Type|Sort|Prop)\b")


class Declaration(Struct, frozen=True, kw_only=True):
    """An earlier declaration of the file. `words`: those of its text, names by their components. `recursive`: whether
    its own name is among them again. `signature`: of a definition, where it can be read."""

    name: str
    kind: str
    words: frozenset[str]
    recursive: bool
    finished: bool
    signature: Signature | None = None

    @property
    def last_name(self) -> str:
        return self.name.rsplit(".", 1)[-1]


class Surroundings(Struct, frozen=True, kw_only=True):
    """Of one hole. `definitions`: the file's own in the goal, `recursive` those among them that call themselves,
    `signatures` what is known of their types. `lemmas` and `unfinished` (those with a `sorry`): earlier ones, best
    first. `inductives`: the file's own types. `libraries`: whether the file imports something besides Lean's own
    modules."""

    goal: Goal
    definitions: Sequence[str] = ()
    recursive: Sequence[str] = ()
    signatures: Mapping[str, Signature] = field(default_factory=dict)
    lemmas: Sequence[str] = ()
    unfinished: Sequence[str] = ()
    inductives: Mapping[str, Inductive] = field(default_factory=dict)
    libraries: bool = False

    def choices(self) -> list[Sequence[Mapping[str, str]]]:
        """For each placeholder, or placeholders that go together, what can stand for it."""
        together = ", ".join(self.definitions)
        return [
            self._variables(),
            self._hypotheses(),
            self._finite(),
            [{"implication": each.name} for each in self.goal.hypotheses if self.can_be_applied(each.type)],
            [{"with": f" [{together}]" if together else ""}],
            [{"definitions": together}] if together else [],
            [{"recursive": name} for name in self.recursive],
            [{"lemma": name} for name in self.lemmas],
            [{"unfinished": name} for name in self.unfinished],
        ]

    def _variables(self) -> list[dict[str, str]]:
        heads = {each.name for each in self.goal.hypotheses}
        data = [
            each
            for each in self.goal.hypotheses
            if not _NOT_INDUCTIVE.search(each.type) and each.type.split()[0].strip("(") not in heads
        ]
        return [
            self._variable(each, data)
            for each in data
            if re.search(rf"(?<!\w){re.escape(each.name)}(?!\w)", self.goal.target)
        ]

    def _finite(self) -> list[dict[str, str]]:
        names = [each.name for each in self.goal.hypotheses if _FINITE.fullmatch(each.type)]
        return [{"finite": " ".join(names)}] if names else []

    def can_be_applied(self, type_: str) -> bool:
        """Whether it is an implication; a type such as `α → Nat → Prop`, made of types alone, is one of data."""
        types = {each.name for each in self.goal.hypotheses if re.match(r"Type|Sort", each.type)}
        return re.search(r"→|^∀|¬|≠", type_) is not None and not set(re.findall(r"\w+", type_)) <= types | _TYPES

    def _variable(self, variable: Hypothesis, data: Sequence[Hypothesis]) -> dict[str, str]:
        others = [each.name for each in data if each is not variable and each.name not in variable.type.split()]
        return {"variable": variable.name, "others": " ".join(others)} if others else {"variable": variable.name}

    def _hypotheses(self) -> list[dict[str, str]]:
        taken = {each.name for each in self.goal.hypotheses}
        found = [(each.name, pattern(each.type, taken)) for each in self.goal.hypotheses]
        return [{"hypothesis": name, "pattern": shape} for name, shape in found if shape is not None]


def surroundings(text: str, commands: Sequence[Command], goals: Sequence[str]) -> Surroundings:
    """What stands around a hole. `commands`: those of `text` before the hole's own. `goals`: the hole's, printed."""
    goal = parse_goal(goals[0] if goals else "")
    declared = _declared(text, commands)
    definitions = _mentioned(goal, [each for each in declared if each.kind in _DEFINITIONS])
    near = sorted(
        [each for each in reversed(declared) if each.kind in _LEMMAS],
        key=lambda lemma: -len(lemma.words & goal.words()),
    )
    return Surroundings(
        goal=goal,
        definitions=[each.name for each in definitions],
        recursive=[each.name for each in definitions if each.recursive],
        signatures={each.name: each.signature for each in definitions if each.signature is not None},
        lemmas=[each.name for each in near if each.finished][:MOST_LEMMAS],
        unfinished=[each.name for each in near if not each.finished][:MOST_LEMMAS],
        inductives=inductives_in([text[each.start : each.end] for each in commands if each.kind in _TYPE_KINDS]),
        libraries=_OWN_MODULES.search(text) is not None,
    )


def _declared(text: str, commands: Sequence[Command]) -> list[Declaration]:
    """What some commands declare, under names that mean it behind them. What stands in a definition's `where` comes before
    it."""
    opened: list[str] = []  # a name for each namespace, an empty one for each section
    places = []
    for command in commands:
        _, _, name = text[command.start : command.end].partition(command.kind.rpartition(".")[2])
        names = (name.split() or [""])[0].split(".")
        if command.kind == _NAMESPACE:
            opened += names
        elif command.kind == _SECTION:
            opened += [""] * len(names)
        elif command.kind == _END:
            del opened[-len(names) :]
        if command.name is not None:
            places.append((command, [each for each in opened if each]))
    here = [each for each in opened if each]
    return [each for command, path in places for each in _declarations(text, command, path, here)]


def _declarations(text: str, command: Command, path: list[str], here: list[str]) -> Iterator[Declaration]:
    declaration = text[command.start : command.end]
    name = _resolved(command.name or "", declaration, path, here)
    if command.kind in _DEFINITIONS:
        for helper in _HELPER.finditer(declaration):
            yield _declaration(f"{name}.{helper[1]}", f"def {declaration[helper.start(1) :]}", command)
    yield _declaration(name, declaration, command)


def _resolved(name: str, declaration: str, path: list[str], here: list[str]) -> str:
    """The name of something declared in the namespaces `path`, for the use in `here`."""
    if path and (here[: len(path)] != path or re.match(r"[^:]*\bprotected\b", declaration)):
        return ".".join([*path, name])
    return f"_root_.{name}" if name in EXPORTED and not path else name


def _declaration(name: str, declaration: str, command: Command) -> Declaration:
    words = re.findall(r"[\w'₀-₉]+", declaration)
    return Declaration(
        name=name,
        kind=command.kind,
        words=frozenset(words),
        recursive=words.count(name.rsplit(".", 1)[-1]) > 1,
        finished=not command.holes,
        signature=signature_of(declaration) if command.kind in _DEFINITIONS else None,
    )


def _mentioned(goal: Goal, definitions: Sequence[Declaration]) -> list[Declaration]:
    """The definitions in the goal, and those in their bodies, in the file's order."""
    words = goal.words()
    found: list[Declaration] = []
    for definition in reversed(definitions):
        if definition.last_name in words:
            found.insert(0, definition)
            words |= definition.words
    return found
