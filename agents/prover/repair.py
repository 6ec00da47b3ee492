"""Stage `repair`: of a proof that Lean does not accept, what works is kept, and the rest is proved.

What fails in the block gives way to `sorry`, one error after the other, until nothing is left but those: each is then a
hole of its own. All of this is about text: the gate judges the block as it comes out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, suppress

from msgspec.structs import replace

from turnstile_lsp.agents.errors import InvalidRequest, LeanFailed
from turnstile_lsp.agents.lean.base import Candidate, Hole, LeanMessage, ProofRun, RanTactic, TacticState
from turnstile_lsp.agents.prover import portfolio
from turnstile_lsp.agents.prover.best_first import CHEAP_SECONDS, HEARTBEATS, SECONDS, BestFirst, render
from turnstile_lsp.agents.prover.blocks import (
    innermost,
    inserted,
    inside,
    newline_of,
    outermost,
    run_replacement,
    without,
)
from turnstile_lsp.agents.prover.holes import column_of, fill
from turnstile_lsp.agents.prover.results import SYMBOLIC
from turnstile_lsp.agents.prover.search.lexer import Comments
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns
from turnstile_lsp.agents.prover.surroundings import surroundings

SORRY = "sorry"
MOST_RUNS = 30
"""Of one block, each of which finds one error."""
SHARE = 0.5
"""Of the budget, after which a repair is given up."""

_MISSING = re.compile(r"Alternative `([^`]+)` has not been provided")
_LOCALS = re.compile(r"^(\S+(?: \S+)*?) :", re.M)
_ALTERNATIVE = re.compile(r"\n([ ]*)\|")


async def turns(scene: Scene) -> Turns:
    """See `Stage.turns`."""
    hole = scene.target.hole
    old = scene.draft.original[hole.start : hole.end]
    if hole.kind != "by" or not old.strip():
        return
    block = Block(scene, old)
    async with aclosing(block.sketch()) as runs:
        async for _ in runs:
            yield None
    for text in block.sketches:
        if text.strip() == SORRY:
            continue  # nothing works
        mended = Block(scene, text)
        async with aclosing(mended.fill()) as tries:
            async for _ in tries:
                yield None
        if mended.is_filled:
            yield Trial(tactics=mended.text, finder=f"repair:{SYMBOLIC}", verbatim=True)


class Block:
    """A tactic block in the hole, as it is being mended. `sketches`: blocks whose only gaps are `sorry`s, that which keeps
    most first. `is_filled`: no `sorry` is left."""

    def __init__(self, scene: Scene, text: str) -> None:
        self._scene = scene
        self.text = text
        self.sketches: list[str] = []
        self.is_filled = False

    async def sketch(self) -> AsyncGenerator[None, None]:
        """Find `sketches`. Yields after each run."""
        seen = {self.text}
        for _ in range(MOST_RUNS):
            run = await self._run()
            yield
            if run.failure is not None:
                return
            if (fault := _fault(run, len(self.text))) is None:
                break
            if not self.sketches:
                self.sketches = [_kept_in_front(self.text, run, fault.start)]
            self.text = _mended(self._candidate(), run, fault)
            if self.text in seen:
                return
            seen.add(self.text)
        else:
            return
        self.sketches = list(dict.fromkeys([_ending_in_code(self.text), *self.sketches]))

    async def fill(self) -> AsyncGenerator[None, None]:
        """Put what closes its goal in the place of each `sorry`. Yields after each try."""
        run = await self._run()
        places = sorted({(gap.start, gap.end) for gap in run.sorries})
        if _fault(run, len(self.text)) is not None or len(places) != len(run.sorries):
            return
        goals = {gap.start: gap.goals for gap in run.sorries}
        for start, end in reversed(places):
            search = Gap(self._scene, self._place(start, end), goals[start])
            async with aclosing(search.run()) as tries:
                async for _ in tries:
                    yield
            if search.proof is None:
                return
            self._put(start, end, search.proof)
        self.is_filled = True

    def _put(self, start: int, end: int, proof: str) -> None:
        """Put tactics in the place of the `sorry` at a range of the block."""
        original, command, candidate = self._scene.draft.original, self._scene.target.command, self._candidate()
        text = original[: command.start] + candidate.text() + original[command.end :]
        begin = command.start + candidate.start
        hole = Hole(kind="tactic", start=begin + start, end=begin + end)
        edit = fill(text, hole, proof, command_start=command.start)
        self.text = self.text[: edit.start - begin] + edit.replacement + self.text[end:]

    def _candidate(self) -> Candidate:
        return self._scene.candidate(Trial(tactics=self.text, finder="repair", verbatim=True))

    async def _run(self) -> ProofRun:
        """What the block does; offsets into it."""
        return await run_replacement(self._scene.session, self._scene.state, self._candidate())

    def _place(self, start: int, end: int) -> Candidate:
        """A range of the block as a hole."""
        candidate = self._candidate()
        start, end = candidate.start + start, candidate.start + end
        return replace(candidate, command=candidate.text(), start=start, end=end, replacement=SORRY)


class Gap:
    """The search for what closes the goal at a `sorry`. `proof`: a tactic block that does."""

    def __init__(self, scene: Scene, place: Candidate, goals: Sequence[str]) -> None:
        self._scene, self._place = scene, place
        draft = scene.draft
        self._around = surroundings(draft.elaborated_text, draft.commands_before(scene.target), goals)
        self.proof: str | None = None

    async def run(self) -> AsyncGenerator[None, None]:
        """Search within this stage's share of the budget. Yields after each tactic."""
        scene = self._scene
        with suppress(InvalidRequest):  # no goal is there
            root = await scene.session.open_goal(scene.state, self._place)
            lead, named = await self._with_names(root)
            search = BestFirst(scene.session, self._around, named, scene.experience)
            closers = portfolio.trials(portfolio.load(), self._around)
            cheap = (trial for trial in closers if trial.seconds <= CHEAP_SECONDS)
            try:
                while self.proof is None and scene.seconds < SHARE * scene.request.budget:
                    trial = next(cheap, None)
                    if trial is None and search.exhausted:
                        return
                    if trial is not None:
                        await self._close(root, trial.tactics)
                    if self.proof is None and not search.exhausted and (script := await search.step()) is not None:
                        await self._close(root, render(script))
                        self.proof = self.proof or lead + render(script)
                    yield
            finally:
                with suppress(LeanFailed):
                    await scene.session.release(root)

    async def _with_names(self, root: TacticState) -> tuple[str, TacticState]:
        """The state in which all locals can be named, and the lines that lead there."""
        names = _unnamed(root.goals[0])
        if not names:
            return "", root
        tactic = f"rename_i {' '.join(names)}"
        step = await self._scene.session.step(root, tactic, heartbeats=HEARTBEATS, seconds=SECONDS)
        return ("", root) if step.state is None else (tactic + "\n", step.state)

    async def _close(self, root: TacticState, tactics: str) -> None:
        step = await self._scene.session.step(root, tactics, heartbeats=HEARTBEATS, seconds=SECONDS)
        if step.state is not None and not step.goals:
            self.proof = step.suggestions[0] if step.suggestions else tactics


