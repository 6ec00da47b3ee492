"""The goal at a cursor: that of the `sorry` there, or of one put in where a tactic could stand."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Elaboration, Hole, Session, TacticState
from turnstile_lsp.agents.prover.cursor import Gap, gaps, sorry_at
from turnstile_lsp.agents.prover.draft import Draft, Target, targets
from turnstile_lsp.agents.prover.prove import refuse_broken_header
from turnstile_lsp.agents.prover.results import Suggested


class Spot(Struct, frozen=True, kw_only=True):
    """`target` is a hole of `draft`, whose text is the document, with a `sorry` in `gap` where there is one; `root` the goal
    there, to be released."""

    draft: Draft
    target: Target
    root: TacticState
    gap: Gap | None = None

    def in_document(self, suggested: Suggested) -> Suggested:
        """A suggestion for `target`, as an edit of the document without the `sorry` that was put in."""
        if self.gap is None:
            return suggested
        replacement = self.gap.lead + suggested.replacement + self.gap.tail
        return replace(suggested, start_offset=self.gap.start, end_offset=self.gap.end, replacement=replacement)


async def find(session: Session, text: str, offset: int | None) -> Spot:
    """What a cursor means (None: the first hole of all). Raises `InvalidRequest` where nothing can be proved, and what
    `Session.elaborate` raises."""
    offsets = () if offset is None else (offset,)
    if offset is not None and sorry_at(text, offset) is None:
        for gap in gaps(text, offset):
            if (spot := await in_gap(session, text, gap)) is not None:
                return spot
    elif offset is not None:
        offsets = (sorry_at(text, offset) or 0,)
    elaboration = await _elaborated(session, text, max(offsets, default=None))
    try:
        found = [each for each in targets(text, elaboration, offsets) if _is_open(text, each.hole)]
        target = found[0]
    except (IndexError, InvalidRequest):
        line = text.count("\n", 0, offset or 0) + 1
        raise InvalidRequest(
            f"There is no goal at line {line}: put the cursor on a `sorry`, or on an empty line of a proof by tactics."
        ) from None
    draft = Draft(text, elaboration, until=max(offsets, default=None))
    return Spot(draft=draft, target=target, root=await _open(session, draft, target))


async def in_gap(session: Session, text: str, gap: Gap) -> Spot | None:
    """The goal in a gap, None where Lean finds none."""
    filled = gap.filled(text)
    elaboration = await _elaborated(session, filled, gap.hole)
    for index, command in enumerate(elaboration.commands):
        for hole in command.holes:
            if hole.start == gap.hole and hole.kind == "tactic" and hole.goals:
                target = Target(index=index, command=command, hole=hole)
                draft = Draft(filled, elaboration, until=gap.hole)
                with suppress(InvalidRequest):  # the command has no parse without what the parser skipped
                    return Spot(draft=draft, target=target, root=await _open(session, draft, target), gap=gap)
    return None


def _is_open(text: str, hole: Hole) -> bool:
    """Whether nothing is lost when something is put in: a proof with an error is a hole too."""
    return hole.kind != "by" or not text[hole.start : hole.end].strip()


async def _open(session: Session, draft: Draft, target: Target) -> TacticState:
    return await session.open_goal(draft.state(target), draft.candidate(target, "", verbatim=True))


async def _elaborated(session: Session, text: str, until: int | None) -> Elaboration:
    elaboration = await session.elaborate(text, until=until)
    refuse_broken_header(elaboration)
    return elaboration
