"""`turnstile verify FILE` and `turnstile receipts FILE`."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Judgement
from turnstile_lsp.agents.lean.toolchain import discover
from turnstile_lsp.agents.prover.prove import import_lines
from turnstile_lsp.agents.prover.receipts import Receipt, ReceiptStore
from turnstile_lsp.agents.prover.verify import Checked, disclosure, verify_file, verify_receipts
from turnstile_lsp.command_line.running import (
    ALL_DONE,
    NOT_ALL_DONE,
    examples,
    read_lean,
    read_source,
    run,
    settings_for,
)

EXAMPLES = examples(
    "turnstile verify Basic.lean",
    "turnstile verify Basic.lean --receipts Basic.receipts.jsonl",
    "turnstile verify Basic.lean --json",
)
RECEIPTS_EXAMPLES = examples("turnstile receipts Basic.lean > Basic.receipts.jsonl")

File = Annotated[Path, typer.Argument(metavar="FILE", help="A Lean file.")]
Trust = Annotated[bool, typer.Option("--trust", help="Trust the file's folder this once: its Lake may run.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line for each lemma.")]


def verify(
    file: File,
    receipts: Annotated[Path | None, typer.Option(help="Replay these receipts instead of all lemmas.")] = None,
    json: Json = False,
    trust: Trust = False,
) -> None:
    """Have Lean check every proof of a file anew. Each is checked alone and without any model; what a reader of a pull
    request should know is printed. Exit code 0: all verified."""
    run(_verify(file, receipts, json, trust))


def receipts(file: File) -> None:
    """Print the receipts of the proofs in a file that were made here. They are JSON objects, one a line, which `turnstile
    verify FILE --receipts` replays, on this machine or another."""
    run(_receipts(file))


async def _verify(file: Path, receipts: Path | None, json: bool, trust: bool) -> int:
    text = read_lean(file)
    replayed = None if receipts is None else _read_receipts(receipts)
    _, trusted = settings_for(file, trust=trust)
    toolchain = await discover(file.resolve(), text, environment=os.environ, trusted=trusted)
    daemon = await Daemon.connect()
    try:
        session = await daemon.lean().session(toolchain, import_lines(text))
        try:
            if replayed is None:
                checked = await _show(file, verify_file(session, text, ReceiptStore()), json)
            else:
                checked = await _show(file, verify_receipts(session, toolchain, text, replayed), json)
        finally:
            await session.close()
    finally:
        await daemon.close()
    if not json:
        print(disclosure(checked))
    return ALL_DONE if all(each.judgement is Judgement.VERIFIED for each in checked) else NOT_ALL_DONE


async def _show(file: Path, lemmas: AsyncGenerator[Checked, None], json: bool) -> list[Checked]:
    checked = []
    async with aclosing(lemmas):
        async for each in lemmas:
            checked.append(each)
            print(msgspec.json.encode(each).decode() if json else f"{file}:{each.line}: {_sentence(each)}", flush=True)
    return checked


def _sentence(checked: Checked) -> str:
    name = checked.name or "example"
    if checked.judgement is not Judgement.VERIFIED:
        return f"{name}: not verified. {checked.reason}"
    axioms = f", axioms: {', '.join(checked.axioms)}" if checked.axioms else ""
    found = "; ".join(dict.fromkeys(f"found by {receipt.finder}" for receipt in checked.receipts))
    return f"{name}: verified{axioms}" + (f", {found}" if found else "")


def _read_receipts(file: Path) -> list[Receipt]:
    try:
        return [msgspec.json.decode(line, type=Receipt) for line in read_source(file).splitlines() if line.strip()]
    except msgspec.DecodeError as error:
        raise InvalidRequest(
            f"{file} holds something that is no receipt ({error}); write it anew with `turnstile receipts`."
        ) from None


async def _receipts(file: Path) -> int:
    """Found by the text of the commands, so that no Lean is needed."""
    found = ReceiptStore().within(read_lean(file))
    for receipt in found:
        print(msgspec.json.encode(receipt).decode())
    if not found:
        print(f"turnstile: No proof in {file} was made here.", file=sys.stderr)
    return ALL_DONE if found else NOT_ALL_DONE