def _unnamed(goal: str) -> list[str]:
    """New names for the locals of a goal that cannot be written (`h✝`), in their order."""
    context = goal.rpartition("⊢")[0]
    taken = set(context.split())
    names = []
    for word in " ".join(_LOCALS.findall(context)).split():
        if "✝" in word:
            name = next(name for name in _variants(word.partition("✝")[0]) if name not in taken)
            taken.add(name)
            names.append(name)
    return names


def _variants(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}{number}" for number in itertools.count(1))


def _fault(run: ProofRun, length: int) -> LeanMessage | None:
    """The error to mend next: the first; goals left open, at last, since they may be due to the others."""
    errors = [
        each
        for each in run.messages
        if each.severity == "error" and each.start <= length and (each.end > 0 or each.start >= 0)
    ]
    proper = [each for each in errors if not _is_unsolved(each)]
    if proper:
        return min(proper, key=lambda each: each.start)
    return max(errors, key=lambda each: each.start, default=None)


def _is_unsolved(error: LeanMessage) -> bool:
    return error.text.startswith("unsolved goals")


def _mended(candidate: Candidate, run: ProofRun, fault: LeanMessage) -> str:
    """The block without an error, as far as can be told."""
    text = candidate.replacement
    tactic = innermost(run.tactics, fault.start)
    if _is_unsolved(fault):
        return _with_sorry_behind(candidate, run, fault.start, tactic)
    if tactic is None:
        return _cut(text, fault.start)
    if (missing := _MISSING.match(fault.text)) is not None:
        bars = _ALTERNATIVE.findall(text, tactic.start, tactic.end)
        if bars:
            return inserted(text, tactic.end, f"{newline_of(text)}{bars[-1]}| {missing[1]} => {SORRY}")
    if "no goals" in fault.text.lower():
        return without(text, tactic.start, tactic.end)
    return text[: tactic.start] + SORRY + text[tactic.end :]


def _with_sorry_behind(candidate: Candidate, run: ProofRun, at: int, tactic: RanTactic | None) -> str:
    """With a `sorry` at the end of the block whose goals are left open: that of the whole proof, of a bullet or of an
    alternative."""
    text = candidate.replacement
    held = run.tactics if tactic is None else inside(run.tactics, tactic)
    elements = outermost([each for each in held if each.start > at])
    if not elements:
        return SORRY if tactic is None else text[: tactic.start] + SORRY + text[tactic.end :]
    last = elements[0]
    for each in elements[1:]:
        if tactic is not None and _ALTERNATIVE.search(text, last.end, each.start):
            break
        last = each
    column = column_of(candidate.text(), candidate.start + elements[0].start)
    return inserted(text, last.end, newline_of(text) + " " * column + SORRY)


def _kept_in_front(text: str, run: ProofRun, at: int) -> str:
    """The elements of the block in front of that with the error, and one `sorry`."""
    failing = next((each for each in outermost(run.tactics) if each.end > at), None)
    return text[: failing.start] + SORRY if failing is not None else _cut(text, at)


def _cut(text: str, at: int) -> str:
    """The lines in front of that of an error, and a `sorry`; where that is how it ends already, one line less."""
    kept = text[: text.rfind("\n", 0, max(at, 0)) + 1].rstrip()
    lines = kept.split("\n")
    if lines[-1].strip() == SORRY:
        lines = lines[:-1]
    last = next((line for line in reversed(lines) if line.strip()), "")
    indent = last[: len(last) - len(last.lstrip())]
    return newline_of(text).join([*(line.rstrip("\r") for line in lines), indent + SORRY]) if last else SORRY


def _ending_in_code(text: str) -> str:
    """With the comments behind a last `sorry` in front of it: a command ends with its last word."""
    end = len(Comments(text).blanked().rstrip())
    if not text[end:].strip() or not text.endswith(SORRY, 0, end):
        return text
    start = end - len(SORRY)
    line = text[text.rfind("\n", 0, start) + 1 : start]
    indent = line[: len(line) - len(line.lstrip())]
    return text[:start] + text[end:].strip() + newline_of(text) + indent + SORRY
