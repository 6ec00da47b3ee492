"""Minimise: a shorter proof for a finished theorem, of which the gate has verified every version.

Tactics that are not needed go; what one tactic closes, the whole or the rest of a block, is left to that tactic; and what
searches, such as `simp`, gives way to what it found, `simp only […]`, which alone may be longer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from msgspec.structs import replace

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Command, Elaboration, Judgement, Lean, Session, Toolchain
from turnstile_lsp.agents.prover.holes import Edit
from turnstile_lsp.agents.prover.prove import import_lines, refuse_broken_header
from turnstile_lsp.agents.prover.receipts import ReceiptStore
from turnstile_lsp.agents.prover.recheck import recheck
from turnstile_lsp.agents.prover.results import (
    Event,
    Finished,
    Found,
    HoleResult,
    Progress,
    ProveRequest,
    Status,
    place_of,
)
from turnstile_lsp.agents.prover.shorten import Shortening
from turnstile_lsp.agents.prover.verify import THEOREMS, proof_candidate, proof_range

FINDER = "minimise"


async def minimise(
    request: ProveRequest, lean: Lean, toolchain: Toolchain, engine: Engine | None
) -> AsyncGenerator[Event, None]:
    """Shorten the proof of the theorem at the request's offset within its budget. Yields progress, then the outcome: a
    proof that is as short as can be is `proved` by the text that it has.

    Raises `InvalidRequest` where no finished theorem is, and what `Session.elaborate` raises."""
    text, offset = request.text, next(iter(request.offsets), 0)
    yield Progress(stage=FINDER, message="Lean reads the document.")
    session = await lean.session(toolchain, import_lines(text))
    try:
        elaboration = await session.elaborate(text, until=offset)
        refuse_broken_header(elaboration)
        index = _theorem_at(text, elaboration, offset)
        command = elaboration.commands[index]
        place = _proof_of(text, command)
        candidate = proof_candidate(text[command.start : command.end], place)
        began = asyncio.get_running_loop().time()
        shortening = Shortening(session, command.state, candidate, text, elaboration.commands[:index])
        async with aclosing(shortening.run(began + request.budget)) as tries:
            async for _ in tries:
                message = f"{shortening.tried} tries; {len(shortening.proof)} characters so far."
                yield Progress(stage=FINDER, message=message)
        result = _result(text, command, place, shortening, asyncio.get_running_loop().time() - began)
        yield Found(result=result)
        yield await _finished(session, text, elaboration, command, result)
    finally:
        await session.close()


def _theorem_at(text: str, elaboration: Elaboration, offset: int) -> int:
    """The index of the finished theorem at an offset."""
    if not 0 <= offset <= len(text):
        raise InvalidRequest(f"The position {offset} lies outside the document, which has {len(text)} characters.")
    line = text.count("\n", 0, offset) + 1
    found = (i for i, each in enumerate(elaboration.commands) if each.start <= offset <= each.end)
    index = next(found, None)
    if index is None or elaboration.commands[index].kind not in THEOREMS:
        raise InvalidRequest(f"There is no theorem at line {line}: put the cursor on one that is finished.")
    command = elaboration.commands[index]
    if command.holes or any(message.severity == "error" for message in command.messages):
        raise InvalidRequest(f"{command.name or 'This example'} is not finished: prove it first.")
    return index


def _proof_of(text: str, command: Command) -> range:
    place = proof_range(text[command.start : command.end])
    if place is None:
        raise InvalidRequest(f"The proof of {command.name or 'this example'} is not one term behind `:=`, so it stays.")
    return place


def _result(text: str, command: Command, place: range, shortening: Shortening, seconds: float) -> HoleResult:
    start, end = command.start + place.start, command.start + place.stop
    first, last = place_of(text, start), place_of(text, end)
    verdict = shortening.verdict
    result = HoleResult(
        name=command.name,
        title=command.title,
        line=first.line,
        column=first.column,
        end=last,
        start_offset=start,
        end_offset=end,
        command_start_offset=command.start,
        command_end_offset=command.end,
        status=Status.UNDETERMINED,
        seconds=seconds,
    )
    if verdict is None or verdict.judgement is not Judgement.VERIFIED:
        return replace(
            result, message=f"The proof is not verified as it stands: {verdict.reason if verdict else ''}".strip()
        )
    return replace(
        result,
        status=Status.PROVED,
        proof=shortening.proof,
        axioms=verdict.axioms,
        finder=FINDER,
        message=_sentence(text[start:end], shortening.proof, sorted({*verdict.axioms} - {*shortening.axioms})),
    )


def _sentence(old: str, new: str, axioms: Sequence[str]) -> str:
    if new == old:
        return "It cannot be made shorter by what was tried."
    shorter = (
        f"{len(new)} characters instead of {len(old)}." if len(new) < len(old) else "Nothing in it searches any more."
    )
    return shorter + (f" It now rests on {', '.join(axioms)} too." if axioms else "")


async def _finished(session: Session, text: str, before: Elaboration, command: Command, result: HoleResult) -> Finished:
    """With the proof in the document, which Lean reads once more."""
    if result.proof is None or result.proof == text[result.start_offset : result.end_offset]:
        return Finished(text=text, results=[result])
    edit = Edit(start=result.start_offset, end=result.end_offset, replacement=result.proof)
    checked = await recheck(session, text, before, [edit])
    if not checked.edits:
        message = f"With a shorter proof Lean reports a new error, {checked.dropped[edit.start]}"
        result = replace(result, status=Status.UNDETERMINED, proof=None, message=message)
        return Finished(text=text, results=[result], new_errors=checked.new_errors)
    _keep_receipts(text[command.start : command.end], command, edit, result)
    return Finished(text=edit.apply(text), results=[result])


def _keep_receipts(source: str, command: Command, edit: Edit, result: HoleResult) -> None:
    """Who found the proof that was shortened is still to be told."""
    receipts = ReceiptStore()
    start = edit.start - command.start
    for receipt in receipts.find(source):
        receipts.keep(
            replace(
                receipt,
                command=source[:start] + edit.replacement + source[edit.end - command.start :],
                start=start,
                end=start + len(edit.replacement),
                axioms=result.axioms,
            )
        )
