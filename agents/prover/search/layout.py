"""A tactic block as it stands in its hole: how it is put there, and which place in the block a place in the command is."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.lean.base import Candidate, ProofRun, RanTactic

MARK = "\x01"
TWO_LINES = f"{MARK}\n{MARK}"
"""A block whose layout shows how all blocks are laid out."""


class Layout(Struct, frozen=True, kw_only=True):
    """`model`: a candidate with `TWO_LINES` in the hole. The block begins behind `before`; `between`: the line end and
    the indentation in front of its further lines."""

    model: Candidate
    before: str
    between: str
    after: str

    @classmethod
    def of(cls, model: Candidate) -> Layout:
        """The layout that a candidate with `TWO_LINES` has."""
        before, between, after = model.replacement.split(MARK)
        return cls(model=model, before=before, between=between, after=after)

    def candidate(self, block: str, *, heartbeats: int | None, seconds: float) -> Candidate:
        """The block in the hole."""
        newline = self.between.rstrip(" ")
        lines = block.split("\n")
        rest = [self.between + line if line.strip() else newline for line in lines[1:]]
        text = self.before + "".join([lines[0], *rest]) + self.after
        return replace(self.model, replacement=text, heartbeats=heartbeats, seconds=seconds)

    def run_of_block(self, block: str, run: ProofRun) -> ProofRun:
        """A run with offsets into the block instead of the command: what stands in front of it is negative, errors
        behind it are at its end. `sorry`s behind it are left out: they are the user's."""
        places = _Places(self, block)
        tactics = [places.moved(each) for each in run.tactics]
        sorries = [places.moved(each) for each in run.sorries if each.start < places.end]
        messages = [
            replace(message, start=places.offset(message.start), end=places.offset(message.end))
            for message in run.messages
        ]
        return replace(run, tactics=tactics, sorries=sorries, messages=messages)


class _Places:
    def __init__(self, layout: Layout, block: str) -> None:
        lines = block.split("\n")
        newline = len(layout.between.rstrip(" "))
        gaps = [len(layout.between) if line.strip() else newline + len(line) for line in lines[1:]]
        self._lengths = [len(line) if line.strip() else 0 for line in lines]
        begin = layout.model.start + len(layout.before)
        steps = [length + gap for length, gap in zip(self._lengths, gaps, strict=False)]
        self._there = list(accumulate(steps, initial=begin))
        self._here = list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
        self.end = self._there[-1] + self._lengths[-1]

    def offset(self, there: int) -> int:
        """In the block, of an offset in the command."""
        if there < self._there[0]:
            return -1
        line = bisect_right(self._there, there) - 1
        return self._here[line] + min(there - self._there[line], self._lengths[line])

    def moved(self, tactic: RanTactic) -> RanTactic:
        return RanTactic(start=self.offset(tactic.start), end=self.offset(tactic.end), goals=tactic.goals)
