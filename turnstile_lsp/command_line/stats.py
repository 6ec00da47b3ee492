"""`turnstile stats`."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table

from turnstile_lsp.agents.coder.statistics import Event, Total, statistics_file, totals
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.command_line.running import ALL_DONE, NOT_ALL_DONE, examples, fail

EXAMPLES = examples("turnstile stats", "turnstile stats --days 7", "turnstile stats --json")

COUNTS = ("offered", "shown", "accepted", "partly", "rejected", "characters")


def stats(
    days: Annotated[int | None, typer.Option(min=1, help="Only the last so many days.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As one JSON array.")] = False,
) -> None:
    """Show what became of completions on this machine. Counted here, kept here. Exit code 1: nothing was counted yet."""
    since = datetime.date.today() - datetime.timedelta(days=days - 1) if days else datetime.date.min
    try:
        found = totals(since=since)
    except sqlite3.Error as error:
        path = statistics_file()
        fail(TurnstileError(f"The statistics in {path} cannot be read ({error}).", f"mv {path} {path}.damaged"))
    if json:
        print(msgspec.json.encode(found).decode())
    elif found:
        Console(markup=False).print(table(found))
    else:
        print("Nothing has been counted yet.")
    raise typer.Exit(ALL_DONE if found else NOT_ALL_DONE)


def table(found: Sequence[Total]) -> Table:
    """A row for each language and model. An editor that does not tell what it showed has none under "shown"."""
    rows = Table("language", Column("model", overflow="fold"), *COUNTS, box=None)
    counts = {(total.language, total.model, total.event): total for total in found}
    for language, model in sorted({(total.language, total.model) for total in found}):
        by_event = {event: counts.get((language, model, event)) for event in Event}
        taken = [by_event[Event.ACCEPTED], by_event[Event.PARTLY_ACCEPTED]]
        characters = sum(total.characters for total in taken if total)
        rows.add_row(
            language, model, *(str(total.count) if total else "" for total in by_event.values()), str(characters)
        )
    return rows
