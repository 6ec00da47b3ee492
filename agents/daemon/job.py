"""The process of one prover job: `python -m turnstile_lsp.agents.daemon.job DESCRIPTOR` (of its socket to the daemon).

It is killed to cancel it: all that must be freed then, Lean sessions and requests to models, hangs on the socket.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

from turnstile_lsp.agents.prover.prove import prove

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.toolchain import discover


async def run(connected: socket.socket) -> None:
    """Prove what the daemon hands over, reporting every event."""
    daemon = await Daemon.adopt(connected)
    start = await daemon.call("job.begin", messages.Nothing(), messages.StartJob)
    error: dict[str, Any] | None = None
    try:
        await _prove(daemon, start)
    except TurnstileError as raised:
        error = raised.to_wire()
    await daemon.call("job.end", error, None)
    await daemon.close()


async def _prove(daemon: Daemon, start: messages.StartJob) -> None:
    request = start.request
    engine = daemon.engine(request.model, start.key, start.options) if request.model else None
    path = Path(request.path) if request.path else None
    toolchain = await discover(path, request.text, environment=request.environment, trusted=request.trusted)
    async for event in prove(request, daemon.lean(), toolchain, engine):
        await daemon.call("job.report", event, None)


if __name__ == "__main__":
    asyncio.run(run(socket.socket(fileno=int(sys.argv[1]))))
