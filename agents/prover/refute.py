"""Is it even true? Small values at which what a hole states is false, and a proof of its negation by them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.lean.base import Judgement, Verdict
from turnstile_lsp.agents.prover.goals import split_outside
from turnstile_lsp.agents.prover.small_values import (
    Inductive,
    Own,
    atom,
    is_proposition,
    load,
    numerals,
    substitute,
    values_of,
)
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns

BATCH, LARGE_BATCH = 12, 48
"""Counterexamples that one candidate tries: usually, and with `decide` alone where few have been tried in vain."""
FEW, MANY = 48, 480
"""Counterexamples that every closer, and that `decide` alone, is tried at."""
EAGER = 3
"""Large batches for `decide` before the closers that take longer."""
LARGEST = 60
"""Sum of the values' places in their lists up to which all choices are tried."""
HEARTBEATS, SECONDS = 20_000, 1.0

DECIDE = ("decide",)
CLOSERS = (
    ("omega", "simp{with}", "intro ⟨_, _⟩; omega"),
    (
        "omega",
        "simp_all{with}",
        "intro ⟨x, k⟩; have := k (x + 1); grind",
        "intro ⟨x, k⟩; rcases x with _ | _ | _ | x <;> grind",
        "grind{facts}",
    ),
)
"""What shows that hypotheses hold and the conclusion does not, at given values: any of some tactics, first those that fail
soon. `{with}`: the file's own definitions, `{facts}`: these and its inductive predicates."""
DERIVATIONS = ("solve_by_elim [{rules}]", "repeat constructor", "intro h; repeat' {cases}")
"""What shows that the file's own inductive predicates hold, or that none of their rules gives one."""
UNDECIDABLE = "failed to synthesize"

NEGATIONS = (
    "intro h; simp at h",
    "intro h; grind",
    "intro ⟨x, h⟩; have := h (x + 1); omega",
    "intro h; obtain ⟨x, h⟩ := h 1; omega",
    "intro ⟨x, h⟩; have := h 0; grind",
    "intro ⟨x, h⟩; rcases x with _ | _ | _ | x <;> grind",
)
"""Proofs of a negation that name no values of variables."""

MODEL = "grind"
"""Where it fails, it says which numbers satisfy all that it understands of the hypotheses and the conclusion's negation."""

CONTRADICTION = "intros; exfalso; first | contradiction | omega | (simp_all; done)"
CONTRADICTORY = "Its hypotheses contradict each other, so it says nothing."

_LEADING = re.compile(r"∀ (?P<groups>(?:[({⦃\[][^,]*?[)}⦄\]]\s*)+), (?P<body>.*)", re.S)
_ASSIGNED = re.compile(r"\[assign\] (?P<name>[^\W\d][\w']*) := (?P<value>-?\d+)$", re.M)
_GROUP = re.compile(r"[({⦃\[](?P<names>[^:()]+?) : (?P<type>[^()]*(?:\([^()]*\)[^()]*)*)[)}⦄\]]")


class Binder(Struct, frozen=True):
    """A variable or a hypothesis of a statement, as Lean prints it."""

    name: str
    type: str


class Counterexample(Struct, frozen=True, kw_only=True):
    """`arguments`: a term for each binder, None where a proof is to be put. `told`: the values, for a person."""

    arguments: Sequence[str | None]
    told: str

    @property
    def places(self) -> int:
        """How many proofs a refutation needs: one for each hypothesis, and the last for the conclusion's negation."""
        return self.arguments.count(None) + 1

    def refutation(self, closers: Sequence[str]) -> str:
        """A tactic that derives a contradiction from the statement `h`, with a tactic for each place."""
        *others, last = (f"(by {each})" for each in closers)
        proofs = iter(others)
        applied = " ".join(["h", *(next(proofs) if each is None else atom(each) for each in self.arguments)])
        return f"exact absurd ({applied}) {last}"


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


def counterexamples(goal: str, own: Own, model: Mapping[str, str] | None = None) -> Iterator[Counterexample]:
    """Ways to choose small values for all variables of a goal, those with the smallest values first; before these the
    model's, where it has one for a variable."""
    variables = binders(goal)
    for size in range(LARGEST):
        for arguments in _choose(variables, [], size, own, model or {}):
            told = [
                f"{binder.name} = {value}"
                for binder, value in zip(variables, arguments, strict=True)
                if value is not None and not _is_instance(binder) and "✝" not in binder.name
            ]
            yield Counterexample(arguments=arguments, told=", ".join(told))


def _choose(
    variables: Sequence[Binder], known: list[str | None], size: int, own: Own, model: Mapping[str, str]
) -> Iterator[list[str | None]]:
    """The choices whose values' places in their lists sum to `size`. What has no known values is taken for a
    hypothesis."""
    if len(known) == len(variables):
        if size == 0:
            yield known
        return
    binder = variables[len(known)]
    values = {each.name: value for each, value in zip(variables, known, strict=False) if value is not None}
    choices: Sequence[str | None] = values_of(substitute(binder.type, values), own)
    if binder.name in model and choices:
        choices = [model[binder.name], *choices]
    choices = choices or (["inferInstance"] if _is_instance(binder) else [None])
    for place, value in enumerate(choices[: size + 1]):
        yield from _choose(variables, [*known, value], size - place, own, model)


def _is_instance(binder: Binder) -> bool:
    return binder.name.startswith("inst") or binder.type.split()[0] in load().classes


