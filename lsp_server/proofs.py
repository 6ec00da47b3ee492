"""Proofs and suggestions asked for in the editor: what is under way, and what is told about it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from turnstile_lsp.agents import tracing
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.prover.results import Status
from turnstile_lsp.lsp_server.minimising import Minimising
from turnstile_lsp.lsp_server.progress import WorkDone
from turnstile_lsp.lsp_server.proof_run import Order, Run, Stopped
from turnstile_lsp.lsp_server.status import State
from turnstile_lsp.lsp_server.suggestions import Suggesting

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.session import Session

RUNS = {"prove": Run, "suggest": Suggesting, "minimise": Minimising}
"""Who sees to each task."""


class Proofs:
    """One connection's proofs under way."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._running: dict[Run, str] = {}

    async def run(self, order: Order) -> dict[str, Any]:
        """Do what is ordered, put it into the document and say how it went.

        The result is an object as `prove --json` prints: of the first hole that was not proved, else of the first one;
        `results` has those of all holes where there are several, `suggestions` what was suggested.
        """
        tracing.request_id.set(tracing.new_request_id())
        status = self._session.status
        progress = WorkDone(self._session.server, order.token)
        run = RUNS[order.task](self._session, order, progress)
        self._running[run] = order.document.uri
        message = ""
        try:
            with order.document.watch() as edits:
                title = await run.locate()
                status.set(State.BUSY, f"{title}.")
                await progress.begin(title)
                answer = await run.work(edits)
            message = answer["message"] or f"Proved in {answer['seconds']:.1f} s by {answer['finder']}."
            status.set(State.READY, message, model=answer["finder"])
            return answer
        except asyncio.CancelledError:
            status.set(State.READY, "It was cancelled.")
            raise
        except Stopped as stopped:
            message = str(stopped)
            status.set(State.READY, message)
            return run.answer(Status.CANCELLED, message)
        except TurnstileError as error:
            message = error.message
            status.failed(error)
            return run.answer(Status.ERROR, message)
        finally:
            del self._running[run]
            progress.end(message)

    def cancel(self, uri: str | None) -> int:
        """Stop what is under way in a document (None: everywhere); how many that were."""
        stopped = [run for run, running_uri in self._running.items() if uri in (None, running_uri)]
        for run in stopped:
            run.cancelled = True
        return len(stopped)
