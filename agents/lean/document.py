"""What the driver says of a document, in bytes, and its translation into the caller's code points."""

from __future__ import annotations

from msgspec import Raw, Struct, field

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.lean.base import Command, Hole, Judgement, LeanMessage
from turnstile_lsp.agents.lean.positions import Positions, common_prefix

LARGEST_DOCUMENT = 5_000_000
"""Bytes. The longest file of Mathlib has 250,000."""


class DriverHole(Struct):
    """`base.Hole` in bytes."""

    kind: str
    start: int
    end: int
    goals: list[str]
    is_proposition: bool | None


class DriverMessage(Struct):
    """`base.LeanMessage` in bytes."""

    severity: str
    text: str
    start: int
    end: int

    def translated(self, positions: Positions) -> LeanMessage:
        return LeanMessage(
            severity=self.severity,
            text=self.text,
            start=positions.to_offset(self.start),
            end=positions.to_offset(self.end),
        )


class DriverCommand(Struct):
    """`base.Command` in bytes, with the driver's number of the state before it."""

    start: int
    end: int
    kind: str
    state: int
    name: str | None
    name_start: int
    name_end: int
    messages: list[DriverMessage]
    holes: list[DriverHole]

    def translated(self, positions: Positions, state: int) -> Command:
        return Command(
            start=positions.to_offset(self.start),
            end=positions.to_offset(self.end),
            kind=self.kind,
            state=state,
            name=self.name,
            name_start=positions.to_offset(self.name_start),
            name_end=positions.to_offset(self.name_end),
            messages=[message.translated(positions) for message in self.messages],
            holes=[_hole(hole, positions) for hole in self.holes],
        )


class DriverHeader(Struct):
    """The answer to a new document; empty when only commands changed. `state`: before the first command."""

    header_end: int = 0
    header_messages: list[DriverMessage] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    imported: bool = True
    state: int = 0


class DriverProgress(Struct):
    """The answer to `advance`."""

    commands: list[DriverCommand]
    done: bool
    end_state: int


class DriverVerdict(Struct):
    """`base.Verdict` as the driver says it. `claim`: what the candidate added to Lean's environment, where nothing speaks
    against it; the verdict counts when that was judged."""

    judgement: Judgement
    reason: str = ""
    axioms: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    remaining: int = 0
    suggestions: list[str] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)
    messages: list[DriverMessage] = field(default_factory=list)
    claim: Raw = Raw()


class Document:
    """What a session knows of its document: the commands that Lean has elaborated, from the first one on."""

    def __init__(self, text: bytes, header: DriverHeader, commands: list[DriverCommand], end_state: int) -> None:
        self.text = text
        self.header = header
        self.commands = commands
        self.end_state = end_state
        self.complete = not header.imported

    def unchanged(self, text: bytes) -> int | None:
        """How many of the commands stand at the start of `text` too; None when the header may differ.

        What follows a command decides where it ends, so the first word after it must be the same.
        """
        same = common_prefix(self.text, text)
        if same == len(self.text) == len(text):
            return len(self.commands)
        starts_unchanged = sum(1 for command in self.commands if self._end_of_word(command.start) < same)
        return starts_unchanged - 1 if starts_unchanged else None

    def state_before(self, command: int) -> int:
        """The driver's number for the state before a command, or after the last."""
        return self.commands[command].state if command < len(self.commands) else self.end_state

    def reaches(self, command: int | None, byte: int | None) -> bool:
        """Whether the state before a command is there, or the command at a byte of the text."""
        if byte is not None:
            return bool(self.commands) and self.commands[-1].end >= byte
        return command is not None and command <= len(self.commands)

    def add(self, progress: DriverProgress) -> None:
        self.commands += progress.commands
        self.end_state, self.complete = progress.end_state, progress.done

    def _end_of_word(self, start: int) -> int:
        word = self.text[start : start + 80].split(maxsplit=1)
        return start + len(word[0]) if word else len(self.text)


def check_text(text: str) -> None:
    """Raise InvalidRequest for what cannot be a Lean file."""
    if len(text) > LARGEST_DOCUMENT:
        raise InvalidRequest(
            f"The document has {len(text) / 1e6:.1f} million characters; Lean files of over "
            f"{LARGEST_DOCUMENT / 1e6:.0f} million are not elaborated. Split the file."
        )
    if text.startswith("\ufeff"):
        raise InvalidRequest(
            "The file begins with a byte order mark, which Lean does not read. Save it as UTF-8 without one."
        )
    if "\0" in text:
        raise InvalidRequest("The document holds binary data. Open a Lean source file in UTF-8.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("The document holds half a surrogate pair. Save it as UTF-8.") from None


def _hole(hole: DriverHole, positions: Positions) -> Hole:
    start = positions.to_offset(hole.start)
    return Hole(
        kind=hole.kind,
        start=start,
        end=positions.to_offset(hole.end),
        goals=hole.goals,
        is_proposition=hole.is_proposition,
        column=positions.column(start),
    )
