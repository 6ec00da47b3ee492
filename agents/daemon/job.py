"""The process of one prover job: `python -m turnstile_lsp.agents.daemon.job DESCRIPTOR` (of its socket to the daemon).

SIGTERM cancels it; killed, it leaves nothing behind: Lean sessions and requests to models hang on the socket.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from pathlib import Path

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.daemon.messages import JobState
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.minimise import minimise
from turnstile_lsp.agents.prover.prove import prove
from turnstile_lsp.agents.prover.results import Event
from turnstile_lsp.agents.prover.suggest import suggest

WORK = {"prove": prove, "suggest": suggest, "minimise": minimise}
"""What does each task of a request."""

Events = asyncio.Queue[Event | None]


async def run(connected: socket.socket) -> None:
    """Prove what the daemon hands over, reporting every event and how it ended."""
    daemon = await Daemon.adopt(connected)
    start = await daemon.call("job.begin", messages.Nothing(), messages.StartJob)
    events: Events = asyncio.Queue()
    # Apart from the reporting, so that a cancel always reaches the prover, which then tells what it has.
    proving = asyncio.create_task(_prove(daemon, start, events))
    proving.add_done_callback(lambda _: events.put_nowait(None))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, proving.cancel)
    while (event := await events.get()) is not None:
        await daemon.call("job.report", event, None)
    await daemon.call("job.end", _end(proving), None)
    await daemon.close()


async def _prove(daemon: Daemon, start: messages.StartJob, events: Events) -> None:
    request = start.request
    engine = daemon.engine(request.model, start.key, start.options) if request.model else None
    path = Path(request.path) if request.path else None
    toolchain = await discover(path, request.text, environment=request.environment, trusted=request.trusted)
    async for event in WORK[request.task](request, daemon.lean(), toolchain, engine):
        events.put_nowait(event)


def _end(proving: asyncio.Task[None]) -> messages.EndJob:
    if proving.cancelled():
        return messages.EndJob(state=JobState.CANCELLED)
    error = proving.exception()
    if error is None:
        return messages.EndJob(state=JobState.FINISHED)
    if not isinstance(error, TurnstileError):
        logging.error("the prover failed", exc_info=error)
        error = TurnstileError("The prover failed; the daemon's log daemon.log says why.")
    return messages.EndJob(state=JobState.FAILED, error=error.to_wire())


if __name__ == "__main__":
    asyncio.run(run(socket.socket(fileno=int(sys.argv[1]))))
