"""A document while its holes are being filled: proofs found so far, and where the open holes stand then."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Candidate, Command, Elaboration, Hole, Session
from turnstile_lsp.agents.prover.edits import shift
from turnstile_lsp.agents.prover.holes import Edit, column_of, fill, widened
from turnstile_lsp.agents.prover.verify import THEOREMS, proof_range

GRACE = 60.0
"""Seconds of wall clock after which a try that its heartbeats should have ended is taken for hung."""


class Target(Struct, frozen=True, kw_only=True):
    """A hole to fill, as `holes.widened` makes it. `index`: its command among the document's. Offsets are those of the
    request's text."""

    index: int
    command: Command
    hole: Hole


class Draft:
    """The request's text, and the proofs that are put into it one after the other.

    `elaboration` is of `elaborated_text`, which may lack the latest proofs: its states stay usable, because a theorem's
    proof does not change what later commands see of it. `until`: how far it goes, None for the document's end.
    """

    def __init__(self, text: str, elaboration: Elaboration, *, until: int | None = None) -> None:
        self.original = text
        self._until = until
        self._elaborated_until = until
        self.elaboration = elaboration
        self.elaborated_text = text
        self.edits: list[Edit] = []
        self._proved: set[int] = set()

    @property
    def text(self) -> str:
        """The document with the proofs so far."""
        return with_edits(self.original, self.edits)

    def put(self, target: Target, proof: str, remaining: int) -> None:
        """Put a proof in, which leaves `remaining` holes in its command."""
        self.edits.append(Edit(start=target.hole.start, end=target.hole.end, replacement=proof))
        if remaining == 0:
            self._proved.add(target.index)

    def commands_before(self, target: Target) -> list[Command]:
        """The commands in front of the target's, as elaborated; those proved meanwhile show no holes."""
        return [
            replace(command, holes=()) if index in self._proved else command
            for index, command in enumerate(self.elaboration.commands[: target.index])
        ]

    def pieces_before(self, target: Target) -> list[str]:
        """The elaborated text in front of the target's command, cut where commands begin; the header comes first."""
        starts = [command.start for command in self.elaboration.commands[: target.index + 1]]
        return [self.elaborated_text[start:end] for start, end in pairwise([0, *starts])]

    def candidate(
        self, target: Target, tactics: str, *, verbatim: bool, heartbeats: int | None = None, negated: bool = False
    ) -> Candidate:
        """What the gate is asked: `tactics` in the target's hole, the command's other holes as they now stand. `negated`:
        see `Candidate`; its tactics stand alone, not in the file."""
        text = self.text
        start, end = (self._now(offset) for offset in (target.command.start, target.command.end))
        hole_start, hole_end = self._now(target.hole.start), self._now(target.hole.end)
        hole = Hole(kind=target.hole.kind, start=hole_start, end=hole_end)
        edit = Edit(start=hole_start, end=hole_end, replacement=tactics)
        if not (verbatim or negated):
            edit = fill(text, hole, tactics, command_start=start)
        return Candidate(
            command=text[start:end],
            start=edit.start - start,
            end=edit.end - start,
            replacement=edit.replacement,
            heartbeats=heartbeats,
            seconds=GRACE,
            negated=negated,
        )

    def state(self, target: Target) -> int:
        """The command state before the target's command."""
        return self.elaboration.commands[target.index].state

    @property
    def stale(self) -> bool:
        """Whether there are proofs that the elaboration does not have."""
        return self.elaborated_text != self.text

    async def settle(self, session: Session) -> None:
        """Have Lean hold the elaborated text again, after it had to be started anew."""
        self.elaboration = await session.elaborate(self.elaborated_text, until=self._elaborated_until)

    async def refresh(self, session: Session) -> None:
        """Elaborate again, so that lemmas proved meanwhile are no longer unfinished ones."""
        text, until = self.text, None if self._until is None else self._now(self._until)
        self.elaboration = await session.elaborate(text, until=until)
        self.elaborated_text, self._elaborated_until = text, until

    def _now(self, offset: int) -> int:
        return shift(offset, self.edits)


def with_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text with edits that do not overlap, all given in the text as it is."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = edit.apply(text)
    return text


def targets(text: str, elaboration: Elaboration, offsets: Sequence[int]) -> list[Target]:
    """The holes that a request names, in the document's order: those at its offsets, else those of the commands there,
    and all holes when it names none.

    Raises `InvalidRequest` for an offset that lies outside the text or where nothing is to be proved, and for a document
    with an error and no hole.
    """
    everything = [
        Target(index=index, command=command, hole=widened(text, hole))
        for index, command in enumerate(elaboration.commands)
        for hole in _holes(text, command)
    ]
    errors = [message for message in elaboration.messages() if message.severity == "error"]
    if errors and not everything:
        line = text.count("\n", 0, errors[0].start) + 1
        raise InvalidRequest(
            f"There is no hole to prove, and line {line} has an error; mend it first: {errors[0].text}"
        )
    if not offsets:
        return everything
    chosen = {target.hole.start for offset in offsets for target in _targets_at(text, everything, offset)}
    return [target for target in everything if target.hole.start in chosen]


def _holes(text: str, command: Command) -> Sequence[Hole]:
    """The holes of a command. Where `by` blocks inside of a proof by tactics have errors and another error stands beside them,
    no proof of one of them could be verified: the whole proof is the hole then."""
    place = proof_range(text[command.start : command.end]) if command.kind in THEOREMS else None
    if place is None or any(hole.kind != "by" for hole in command.holes):
        return command.holes
    proof = range(command.start + place.start, command.start + place.stop)
    errors = [each.start for each in command.messages if each.severity == "error" and each.start in proof]
    beside = [at for at in errors if not any(hole.start - len("by") <= at <= hole.end for hole in command.holes)]
    if not (command.holes and beside and text.startswith("by", proof.start)):
        return command.holes
    start = proof.start + len("by")
    return [Hole(kind="by", start=start, end=proof.stop, is_proposition=True, column=column_of(text, start))]


def _targets_at(text: str, everything: Sequence[Target], offset: int) -> list[Target]:
    if not 0 <= offset <= len(text):
        raise InvalidRequest(f"The position {offset} lies outside the document, which has {len(text)} characters.")
    at_hole = [target for target in everything if target.hole.start <= offset <= target.hole.end]
    found = at_hole[:1] or [target for target in everything if target.command.start <= offset <= target.command.end]
    if not found:
        line = text.count("\n", 0, offset) + 1
        raise InvalidRequest(
            f"Nothing is to be proved at line {line}: no `sorry` and no `by` with an error. Put the cursor on one, or on "
            "the lemma that has it."
        )
    return found
