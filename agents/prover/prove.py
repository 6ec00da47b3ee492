"""Prove the holes of a document: one session, hole after hole, then the whole document once more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec.structs import replace

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.errors import InvalidRequest, LeanFailed
from turnstile_lsp.agents.lean.base import Elaboration, Lean, Session, Toolchain
from turnstile_lsp.agents.prover.attempt import Attempt
from turnstile_lsp.agents.prover.draft import Draft, Target, targets, with_edits
from turnstile_lsp.agents.prover.keep import keep
from turnstile_lsp.agents.prover.recheck import recheck
from turnstile_lsp.agents.prover.refute import CONTRADICTORY, contradiction
from turnstile_lsp.agents.prover.results import (
    STAGES,
    Event,
    Finished,
    Found,
    HoleResult,
    Progress,
    ProveRequest,
    Status,
    place_of,
)
from turnstile_lsp.agents.prover.stage import Scene

_IMPORT = re.compile(r"^(?:(?:public|meta)\s+)*import\s.*$|^(?:module|prelude)\s*$", re.M)


async def prove(
    request: ProveRequest, lean: Lean, toolchain: Toolchain, engine: Engine | None
) -> AsyncGenerator[Event, None]:
    """Prove what `request` names. Yields progress, a `Found` for each hole as soon as its outcome is known, and at last
    `Finished`, whose results count: a proof that disturbs the rest of the document is taken back there.

    When the task is cancelled, the open holes are still reported as `cancelled` and `Finished` comes with what was
    found; `CancelledError` follows. Raises `InvalidRequest`, `ImportsMissing`, `LeanFailed`, `LeanMissing`.
    """
    _validate(request)
    yield Progress(stage="elaborate", message="Waiting for a Lean session.")
    session = await lean.session(toolchain, import_lines(request.text))
    try:
        yield Progress(stage="elaborate", message="Lean reads the document.")
        until = max(request.offsets, default=None)
        elaboration = await session.elaborate(request.text, until=until)
        refuse_broken_header(elaboration)
        job = Job(request, toolchain, session, elaboration, engine)
        async with aclosing(job.run()) as events:
            async for event in events:
                yield event
    finally:
        await session.close()


def import_lines(text: str) -> str:
    """What a session is asked for: two documents with the same imports can use the same one."""
    return "\n".join(_IMPORT.findall(text))


class Job:
    """One request on one session."""

    def __init__(
        self,
        request: ProveRequest,
        toolchain: Toolchain,
        session: Session,
        elaboration: Elaboration,
        engine: Engine | None,
    ) -> None:
        self._request, self._toolchain, self._session, self._engine = request, toolchain, session, engine
        self._before = elaboration
        self._draft = Draft(request.text, elaboration, until=max(request.offsets, default=None))
        self._targets = targets(request.text, elaboration, request.offsets)
        self._results: list[HoleResult] = []

    async def run(self) -> AsyncGenerator[Event, None]:
        """See `prove`."""
        try:
            for number, target in enumerate(self._targets):
                async with aclosing(self._one(number, target)) as events:
                    async for event in events:
                        yield event
                yield Found(result=self._results[-1])
            yield Progress(stage="recheck", message="Lean reads the document with its proofs.", fraction=1.0)
            finished = await self._finish()
        except asyncio.CancelledError:
            for target in self._targets[len(self._results) :]:
                self._results.append(self._result(target, Status.CANCELLED, message="Cancelled before it was proved."))
                yield Found(result=self._results[-1])
            yield Finished(text=self._draft.text, results=self._results, rechecked=False)
            raise
        yield finished

    async def _one(self, number: int, target: Target) -> AsyncGenerator[Event, None]:
        refused = refusal(target)
        if refused is not None:
            self._results.append(self._result(target, refused[0], message=refused[1]))
            return
        try:
            await self._draft.settle(self._session)  # no hole pays for the Lean that the one before it wore out
            scene = Scene(self._draft, target, self._session, self._request, self._engine)
            attempt = Attempt(scene)
            async with aclosing(attempt.run()) as tries:
                async for _ in tries:
                    yield self._progress(number, target, attempt)
            if attempt.proof is not None and "refute" in self._request.stages and await contradiction(scene):
                attempt.proof = replace(attempt.proof, note=CONTRADICTORY)
        except LeanFailed as error:
            self._results.append(self._result(target, Status.ERROR, message=error.message))
            return
        result = self._outcome(target, attempt)
        if result.proof is not None:
            self._draft.put(target, result.proof, result.remaining)
        self._results.append(result)

    def _progress(self, number: int, target: Target, attempt: Attempt) -> Progress:
        share = min(1.0, attempt.seconds / self._request.budget)
        return Progress(
            stage=attempt.stage,
            message=f"{attempt.tried} candidates tried at {target.command.title}.",
            hole=number,
            holes=len(self._targets),
            tried=attempt.tried,
            fraction=(number + share) / len(self._targets),
        )

    def _outcome(self, target: Target, attempt: Attempt) -> HoleResult:
        if attempt.proof is not None:
            verdict = attempt.proof.verdict
            return replace(
                self._result(target, Status.PROVED, message=attempt.proof.note),
                proof=attempt.proof.text,
                axioms=verdict.axioms,
                remaining=verdict.remaining,
                seconds=attempt.proof.seconds,
                finder=attempt.proof.finder,
            )
        if attempt.refutation is not None:
            return replace(
                self._result(target, Status.REFUTED, message=attempt.refutation.note),
                refutation=attempt.refutation.text,
                axioms=attempt.refutation.verdict.axioms,
                seconds=attempt.refutation.seconds,
                finder=attempt.refutation.finder,
            )
        if attempt.unfinished is not None:
            names = attempt.unfinished.verdict.unfinished
            return replace(
                self._result(target, Status.UNDETERMINED),
                unfinished=names,
                seconds=attempt.seconds,
                finder=attempt.unfinished.finder,
                message=f"It follows by `{attempt.unfinished.text}` from what is not proved itself: {', '.join(names)}. "
                "Prove that first.",
            )
        if attempt.undecided:
            return replace(
                self._result(target, Status.UNDETERMINED), seconds=attempt.seconds, message=attempt.undecided
            )
        return replace(self._result(target, Status.UNPROVED), seconds=attempt.seconds, message=_why_not(attempt))

    async def _finish(self) -> Finished:
        text, edits = self._request.text, self._draft.edits
        try:
            checked = await recheck(self._session, text, self._before, edits)
        except LeanFailed:
            return Finished(text=self._draft.text, results=self._results, rechecked=False)
        results = [
            replace(
                result,
                status=Status.UNDETERMINED,
                proof=None,
                message=f"A proof was found, but with it Lean reports a new error, {checked.dropped[result.start_offset]}",
            )
            if result.proof is not None and result.start_offset in checked.dropped
            else result
            for result in self._results
        ]
        if self._request.remember:
            keep(self._request, self._toolchain, self._targets, results, checked.edits)
        return Finished(text=with_edits(text, checked.edits), results=results, new_errors=checked.new_errors)

    def _result(self, target: Target, status: Status, *, message: str = "") -> HoleResult:
        start, end = target.hole.start, target.hole.end
        first, last = place_of(self._request.text, start), place_of(self._request.text, end)
        return HoleResult(
            name=target.command.name,
            title=target.command.title,
            line=first.line,
            column=first.column,
            end=last,
            start_offset=start,
            end_offset=end,
            command_start_offset=target.command.start,
            command_end_offset=target.command.end,
            status=status,
            message=message,
        )


def _validate(request: ProveRequest) -> None:
    unknown = [stage for stage in request.stages if stage not in STAGES]
    if unknown:
        raise InvalidRequest(f"There is no stage `{unknown[0]}`; choose among {', '.join(STAGES)}.")
    if not request.budget > 0:
        raise InvalidRequest(f"The budget must be a positive number of seconds, not {request.budget:g}.")


def refuse_broken_header(elaboration: Elaboration) -> None:
    """Raises `InvalidRequest` for a document with an error in its header: nothing below it is elaborated."""
    errors = [message for message in elaboration.header_messages if message.severity == "error"]
    if errors:
        raise InvalidRequest(f"The file's header has an error; mend it first: {errors[0].text}")


def refusal(target: Target) -> tuple[Status, str] | None:
    """Why nothing is tried at a hole: its outcome, and a sentence."""
    if target.hole.is_proposition is False:
        return Status.UNDETERMINED, "This hole stands for data, not for a proof: only propositions can be proved."
    command, hole = target.command, target.hole
    errors = [message for message in command.messages if message.severity == "error"]
    first_by = min(command.holes[0].start, hole.start) - len("by")
    stated = [error for error in errors if command.name_end < error.start < first_by]
    if stated:
        return Status.ERROR, f"The lemma has an error in front of its hole; mend it first: {stated[0].text}"
    if hole.goals or hole.kind == "by":
        return None
    if errors:
        return Status.ERROR, f"Lean does not get as far as this hole; mend its lemma first: {errors[0].text}"
    return Status.ERROR, "There is no goal at this hole: what stands there is never needed, and can be deleted."


def _why_not(attempt: Attempt) -> str:
    end = "Nothing was left to try" if attempt.exhausted else "The budget is used up"
    more = "a prover model may find more" if attempt.exhausted else "a larger budget or a prover model may find more"
    found = f"{end} after {attempt.tried} candidates and {attempt.seconds:.0f} s; {more}."
    return f"{found} {attempt.trouble}".strip()
