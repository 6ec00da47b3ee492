"""All subcommands of `turnstile`, each loaded when it is named: loading all takes longer than most of them run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from turnstile_lsp import __version__
from turnstile_lsp.command_line.running import EXIT_CODES

COMMANDS = {
    "complete": ("complete", "EXAMPLES"),
    "prove": ("prove", "EXAMPLES"),
    "suggest": ("suggest", "EXAMPLES"),
    "minimise": ("minimise", "EXAMPLES"),
    "verify": ("verify", "EXAMPLES"),
    "receipts": ("verify", "RECEIPTS_EXAMPLES"),
    "trust": ("trust", "EXAMPLES"),
    "stats": ("stats", "EXAMPLES"),
    "doctor": ("doctor", "EXAMPLES"),
}
"""Name: the module that has a function of that name, and there the end of its help."""

GROUPS = ("lean", "bench", "daemon")
"""Modules with subcommands of their own, which are their `application`."""


def application_for(arguments: Sequence[str]) -> typer.Typer:
    """The application with the subcommand that is named, or with all where none is."""
    application = typer.Typer(
        name="turnstile",
        help="Code completion and checked Lean 4 proofs, on your own machine.",
        epilog=EXIT_CODES,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
    )
    application.callback()(options)
    plain = {"allow_extra_args": True, "ignore_unknown_options": True}
    application.command("lsp", context_settings=plain, add_help_option=False)(language_server)
    named = arguments[:1] if set(arguments[:1]) & {*COMMANDS, *GROUPS} else (*COMMANDS, *GROUPS)
    for name in named:
        module_name, examples = COMMANDS.get(name, (name, ""))
        module = import_module(f"turnstile_lsp.command_line.{module_name}")
        if name in GROUPS:
            application.add_typer(module.application, name=name)
        else:
            application.command(name, epilog=getattr(module, examples))(getattr(module, name))
    return application


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        print(f"turnstile {__version__}")
        raise typer.Exit


def options(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Code completion and checked Lean 4 proofs, on your own machine."""


def language_server(context: typer.Context) -> None:
    """The language server, which editors start."""
    from turnstile_lsp.lsp_server.start import main

    sys.exit(main(context.args))
