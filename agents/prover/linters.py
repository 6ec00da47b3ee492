"""What Lean's linters say of a proof that was verified, and how that is mended: a proof that is put in adds no warning."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstile_lsp.agents.lean.base import Candidate, Judgement, LeanMessage, Session, Verdict
from turnstile_lsp.agents.prover.blocks import run_replacement

MOST_ROUNDS = 3
"""A linter may have something to say of what was mended."""

_UNUSED_VARIABLE = re.compile(r"unused variable `")
_UNUSED_ARGUMENT = re.compile(r"This simp argument is unused")
_DEPRECATED = re.compile(r"`[^`]+` has been deprecated: Use `([^`]+)` instead")
_NOT_SIMPA = re.compile(r"try 'simp' instead of 'simpa'", re.I)
_ABOUT_SORRY = re.compile(r"declaration uses [`']?sorry")


class Linted(Struct, frozen=True, kw_only=True):
    """A candidate that the gate let through. `warnings`: what Lean still warns of inside of its replacement."""

    candidate: Candidate
    verdict: Verdict
    warnings: Sequence[str] = ()


async def lint(session: Session, state: int, candidate: Candidate, verdict: Verdict) -> Linted:
    """A verified candidate without what Lean warns of in it, as far as that can be mended; the gate has verified what
    comes out. Warnings outside of the replacement are the user's own."""
    warnings = await _warnings(session, state, candidate)
    for _ in range(MOST_ROUNDS):
        changed = replace(candidate, replacement=mended(candidate.replacement, warnings))
        if changed.replacement == candidate.replacement:
            break
        judged = await session.check(state, changed)
        if judged.judgement is not Judgement.VERIFIED or judged.remaining > verdict.remaining:
            break
        fewer = await _warnings(session, state, changed)
        if len(fewer) >= len(warnings):
            break
        candidate, verdict, warnings = changed, judged, fewer
    return Linted(candidate=candidate, verdict=verdict, warnings=[warning.text for warning in warnings])


def mended(proof: str, warnings: Sequence[LeanMessage]) -> str:
    """A proof without what warnings say can be left out; their offsets are into it."""
    for warning in sorted(warnings, key=lambda warning: warning.start, reverse=True):
        before, said, after = proof[: warning.start], proof[warning.start : warning.end], proof[warning.end :]
        if _UNUSED_VARIABLE.match(warning.text):
            proof = f"{before}_{after}"
        elif _UNUSED_ARGUMENT.match(warning.text):
            proof = _without_argument(before, after)
        elif (deprecated := _DEPRECATED.match(warning.text)) is not None:
            proof = before + deprecated[1] + after
        elif _NOT_SIMPA.match(warning.text) and said.startswith("simpa"):
            proof = before + "simp" + said.removeprefix("simpa") + after
    return proof


def _without_argument(before: str, after: str) -> str:
    """Without what stood between in a list of arguments, and without a list that is empty then."""
    if after.lstrip().startswith(","):
        return before + after.lstrip()[1:].lstrip()
    if before.rstrip().endswith(","):
        return before.rstrip()[:-1] + after
    if before.rstrip().endswith("[") and after.lstrip().startswith("]"):
        return before.rstrip()[:-1].rstrip() + after.lstrip()[1:]
    return before + after


async def _warnings(session: Session, state: int, candidate: Candidate) -> list[LeanMessage]:
    """In the replacement, with offsets into it."""
    run = await run_replacement(session, state, candidate)
    return [
        message
        for message in run.messages
        if message.severity == "warning"
        and 0 <= message.start <= len(candidate.replacement)
        and not _ABOUT_SORRY.match(message.text)
    ]
