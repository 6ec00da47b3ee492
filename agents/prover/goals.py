"""What a pretty-printed goal says: its hypotheses, its target, and how a hypothesis can be taken apart.

This reads text for people, so it may be wrong about a goal. Nothing depends on it but which tactics are tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_HYPOTHESIS = re.compile(r"(?P<names>[^\s:(){}⟨⟩,]+(?: [^\s:(){}⟨⟩,]+)*) : (?P<type>.*)", re.S)
_BINDER = re.compile(r"(?:∃|∀|fun|λ)\s")
_OPEN, _CLOSE = "([{⟨", ")]}⟩"


class Hypothesis(Struct, frozen=True):
    """One local: its name as the user may write it, and its type."""

    name: str
    type: str


class Goal(Struct, frozen=True):
    """One goal. Locals that cannot be named (`h✝`) are left out."""

    hypotheses: tuple[Hypothesis, ...]
    target: str

    def words(self) -> set[str]:
        """Last components of all identifiers in the goal."""
        return set(re.findall(r"[\w'₀-₉]+", " ".join([self.target, *(each.type for each in self.hypotheses)])))


def parse_goal(text: str) -> Goal:
    """Read a goal as Lean's `ppGoal` prints it: lines `names : type`, continued by indented lines, then `⊢ target`."""
    context, _, target = text.rpartition("⊢")
    hypotheses: list[Hypothesis] = []
    for entry in re.split(r"\n(?=\S)", context.rstrip()):
        match = _HYPOTHESIS.match(entry)
        if match is None or entry.startswith("case "):
            continue
        type_ = " ".join(match["type"].split(" := ")[0].split())
        hypotheses += [Hypothesis(name, type_) for name in match["names"].split() if "✝" not in name]
    return Goal(tuple(hypotheses), " ".join(target.split()))


def pattern(type_: str, taken: set[str]) -> str | None:
    """The `rcases` pattern that takes a proof of `type_` fully apart, None if it is neither ∃, ∧, ∨ nor ↔.
    New names avoid `taken`."""
    fresh = (name for n in range(1, 1000) if (name := f"h{n}") not in taken)
    found = _pattern(type_, fresh)
    return None if re.fullmatch(r"h\d+", found) else found


def split_outside(text: str, separator: str) -> list[str]:
    """The parts between separators that stand outside brackets."""
    parts, depth = [""], 0
    for character in text.strip():
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0 and character == separator:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _pattern(type_: str, fresh: Iterator[str]) -> str:
    type_ = without_parentheses(type_)
    exists = re.match(r"∃ (?P<names>[^,:()]+?)(?: : [^,]+)?, (?P<body>.*)", type_)
    if exists is not None:
        return f"⟨{', '.join([*exists['names'].split(), _pattern(exists['body'], fresh)])}⟩"
    for operator in "↔→∨∧":
        at = _outermost(type_, operator)
        if at is None:
            continue
        if operator == "→":
            break
        left, right = (_pattern(side, fresh) for side in (type_[:at], type_[at + 1 :]))
        return f"({left} | {right})" if operator == "∨" else f"⟨{left}, {right}⟩"
    return next(fresh)


def _outermost(type_: str, operator: str) -> int | None:
    """Where `operator` stands outside brackets and in front of any binder."""
    depth = 0
    for index, character in enumerate(type_):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif depth == 0 and _BINDER.match(type_, index):
            return None
        elif depth == 0 and character == operator:
            return index
    return None


def without_parentheses(type_: str) -> str:
    """`((p))` → `p`, but `(p) ∧ (q)` stays."""
    type_ = type_.strip()
    while type_.startswith("(") and type_.endswith(")"):
        depth = 0
        for index, character in enumerate(type_):
            depth += (character in _OPEN) - (character in _CLOSE)
            if depth == 0 and index < len(type_) - 1:
                return type_
        type_ = type_[1:-1].strip()
    return type_
