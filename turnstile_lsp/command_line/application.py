"""All subcommands of `turnstile`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from turnstile_lsp import __version__
from turnstile_lsp.command_line import bench, complete, daemon, doctor, lean, prove, stats, trust, verify
from turnstile_lsp.command_line.running import EXIT_CODES

application = typer.Typer(
    name="turnstile",
    help="Code completion and checked Lean 4 proofs, on your own machine.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        print(f"turnstile {__version__}")
        raise typer.Exit


@application.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Code completion and checked Lean 4 proofs, on your own machine."""


@application.command(
    "lsp", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False
)
def language_server(context: typer.Context) -> None:
    """The language server: --stdio (default), --tcp HOST:PORT or --ws HOST:PORT."""
    from turnstile_lsp.lsp_server.start import main

    sys.exit(main(context.args))


application.command("complete", epilog=complete.EXAMPLES)(complete.complete)
application.command("prove", epilog=prove.EXAMPLES)(prove.prove)
application.command("verify", epilog=verify.EXAMPLES)(verify.verify)
application.command("receipts", epilog=verify.RECEIPTS_EXAMPLES)(verify.receipts)
application.command("trust", epilog=trust.EXAMPLES)(trust.trust)
application.command("stats", epilog=stats.EXAMPLES)(stats.stats)
application.command("doctor", epilog=doctor.EXAMPLES)(doctor.doctor)
application.add_typer(lean.application, name="lean")
application.add_typer(bench.application, name="bench")
application.add_typer(daemon.application, name="daemon")
