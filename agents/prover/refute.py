"""Is it even true? Small values at which what a hole states is false, and a proof of its negation by them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstile_lsp.agents.lean.base import Judgement, Verdict
from turnstile_lsp.agents.prover.goals import split_outside
from turnstile_lsp.agents.prover.small_values import Inductives, atom, load, substitute, values_of
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns

BATCH = 12
"""Counterexamples that one candidate tries."""
FEW, MANY = 48, 480
"""Counterexamples that every closer, and that `decide` alone, is tried at."""
LARGEST = 60
"""Sum of the values' places in their lists up to which all choices are tried."""
HEARTBEATS, SECONDS = 20_000, 1.0

CLOSERS = ("decide", "simp{with}; done", "first | omega | (simp_all{with}; done) | (intro ⟨_, _⟩; omega) | grind{with}")
"""What shows that hypotheses hold and the conclusion does not, at given values. Each fails where it does not close its
goal: Lean only notes what a `by` inside a term leaves open. `{with}`: the file's own definitions."""
UNDECIDABLE = "failed to synthesize"

NEGATIONS = (
    "intro h; simp at h",
    "intro h; grind",
    "intro ⟨x, h⟩; have := h (x + 1); omega",
    "intro h; obtain ⟨x, h⟩ := h 1; omega",
)
"""Proofs of a negation that name no values of variables."""

CONTRADICTION = "intros; exfalso; first | contradiction | omega | (simp_all; done)"
CONTRADICTORY = "Its hypotheses contradict each other, so it says nothing."

_LEADING = re.compile(r"∀ (?P<groups>(?:[({⦃\[][^,]*?[)}⦄\]]\s*)+), (?P<body>.*)", re.S)
_GROUP = re.compile(r"[({⦃\[](?P<names>[^:()]+?) : (?P<type>[^()]*(?:\([^()]*\)[^()]*)*)[)}⦄\]]")


class Binder(Struct, frozen=True):
    """A variable or a hypothesis of a statement, as Lean prints it."""

    name: str
    type: str


class Counterexample(Struct, frozen=True, kw_only=True):
    """`arguments`: a term for each binder, None where a proof is to be put. `told`: the values, for a person."""

    arguments: Sequence[str | None]
    told: str

    def refutation(self, closer: str) -> str:
        """A tactic that derives a contradiction from the statement `h`."""
        proof = f"(by {closer})"
        applied = " ".join(["h", *(proof if each is None else atom(each) for each in self.arguments)])
        return f"exact absurd ({applied}) {proof}"


def binders(goal: str) -> list[Binder]:
    """Those of a printed goal, in order: its locals, then the variables that its target begins with."""
    context, _, target = goal.rpartition("⊢")
    found: list[Binder] = []
    for entry in re.split(r"\n(?=\S)", context.rstrip()):
        names, colon, type_ = entry.partition(" : ")
        if colon and not entry.startswith("case ") and " := " not in type_:
            found += [Binder(name, " ".join(type_.split())) for name in names.split()]
    target = " ".join(target.split())
    while (leading := _LEADING.match(target)) is not None:
        for group in _GROUP.finditer(leading["groups"]):
            found += [Binder(name, group["type"].strip()) for name in group["names"].split()]
        target = leading["body"]
    return found


def counterexamples(goal: str, inductives: Inductives) -> Iterator[Counterexample]:
    """Ways to choose small values for all variables of a goal, those with the smallest values first."""
    variables = binders(goal)
    for size in range(LARGEST):
        for arguments in _choose(variables, [], size, inductives):
            told = [
                f"{binder.name} = {value}"
                for binder, value in zip(variables, arguments, strict=True)
                if value is not None and not _is_instance(binder) and "✝" not in binder.name
            ]
            yield Counterexample(arguments=arguments, told=", ".join(told))


