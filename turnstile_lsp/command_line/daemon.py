"""`turnstile daemon status` and `turnstile daemon stop`."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from turnstile_lsp.agents.daemon.client import Daemon, DaemonNotRunning, stop_daemon
from turnstile_lsp.command_line.running import ALL_DONE, NOT_ALL_DONE, examples, run

application = typer.Typer(help="The process that holds models and Lean for all your editors.", no_args_is_help=True)


@application.command(epilog=examples("turnstile daemon status", "turnstile daemon status --json"))
def status(json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Say whether it runs, what it has loaded and which proofs it works on. Exit code 1: it does not run."""
    run(show_status(json))


async def show_status(json: bool) -> int:
    """Ask without starting one."""
    try:
        daemon = await Daemon.connect(start=False)
    except DaemonNotRunning:
        print("{}" if json else "No daemon is running; the next request starts one.")
        return NOT_ALL_DONE
    try:
        body = msgspec.to_builtins(await daemon.status())
    finally:
        await daemon.close()
    if json:
        print(msgspec.json.encode(body).decode())
    else:
        for name, value in body.items():
            print(f"{name:20} {value}")
    return ALL_DONE


@application.command(epilog=examples("turnstile daemon stop"))
def stop() -> None:
    """Stop it, with its models and Lean processes; running proofs are cancelled."""
    run(stop_running())


async def stop_running() -> int:
    """Stop one that runs; none is no error."""
    print("The daemon has stopped." if await stop_daemon() else "No daemon was running.")
    return ALL_DONE
