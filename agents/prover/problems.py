"""Sets of problems in the format of miniF2F and ProofNet: one JSON object a line."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.errors import InvalidRequest


class Problem(Struct, frozen=True, kw_only=True):
    """One statement. `formal_statement` ends in `:= by` (miniF2F), `:=` (ProofNet) or `sorry`. `header`: what stands above
    it, imports first. `lean_version`: the Lean that the set was written for, where it says so."""

    name: str
    formal_statement: str
    header: str = ""
    split: str = ""
    informal_prefix: str = ""
    goal: str = ""
    lean_version: str | None = None

    def document(self) -> str:
        """A Lean file with the statement and a `sorry` on a line of its own in place of its proof; the informal prefix is
        left out, as in the verified text of DeepSeek-Prover."""
        statement = re.sub(r"\bsorry\s*\Z", "", self.formal_statement).rstrip()
        if statement.endswith(":="):
            statement += " by"
        header = self.header.rstrip()
        above = f"{header}\n\n" if header else ""
        return f"{above}{statement}\n  sorry\n"


class ProblemSet(Struct, frozen=True, kw_only=True):
    """The problems of a file, and the SHA-256 of it."""

    problems: Sequence[Problem]
    digest: str


def read_set(path: Path, split: str | None = None) -> ProblemSet:
    """The problems of a file, those of one split if named.

    Raises `InvalidRequest` for a file that cannot be read, a line that is no problem, a name that comes twice, or a split
    that has none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read ({error.strerror}); name a .jsonl file.") from None
    problems: dict[str, Problem] = {}
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).splitlines(), 1):
        if not line.strip():
            continue
        try:
            problem = msgspec.json.decode(line, type=Problem)
        except msgspec.DecodeError as error:
            raise InvalidRequest(
                f"{path}:{number} is no problem ({error}); a line is a JSON object with `name` and `formal_statement`."
            ) from None
        if problem.name in problems:
            raise InvalidRequest(f"{path}:{number}: the name {problem.name} comes twice; names must differ.")
        problems[problem.name] = problem
    chosen = [problem for problem in problems.values() if split in (None, problem.split)]
    if not chosen:
        splits = ", ".join(sorted({problem.split for problem in problems.values()})) or "none"
        raise InvalidRequest(f"{path} has no problem to try; its splits are: {splits}.")
    return ProblemSet(problems=chosen, digest=hashlib.sha256(data).hexdigest())
