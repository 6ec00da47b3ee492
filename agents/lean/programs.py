"""Programs that run to their end: Lean as a compiler, Lake, a question for a version."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.processes import child_arguments

NOT_STARTED = 127
"""The exit code of a program that could not be started."""


class Finished(Struct, frozen=True):
    """What a program left behind."""

    code: int
    output: bytes
    complaint: str


async def run_program(
    command: Sequence[str],
    purpose: str,
    *,
    seconds: float,
    environment: Mapping[str, str],
    folder: Path | None = None,
    given: bytes = b"",
    mend: str | None = None,
) -> Finished:
    """Run a program to its end, with `given` on its standard input. It is killed with what it started after `seconds`, and
    when the caller is cancelled.

    Raises LeanFailed when it takes too long or cannot be started; `purpose` ("compile the driver") and `mend` are for the
    message.
    """
    process = await asyncio.create_subprocess_exec(
        *child_arguments(command),
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    name = Path(command[0]).name
    try:
        async with asyncio.timeout(seconds):
            output, complaint = await process.communicate(given)
    except TimeoutError:
        raise LeanFailed(f"{name} did not {purpose} within {seconds:.0f} s. Try it in a terminal.", mend=mend) from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    finished = Finished(process.returncode or 0, output, complaint.decode(errors="replace"))
    if finished.code == NOT_STARTED:
        raise LeanFailed(f"{command[0]} could not be started to {purpose}: {finished.complaint.strip()}.", mend=mend)
    return finished
