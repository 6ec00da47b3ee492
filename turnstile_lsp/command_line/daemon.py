"""`turnstile daemon status` and `turnstile daemon stop`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer

from turnstile_lsp.agents.daemon.client import Daemon, DaemonNotRunning, Status, stop_daemon
from turnstile_lsp.command_line.running import ALL_DONE, NOT_ALL_DONE, examples, run

application = typer.Typer(help="The process that holds models and Lean for all your editors.", no_args_is_help=True)


@application.command(epilog=examples("turnstile daemon status", "turnstile daemon status --json"))
def status(json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Say whether it runs, what it has loaded and what it does. Exit code 1: it does not run."""
    run(show_status(json))


async def show_status(json: bool) -> int:
    """Ask without starting one."""
    try:
        daemon = await Daemon.connect(start=False)
    except DaemonNotRunning:
        print("{}" if json else "No daemon is running; the next request starts one.")
        return NOT_ALL_DONE
    try:
        found = await daemon.status()
    finally:
        await daemon.close()
    if json:
        print(msgspec.json.encode(found).decode())
    else:
        print(*described(found), sep="\n")
    return ALL_DONE


def described(found: Status) -> Iterator[str]:
    """What it has loaded and does, a line each."""
    memory = sum(process.memory_megabytes for process in found.processes)
    ending = ", ending when its work is done" if found.draining else ""
    yield f"Turnstile {found.package} runs as process {found.pid} for {_time(found.seconds)}{ending}."
    yield f"clients: {found.clients - 1} besides this one; processes: {len(found.processes)} with {memory:.0f} MB"
    for model in found.models:
        yield f"model {model.model}: " + ("answering" if model.requests else f"idle for {_time(model.idle_seconds)}")
    for job in found.jobs:
        yield f"proof job {job.id} on {job.path or 'a document without a file'}: {job.state}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


@application.command(epilog=examples("turnstile daemon stop"))
def stop() -> None:
    """Stop it, with its models and Lean processes. Running proofs are cancelled."""
    run(stop_running())


async def stop_running() -> int:
    """Stop one that runs; none is no error."""
    print("The daemon has stopped." if await stop_daemon() else "No daemon was running.")
    return ALL_DONE