async def turns(scene: Scene) -> Turns:
    """See `Stage.turns`."""
    if len(scene.target.hole.goals) != 1:
        return
    search = _Search(scene)
    goal = scene.target.hole.goals[0]
    yield _trial(NEGATIONS[0], "")
    many = list(itertools.islice(counterexamples(goal, search.own), MANY))
    few = list(_batches(many[:FEW], BATCH))
    for batch, closers in itertools.product(few, search.quick):
        async for trial in search.among(batch, closers):
            yield trial
    model = await search.model()
    fitting = [list(itertools.islice(counterexamples(goal, search.own, model), BATCH))] if model else []
    for batch in fitting:
        async for trial in search.among(batch, DECIDE):
            yield trial
    further = _batches(many[FEW:], LARGE_BATCH)
    for batch in itertools.islice(further, EAGER):
        async for trial in search.among(batch, DECIDE):
            yield trial
    thorough = [(batch, closers) for closers in CLOSERS for batch in (*few, *fitting)]
    for slow, fast in itertools.zip_longest(thorough, further):
        if slow is not None:
            async for trial in search.among(*slow):
                yield trial
        if fast is not None:
            async for trial in search.among(fast, DECIDE):
                yield trial
    for text in NEGATIONS[1:]:
        yield _trial(text, "")


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
    return not _is_instance(binder) and is_proposition(binder.type)


class _Search:
    """`own`: what file and goal have of their own. `decide` is not tried further when it cannot even begin at two batches,
    unless that depends on what a variable for a type stands for."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        around, goal = scene.surroundings, scene.target.hole.goals[0]
        predicates = [
            name
            for name, each in around.inductives.items()
            if each.predicate and re.search(rf"\b{re.escape(name)}\b", goal)
        ]
        self.own = Own(inductives=around.inductives, numerals=numerals(goal))
        self._words = {
            "{with}": _list(around.definitions),
            "{facts}": _list([*around.definitions, *predicates]),
        }
        derivations = _derivations({name: around.inductives[name] for name in predicates})
        self.quick = [derivations, DECIDE] if derivations else [DECIDE]
        self._undecidable = 0
        self._is_about_types = any(re.match(r"(Type|Sort)\b", each.type) for each in binders(goal))

    async def model(self) -> dict[str, str]:
        """Numbers that satisfy what is linear in a goal and make its conclusion false."""
        trial = Trial(tactics=MODEL, finder="refute:", heartbeats=HEARTBEATS, seconds=SECONDS)
        verdict = await self._scene.session.check(self._scene.state, self._scene.candidate(trial))
        return {found["name"]: found["value"] for found in _ASSIGNED.finditer(verdict.reason)}

    async def among(self, batch: Sequence[Counterexample], closers: Sequence[str]) -> Turns:
        """Look for a counterexample among some by one candidate, then name the one it is."""
        if closers == DECIDE and self._undecidable > 1 and not self._is_about_types:
            return
        closers = [self._completed(each) for each in closers]
        either = [f"  | {each.refutation([any_of(closers)] * each.places)}" for each in batch]
        verdict = await self._judge("\n".join(["intro h", "  first", *either]), max(1, len(batch) // BATCH))
        self._undecidable += UNDECIDABLE in verdict.reason
        if verdict.judgement is not Judgement.VERIFIED:
            yield None
            return
        for each in batch:
            chosen = await self._chosen(each, closers)
            if chosen is not None:
                yield _trial(_negation(each, chosen), each.told)

    async def _chosen(self, found: Counterexample, closers: Sequence[str]) -> Sequence[str] | None:
        """The closer that works, for each place of a counterexample; None where it is none."""
        chosen = [any_of(closers)] * found.places
        if (await self._judge(_negation(found, chosen))).judgement is not Judgement.VERIFIED:
            return None
        for place in range(found.places) if len(closers) > 1 else ():
            for closer in closers:
                tried = [*chosen[:place], closer, *chosen[place + 1 :]]
                if (await self._judge(_negation(found, tried))).judgement is Judgement.VERIFIED:
                    chosen = tried
                    break
        return chosen

    def _completed(self, closer: str) -> str:
        for word, text in self._words.items():
            closer = closer.replace(word, text)
        return closer

    async def _judge(self, tactics: str, times: int = 1) -> Verdict:
        scene, trial = self._scene, _trial(tactics, "")
        trial = replace(trial, heartbeats=times * HEARTBEATS, seconds=times * SECONDS)
        return await scene.session.check(scene.state, scene.candidate(trial))


def _derivations(predicates: Mapping[str, Inductive]) -> Sequence[str]:
    """Closers for goals about inductive predicates."""
    if not predicates:
        return ()
    rules = ", ".join(name for each in predicates.values() for name, _ in each.constructors)
    splits = [f"cases ‹{name}{' _' * each.arity}›" for name, each in predicates.items()]
    cases = splits[0] if len(splits) == 1 else f"first {' '.join(f'| {each}' for each in splits)}"
    return [closer.format(rules=rules, cases=cases) for closer in DERIVATIONS]


def _list(names: Sequence[str]) -> str:
    return f" [{', '.join(names)}]" if names else ""


def any_of(closers: Sequence[str]) -> str:
    """A goal that is left is an error that `first` sees: where the last tactic of a `by` inside a term leaves one, Lean
    only notes it. One alone tells its own error."""
    if len(closers) == 1:
        return closers[0]
    return " ".join(["first", *(f"| (({each}); done)" for each in closers), "| fail"])


def _negation(found: Counterexample, closers: Sequence[str]) -> str:
    return f"intro h; {found.refutation(closers)}"


def _batches(found: Sequence[Counterexample], size: int) -> Iterator[Sequence[Counterexample]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _trial(tactics: str, told: str) -> Trial:
    return Trial(
        tactics=tactics,
        finder=f"refute:{tactics}",
        heartbeats=HEARTBEATS,
        seconds=SECONDS,
        negates=True,
        note=f"Refuted at {told}." if told else "Refuted: its negation is proved.",
    )
