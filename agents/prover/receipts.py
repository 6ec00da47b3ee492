"""Receipts of proofs made here: what was proved, by whom, under what, so that it can be checked and told again.

The job process writes them into the data folder, one for each command that it completed; front ends read them. A receipt
proves nothing: `verify` has Lean check again what it says.
"""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstile_lsp import __version__
from turnstile_lsp.agents.database import BUSY_SECONDS, open_database
from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.base import Toolchain
from turnstile_lsp.agents.models.names import LocalModel, resolve
from turnstile_lsp.agents.places import data_folder
from turnstile_lsp.agents.prover.results import SYMBOLIC, HoleResult, ProveRequest

_SCHEMA = """
create table if not exists receipt (
    command text not null, start integer not null, body blob not null, primary key (command, start)
)
"""


class Receipt(Struct, frozen=True, kw_only=True):
    """One proof. `command`: the command with the proof in it, at `[start, end)` (code points). `statement`: the goals at
    the hole as Lean printed them. `context`: SHA-256 of the document's text above the command. `lean`: version.
    `imports`: SHA-256 of the import lines and of the imported files that are not Lean's own. `options`: SHA-256 of the
    project's options. `finder`: "stage:detail"; `language_model`: whether a language model wrote it, then `model` is its
    name and `model_hash` the SHA-256 of its file where its card tells it. `made`: UTC, ISO 8601."""

    name: str | None
    command: str
    start: int
    end: int
    statement: str
    context: str
    axioms: Sequence[str]
    finder: str
    language_model: bool
    model: str | None
    model_hash: str | None
    lean: str
    imports: str
    options: str
    seconds: float
    turnstile: str
    made: str


def receipt(
    request: ProveRequest,
    toolchain: Toolchain,
    result: HoleResult,
    goals: Sequence[str],
    text: str,
    place: range,
    start: int,
) -> Receipt:
    """The receipt of a proof in `text`, the document with all proofs: `place` is its command's range there, `start` where
    the proof begins. Code points."""
    assert result.proof is not None
    assert result.finder is not None
    stage, _, detail = result.finder.removeprefix("store:").partition(":")
    by_model = stage == "model" or (stage == "search" and detail != SYMBOLIC)
    model = request.model if by_model else None
    return Receipt(
        name=result.name,
        command=text[place.start : place.stop],
        start=start - place.start,
        end=start - place.start + len(result.proof),
        statement="\n\n".join(goals),
        context=digest(text[: place.start]),
        axioms=result.axioms,
        finder=result.finder,
        language_model=by_model,
        model=model,
        model_hash=_model_hash(model),
        lean=toolchain.version,
        imports=imports_digest(text[: place.start], toolchain),
        options=options_digest(toolchain),
        seconds=result.seconds,
        turnstile=__version__,
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )


class ReceiptStore:
    """Receipts by the text of their command. Several processes may use one file."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or data_folder() / "receipts.sqlite"

    def keep(self, receipt: Receipt) -> None:
        """Keep a receipt, the latest for its place. Does nothing where nothing can be written."""
        row = (digest(receipt.command), receipt.start, msgspec.json.encode(receipt))
        try:
            with closing(open_database(self._file, _SCHEMA)) as store, store:
                store.execute("insert or replace into receipt values (?, ?, ?)", row)
        except (OSError, sqlite3.Error):
            return

    def find(self, command: str) -> list[Receipt]:
        """The receipts for a command with this very text; none where the file cannot be read."""
        return self._read("select body from receipt where command = ?", digest(command))

    def _all(self) -> list[Receipt]:
        return self._read("select body from receipt")

    def _read(self, query: str, *values: str) -> list[Receipt]:
        if not self._file.exists():
            return []
        try:
            with closing(sqlite3.connect(self._file, timeout=BUSY_SECONDS)) as store:
                rows = store.execute(query, values).fetchall()
            return [msgspec.json.decode(body, type=Receipt) for (body,) in rows]
        except (sqlite3.Error, msgspec.DecodeError):
            return []

    def within(self, text: str) -> list[Receipt]:
        """The receipts whose command stands in a document, in the document's order."""
        text = text.replace("\r\n", "\n")
        places = [(text.find(each.command.replace("\r\n", "\n")), each.start, each) for each in self._all()]
        return [each for at, _, each in sorted(places, key=lambda place: place[:2]) if at >= 0]


def digest(text: str) -> str:
    """SHA-256 of a text, line ends as LF: a checkout may change them."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def options_digest(toolchain: Toolchain) -> str:
    """SHA-256 of what the project sets as options."""
    return hashlib.sha256(msgspec.json.encode(dict(toolchain.options), order="sorted")).hexdigest()


def imports_digest(text: str, toolchain: Toolchain) -> str:
    """SHA-256 of the import lines of `text` and of the `.olean` files behind them on the project's path."""
    found = hashlib.sha256()
    for line in text.splitlines():
        words = line.split("--")[0].split()
        if "import" in words[:3]:
            found.update(" ".join(words).encode())
            parts = words[-1].split(".")
            for file in (Path(folder, *parts).with_suffix(".olean") for folder in toolchain.lean_path):
                if file.is_file():
                    with file.open("rb") as opened:
                        found.update(hashlib.file_digest(opened, "sha256").digest())
                    break
    return found.hexdigest()


def _model_hash(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        model = resolve(name)
    except TurnstileError:
        return None
    return model.card.sha256 if isinstance(model, LocalModel) and model.card else None