def _choose(
    variables: Sequence[Binder], known: list[str | None], size: int, inductives: Inductives
) -> Iterator[list[str | None]]:
    """The choices whose values' places in their lists sum to `size`. What has no known values is taken for a
    hypothesis."""
    if len(known) == len(variables):
        if size == 0:
            yield known
        return
    binder = variables[len(known)]
    values = {each.name: value for each, value in zip(variables, known, strict=False) if value is not None}
    choices: Sequence[str | None] = ["inferInstance"]
    if not _is_instance(binder):
        choices = values_of(substitute(binder.type, values), inductives) or [None]
    for place, value in enumerate(choices[: size + 1]):
        yield from _choose(variables, [*known, value], size - place, inductives)


def _is_instance(binder: Binder) -> bool:
    return binder.name.startswith("inst") or binder.type.split()[0] in load().classes


async def turns(scene: Scene) -> Turns:
    """See `Stage.turns`."""
    if len(scene.target.hole.goals) != 1:
        return
    search = _Search(scene)
    for text in NEGATIONS[:1]:
        yield _trial(text, "")
    many = list(itertools.islice(counterexamples(scene.target.hole.goals[0], search.inductives), MANY))
    for closer in CLOSERS:
        for batch in _batches(many[:FEW]):
            async for trial in search.among(batch, closer):
                yield trial
    for text in NEGATIONS[1:]:
        yield _trial(text, "")
    for batch in _batches(many[FEW:]):
        async for trial in search.among(batch, CLOSERS[0]):
            yield trial


async def contradiction(scene: Scene) -> bool:
    """Whether the hypotheses of a hole that is proved contradict each other, as far as cheap tactics tell."""
    (goal, *others) = scene.target.hole.goals or [""]
    last = split_outside(goal.rpartition("⊢")[2], "→")[-1]
    hypotheses = "→" in goal or any(_is_hypothesis(each) for each in binders(goal))
    if others or not hypotheses or re.search(r"^False|^¬|≠", last):
        return False
    trial = Trial(tactics=CONTRADICTION, finder="refute:", heartbeats=HEARTBEATS // 4, seconds=SECONDS / 4)
    verdict = await scene.session.check(scene.state, scene.candidate(trial))
    return verdict.judgement is Judgement.VERIFIED


def _is_hypothesis(binder: Binder) -> bool:
    return not _is_instance(binder) and re.search(r"[=≤<≥>≠∣∈∀∃∧∨¬↔]|^False$", binder.type) is not None


class _Search:
    """`inductives`: the file's own types. A closer that cannot even begin at two batches is not tried further."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.inductives = scene.surroundings.inductives
        definitions = ", ".join(scene.surroundings.definitions)
        self._with = f" [{definitions}]" if definitions else ""
        self._undecidable = 0

    async def among(self, batch: Sequence[Counterexample], closer: str) -> Turns:
        """Look for a counterexample among some by one candidate, then name the one it is."""
        if closer == CLOSERS[0] and self._undecidable > 1:
            return
        closer = closer.replace("{with}", self._with)
        either = "\n".join(["intro h", "  first", *(f"  | {each.refutation(closer)}" for each in batch)])
        verdict = await self._judge(either)
        if verdict.judgement is Judgement.VERIFIED:
            for each in batch:
                yield _trial(f"intro h; {each.refutation(closer)}", each.told)
        self._undecidable += UNDECIDABLE in verdict.reason
        yield None

    async def _judge(self, tactics: str) -> Verdict:
        scene = self._scene
        return await scene.session.check(scene.state, scene.candidate(_trial(tactics, "")))


def _batches(found: Sequence[Counterexample]) -> Iterator[Sequence[Counterexample]]:
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]


def _trial(tactics: str, told: str) -> Trial:
    return Trial(
        tactics=tactics,
        finder=f"refute:{tactics}",
        heartbeats=HEARTBEATS,
        seconds=SECONDS,
        negates=True,
        note=f"Refuted at {told}." if told else "Refuted: its negation is proved.",
    )
