"""One command's proof: a job in the daemon, progress, and an edit that fits the document as it then is.

A proof is not thrown away because the user typed elsewhere. Edits below or beside the declaration move the result, edits
above it have it checked again in the new state, and only a changed declaration cancels.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from msgspec import Struct
from msgspec.structs import replace
from pygls.exceptions import JsonRpcException

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.engine.options import options_of
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.prover import holes
from turnstile_lsp.agents.prover.edits import Fate, Located, follow
from turnstile_lsp.agents.prover.results import (
    Event,
    Finished,
    Found,
    HoleResult,
    Progress,
    ProveRequest,
    Status,
    Task,
    client_environment,
    plain,
)
from turnstile_lsp.agents.prover.search.options import model_options
from turnstile_lsp.agents.settings import ProveSettings, Resolved
from turnstile_lsp.lsp_server.lean_text import Declaration, declaration_at, hole_at
from turnstile_lsp.lsp_server.progress import WorkDone
from turnstile_lsp.lsp_server.text_document import Edit, TextDocument

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.session import Session

POLL = 0.05
"""Seconds between two looks at whether the user cancelled or changed the declaration."""

ATTEMPTS = 8
"""How often an edit is offered anew because the document changed while it was on its way."""


class Order(Struct, frozen=True, kw_only=True):
    """What a command asks for: the declaration at `offset` (`whole`) or the hole there, within `budget` seconds for each
    hole. `token`: where the client wants progress. `task`: that of the request."""

    document: TextDocument
    offset: int
    whole: bool
    budget: float | None = None
    token: types.ProgressToken | None = None
    task: Task = "prove"


class Stopped(Exception):
    """The proof is of no use any more; the message says why."""


class Run:
    """One command's proof, from the job to the edit."""

    def __init__(self, session: Session, order: Order, progress: WorkDone) -> None:
        self._session = session
        self._order = order
        self._document = order.document
        self._text = order.document.text
        self._offset = order.offset
        self._declaration: Declaration | None = None
        self._progress = progress
        self._found: list[HoleResult] = []
        self.cancelled = False

    async def locate(self) -> str:
        """Find the declaration and the hole by their text; what to call the whole undertaking."""
        declaration = await asyncio.to_thread(declaration_at, self._text, self._offset)
        if declaration is None:
            return "Proving"
        self._declaration = declaration
        hole = hole_at(self._text, declaration, self._offset)
        if self._order.whole:
            self._offset = declaration.head
        elif hole is not None:
            self._offset = hole
        return f"Proving {declaration.title}" if self._order.whole else f"Filling a hole of {declaration.title}"

    async def work(self, edits: list[Edit]) -> dict[str, Any]:
        """Search, put in what was found, and answer. Raises `Stopped` and what the job raises."""
        resolved = await self._session.configuration.of(self._document.uri)
        request = self._request(resolved.settings.prove)
        daemon = await self._session.daemon.get()
        start = daemon.prove(request, self._key(resolved), options_of(resolved.settings))
        results = await self._job(daemon, start, lambda: self._check_changes(edits))
        results = await self._put_in(daemon, request, results, edits)
        return self._summary(results)

    def _request(self, settings: ProveSettings) -> ProveRequest:
        return ProveRequest(
            text=self._text,
            task=self._order.task,
            path=self._document.path,
            offsets=(self._offset,),
            budget=self._order.budget or settings.budget,
            stages=settings.stages,
            model=settings.model,
            samples=settings.samples,
            model_options=model_options(settings),
            trusted=self._session.configuration.is_trusted(self._document.uri),
            environment=client_environment(),
        )

    @staticmethod
    def _key(resolved: Resolved) -> str | None:
        model = resolved.settings.prove.model
        return resolved.key(model) if model else None

    def answer(self, status: Status, message: str) -> dict[str, Any]:
        """The answer when there is no final result: what was found so far is kept in it."""
        if (found := next((result for result in self._found if result.proof), None)) is not None:
            return plain(replace(found, status=status, message=f"{message} The proof that was found: {found.proof}"))
        line, column = self._text.count("\n", 0, self._offset) + 1, holes.column_of(self._text, self._offset) + 1
        name = self._declaration.name or None if self._declaration else None
        return {
            **{"name": name, "line": line, "column": column},
            **{"end": {"line": line, "column": column}, "status": status.value, "proof": None, "axioms": []},
            **{"unfinished": [], "remaining": 0, "seconds": 0.0, "finder": None, "message": message},
        }

    async def _job(self, daemon: Daemon, start: Awaitable[str], check: Callable[[], None]) -> Sequence[HoleResult]:
        """Run a job to its end. When this is cancelled or `check` raises, the job is cancelled with it."""
        job = await start
        following = asyncio.create_task(self._follow(daemon, job))
        try:
            while not following.done():
                await asyncio.wait({following}, timeout=POLL)
                if self.cancelled or self._progress.is_cancelled:
                    raise Stopped("The proof was cancelled.")
                check()
            return await following
        finally:
            if not following.done():
                following.cancel()
                # A job outlives the window that asked for it, but not the user's wish to stop it.
                if not self._session.server.protocol.is_shut_down:
                    with contextlib.suppress(TurnstileError):
                        await daemon.cancel(job)

    async def _follow(self, daemon: Daemon, job: str) -> Sequence[HoleResult]:
        finished: Finished | None = None
        async with aclosing(daemon.attach(job)) as events:
            async for event in events:
                self._report(event)
                if isinstance(event, Finished):
                    finished = event
        return finished.results if finished else self._found

    def _report(self, event: Event) -> None:
        if isinstance(event, Progress):
            share = (event.hole + event.fraction) / max(1, event.holes)
            self._progress.report(event.message or event.stage, share)
        elif isinstance(event, Found):
            self._found.append(event.result)

    def _check_changes(self, edits: list[Edit]) -> None:
        """Raise `Stopped` once an edit touches the declaration."""
        declaration = self._declaration
        if declaration is None or not edits:
            return
        located = Located(
            start=self._offset, end=self._offset, command_start=declaration.start, command_end=declaration.end
        )
        if follow(located, prover_edits(edits)).fate is Fate.CHANGED:
            raise Stopped(f"{declaration.title} was changed while it was being proved.")

    async def _put_in(
        self,
        daemon: Daemon,
        request: ProveRequest,
        results: Sequence[HoleResult],
        edits: list[Edit],
    ) -> Sequence[HoleResult]:
        """Put the proofs into the document as it is now; the results, with those that did not hold any more.

        A client that takes no edits has the proofs in the answer.
        """
        proved = [result for result in results if result.status is Status.PROVED and result.proof is not None]
        if not proved or not self._client_can_edit:
            return results
        places = [_located(result) for result in proved]
        seen = 0
        for _ in range(ATTEMPTS):
            new, seen = edits[seen:], len(edits)
            places = [follow(place, prover_edits(new)) for place in places]
            if any(place.fate is Fate.CHANGED for place in places):
                raise Stopped("The declaration was changed while it was being proved.")
            if any(place.fate is Fate.RECHECK for place in places):
                if (failed := await self._check_again(daemon, request, proved, places)) is not None:
                    return failed
                places = [replace(place, fate=Fate.KEPT) for place in places]
            else:
                replacements = [result.proof or "" for result in proved]
                if await self._apply(places, replacements, "Proof by Turnstile"):
                    return results
        raise Stopped("The document kept changing, so the proof could not be put in.")

    async def _check_again(
        self, daemon: Daemon, request: ProveRequest, proved: Sequence[HoleResult], places: Sequence[Located]
    ) -> Sequence[HoleResult] | None:
        """Judge the proofs in the document as it is now; None if they still hold, else the results to report."""
        self._progress.report("Checking the proof again after an edit above it", 0.99)
        again = replace(
            request,
            text=self._document.text,
            offsets=[place.start for place in places],
            proposals=[result.proof for result in proved if result.proof],
            stages=(),
        )
        results = await self._job(daemon, daemon.prove(again), lambda: None)
        if all(result.status is Status.PROVED for result in results) and len(results) == len(proved):
            return None
        message = "The proof does not hold any more after an edit above it."
        return [replace(result, status=Status.UNPROVED, message=message) for result in proved]

    @property
    def _client_can_edit(self) -> bool:
        workspace = self._session.server.client_capabilities.workspace
        return bool(workspace and workspace.apply_edit)

    async def _apply(self, places: Sequence[Located], replacements: Sequence[str], label: str) -> bool:
        """One versioned edit with all replacements; whether the client took it. Raises `Stopped` where it did not and the
        document is still the same: then the user did not want it, or the client cannot."""
        document = self._session.server.workspace.document(self._document.uri)
        if document is None or document.text != self._document.text:
            raise Stopped("The document was closed and then changed, so nothing could be put in.")
        text_edits = [
            types.TextEdit(document.range(place.start, place.end), replacement)
            for place, replacement in zip(places, replacements, strict=True)
        ]
        identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
        edit = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(text_edits))])
        capabilities = self._session.server.client_capabilities.workspace
        if not (capabilities and capabilities.workspace_edit and capabilities.workspace_edit.document_changes):
            edit = types.WorkspaceEdit(changes={document.uri: text_edits})
        params = types.ApplyWorkspaceEditParams(edit, label)
        try:
            applied = await self._session.server.workspace_apply_edit_async(params)
        except JsonRpcException as error:
            applied = types.ApplyWorkspaceEditResult(applied=False, failure_reason=error.message)
        if not applied.applied and document.version == identifier.version:
            reason = f" ({applied.failure_reason})" if applied.failure_reason else ""
            raise Stopped(f"The editor did not put it in{reason}.")
        return applied.applied

    def _summary(self, results: Sequence[HoleResult]) -> dict[str, Any]:
        if not results:
            return self.answer(Status.UNPROVED, "There is nothing to prove here.")
        worst = next((result for result in results if result.status is not Status.PROVED), results[0])
        body = plain(worst)
        if worst.status is not Status.PROVED:
            self._session.status.tell(worst.message)
        return body if len(results) == 1 else {**body, "results": [plain(result) for result in results]}


def _located(result: HoleResult) -> Located:
    return Located(
        start=result.start_offset,
        end=result.end_offset,
        command_start=result.command_start_offset,
        command_end=result.command_end_offset,
    )


def prover_edits(edits: Sequence[Edit]) -> list[holes.Edit]:
    return [holes.Edit(start=edit.start, end=edit.end, replacement=edit.replacement) for edit in edits]
