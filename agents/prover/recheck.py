"""The rest of the document with the proofs in place: it must show no error that it did not show before."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from turnstile_lsp.agents.lean.base import Elaboration, LeanMessage, Session
from turnstile_lsp.agents.prover.draft import with_edits
from turnstile_lsp.agents.prover.edits import shift
from turnstile_lsp.agents.prover.holes import Edit


class Recheck(Struct, frozen=True, kw_only=True):
    """`edits`: the proofs that may stay. `new_errors`: what the text with the others shows. `dropped`: for the start of
    each proof that may not stay, the error that it causes."""

    edits: Sequence[Edit]
    new_errors: Sequence[str]
    dropped: dict[int, str]


async def recheck(session: Session, text: str, before: Elaboration, edits: Sequence[Edit]) -> Recheck:
    """Elaborate `text` with `edits` and drop proofs until it shows no error that `before`, the elaboration of `text`
    itself, does not show. The proof dropped is the one whose command shows the first new error, else the last one in
    front of it. Raises what `Session.elaborate` does."""
    kept = sorted(edits, key=lambda edit: edit.start)
    new_errors: list[str] = []
    dropped: dict[int, str] = {}
    while kept:
        after = await session.elaborate(with_edits(text, kept))
        new = _new_errors(before, after, kept)
        if new and not before.complete:
            before = await session.elaborate(text)
            new = _new_errors(before, after, kept)
        if not new:
            break
        sentence = _sentence(with_edits(text, kept), new[0])
        new_errors.append(sentence)
        for edit in _responsible(before, kept, new[0]):
            kept.remove(edit)
            dropped[edit.start] = sentence
    return Recheck(edits=kept, new_errors=new_errors, dropped=dropped)


def _new_errors(before: Elaboration, after: Elaboration, edits: Sequence[Edit]) -> list[LeanMessage]:
    """Errors of `after` that are not errors of `before`, moved through the edits, with the same text."""
    known = {(shift(error.start, edits), error.text) for error in _errors(before)}
    return [error for error in _errors(after) if (error.start, error.text) not in known]


def _responsible(before: Elaboration, edits: Sequence[Edit], error: LeanMessage) -> list[Edit]:
    """The edits in the command of an error, else the last one in front of it, else all."""
    for command in before.commands:
        if shift(command.start, edits) <= error.start <= shift(command.end, edits):
            inside = [edit for edit in edits if command.start <= edit.start <= command.end]
            if inside:
                return inside
    return [edit for edit in edits if shift(edit.start, edits) <= error.start][-1:] or list(edits)


def _errors(elaboration: Elaboration) -> list[LeanMessage]:
    return [message for message in elaboration.messages() if message.severity == "error"]


def _sentence(text: str, error: LeanMessage) -> str:
    return f"line {text.count(chr(10), 0, error.start) + 1}: {error.text}"
