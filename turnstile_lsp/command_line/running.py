"""Running a subcommand: asyncio, errors as sentences, exit codes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn

import typer

from turnstile_lsp.agents.errors import InvalidRequest, Missing, TurnstileError
from turnstile_lsp.agents.lean.project import folders_to_trust
from turnstile_lsp.agents.settings import COMMAND_LINE, Resolved, load
from turnstile_lsp.agents.trust import TrustStore

ALL_DONE = 0
NOT_ALL_DONE = 1
WRONG_USE = 2
SOMETHING_MISSING = 3
INTERRUPTED = 130

EXIT_CODES = (
    "Exit codes: 0 all proved or answered · 1 some not · 2 wrong use · 3 something is missing on this machine "
    "(`turnstile doctor` says what)."
)


def examples(*lines: str) -> str:
    """The end of a subcommand's help, one example a line (`\\b` keeps the lines apart)."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def fail(error: TurnstileError) -> NoReturn:
    """End the command with the error's sentence and its exit code."""
    print(f"turnstile: {error.message}", file=sys.stderr)
    if error.mend and error.mend not in error.message:
        print(f"           {error.mend}", file=sys.stderr)
    code = (
        SOMETHING_MISSING
        if isinstance(error, Missing)
        else WRONG_USE
        if isinstance(error, InvalidRequest)
        else NOT_ALL_DONE
    )
    raise typer.Exit(code)


def run(work: Coroutine[Any, Any, int]) -> NoReturn:
    """Run a subcommand's coroutine and exit with the code that it returns."""
    try:
        code = asyncio.run(work)
    except TurnstileError as error:
        fail(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise typer.Exit(code)


def read_source(path: Path) -> str:
    """A source file's text, line ends as they are. Raises `InvalidRequest` for what is no text file."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise InvalidRequest(f"There is no file {path}; check its name.") from None
    except UnicodeDecodeError:
        raise InvalidRequest(f"{path} is not UTF-8 text; save it as UTF-8 first.") from None
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read ({error.strerror}); check its permissions.") from None


def read_lean(path: Path) -> str:
    """A Lean file's text. Raises `InvalidRequest` for what is none."""
    text = read_source(path)
    if path.suffix != ".lean":
        raise InvalidRequest(f"{path} is no Lean file: its name does not end in .lean.")
    return text


def settings_for(file: Path, *, trust: bool, **overrides: Any) -> tuple[Resolved, bool]:
    """The settings in force for a file and whether its Lean project may run. Bad values are named on standard error.

    Raises `InvalidRequest` for one that was given as an option."""
    file, store = file.resolve(), TrustStore()
    workspace = workspace_of(file.parent)
    given = {name.replace("__", "."): value for name, value in overrides.items() if value is not None}
    resolved = load(folder=workspace, trusted=trust or store.is_trusted(workspace), overrides=given)
    for problem in resolved.problems:
        if problem.source == COMMAND_LINE:
            raise InvalidRequest(problem.sentence())
        print(f"turnstile: {problem.sentence()}", file=sys.stderr)
    return resolved, trust or all(map(store.is_trusted, folders_to_trust(file)))


def workspace_of(folder: Path) -> Path:
    """The nearest folder upwards with a `turnstile.toml` or a repository, else the folder itself."""
    for candidate in (folder, *folder.parents):
        if (candidate / "turnstile.toml").exists() or (candidate / ".git").exists():
            return candidate
    return folder
