"""`turnstile doctor`: what is there, what is missing, and the one command that mends it."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct

from turnstile_lsp import __version__
from turnstile_lsp.agents import places
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.command_line.running import ALL_DONE, SOMETHING_MISSING, examples

EXAMPLES = examples("turnstile doctor", "turnstile doctor --json")


class Finding(Struct, frozen=True, kw_only=True):
    """One line of the table. `mend`: the command that mends it, None where nothing is wrong."""

    what: str
    found: str
    mend: str | None = None
    needed: bool = True


def python() -> Finding:
    """The interpreter."""
    return Finding(what="turnstile", found=f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}")


def local_models() -> Finding:
    """llama-cpp-python."""
    if importlib.util.find_spec("llama_cpp"):
        return Finding(what="local models", found="llama.cpp is installed")
    mend = "pip install 'turnstile-lsp[local]'"
    return Finding(what="local models", found="llama-cpp-python is missing; only remote servers can answer", mend=mend)


def completion_model() -> Finding:
    """The model that completes."""
    from turnstile_lsp.agents.models.names import resolve
    from turnstile_lsp.agents.settings import load

    name = load().settings.complete.model
    try:
        resolve(name)
    except TurnstileError as error:
        return Finding(what="completion model", found=error.message, mend=error.mend or "turnstile complete --help")
    return Finding(what="completion model", found=name)


def prover_model() -> Finding:
    """The model that proves, which is optional."""
    from turnstile_lsp.agents.settings import load

    name = load().settings.prove.model
    return Finding(what="prover model", found=name or "none: proofs come from the tactic portfolio", needed=False)


def embedded_lean() -> Finding:
    """The Lean for files outside projects."""
    from turnstile_lsp.agents.lean.embedded import installed

    try:
        lean = installed()
    except TurnstileError as error:
        return Finding(
            what="embedded Lean", found=error.message, mend=error.mend or "pip install 'turnstile-lsp[lean]'"
        )
    if lean is None:
        return Finding(what="embedded Lean", found="not installed", mend="turnstile lean install")
    return Finding(what="embedded Lean", found=f"{lean.version} at {lean.root}")


def other_lean() -> Finding:
    """Lean as the user has it; optional."""
    elan = Path(os.environ.get("ELAN_HOME") or Path.home() / ".elan") / "toolchains"
    toolchains = sorted(folder.name for folder in elan.iterdir()) if elan.is_dir() else []
    on_path = shutil.which("lean")
    found = (
        ", ".join([*toolchains, *([on_path] if on_path else [])]) or "none (projects need elan: leanprover's installer)"
    )
    return Finding(what="other Leans", found=found, needed=False)


def daemon() -> Finding:
    """Whether the daemon answers."""
    from turnstile_lsp.agents.daemon.client import Daemon, DaemonNotRunning

    async def ask() -> str:
        try:
            client = await Daemon.connect(start=False)
        except DaemonNotRunning:
            return "not running; the next request starts it"
        await client.close()
        return "running"

    try:
        return Finding(what="daemon", found=asyncio.run(ask()))
    except TurnstileError as error:
        return Finding(what="daemon", found=error.message, mend=error.mend or "turnstile daemon stop")


def folders() -> Finding:
    """Whether our folders can be written."""
    for folder in (places.cache_folder(), places.data_folder(), places.config_file().parent):
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if not os.access(existing, os.W_OK):
            mend = "set TURNSTILE_CACHE_DIR and TURNSTILE_DATA_DIR to folders that you may write to"
            return Finding(what="folders", found=f"{existing} cannot be written", mend=mend)
    return Finding(what="folders", found=f"{places.cache_folder()}, {places.data_folder()}")


CHECKS: tuple[Callable[[], Finding], ...] = (
    python,
    local_models,
    completion_model,
    prover_model,
    embedded_lean,
    other_lean,
    daemon,
    folders,
)


def doctor(json: Annotated[bool, typer.Option("--json", help="As a JSON list.")] = False) -> None:
    """Say what is there, what is missing and what mends it. Exit code 3: something is missing."""
    findings = [check() for check in CHECKS]
    if json:
        print(msgspec.json.encode(findings).decode())
    else:
        show(findings)
    raise typer.Exit(SOMETHING_MISSING if any(finding.mend and finding.needed for finding in findings) else ALL_DONE)


def show(findings: list[Finding]) -> None:
    """The table, in the terminal's width."""
    from rich.console import Console
    from rich.table import Column, Table

    table = Table("", "what", Column("found", overflow="fold"), Column("to mend it", overflow="fold"))
    for finding in findings:
        table.add_row("✗" if finding.mend else "✓", finding.what, finding.found, finding.mend or "")
    Console(markup=False).print(table)
