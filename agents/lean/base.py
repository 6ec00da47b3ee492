"""One interface to Lean: toolchains, sessions on a document, states, holes and verdicts.

Positions are offsets in code points into the text as the caller has it (CRLF included); sessions map them to Lean's
own bytes and back. A *state* is the number of an immutable command state (environment, namespaces, opens, variables)
kept by the Lean process; going back to it is free. State numbers die with their process: a session replays the
document when it had to start Lean anew, and the caller never notices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct, field


class Toolchain(Struct, frozen=True, kw_only=True):
    """A Lean that can be started for a file. `command` starts `lean` (further arguments follow it).
    `lean_path`: folders of `.olean` trees besides the toolchain's own. `options`: what `lake setup-file` prints as
    options (the editor's own). `setup`: the whole setup JSON, None without a project. `project`: its root folder.
    `embedded`: the Lean that Turnstile installs itself. `working_folder`: where Lean runs."""

    command: Sequence[str]
    version: str
    embedded: bool = False
    project: str | None = None
    lean_path: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    setup: Mapping[str, Any] | None = None
    working_folder: str = "/tmp"


class LeanMessage(Struct, frozen=True, kw_only=True):
    """One message of Lean. `severity`: "error", "warning" or "information". `start`, `end`: document offsets."""

    severity: str
    text: str
    start: int
    end: int


class Hole(Struct, frozen=True, kw_only=True):
    """A place in a command where a proof is missing.

    `kind`: "term" (`sorry` as a term), "tactic" (`sorry` as a tactic) or "by" (a `by` block that is empty or has an
    error: the hole is what follows the keyword `by`). `start`, `end`: document offsets of what is replaced.
    `goals`: pretty-printed goals at the hole, first one first. `is_proposition`: whether the hole's type is a
    proposition (None where it could not be told). `column`: column of the hole's first character."""

    kind: str
    start: int
    end: int
    goals: Sequence[str] = ()
    is_proposition: bool | None = None
    column: int = 0


class Command(Struct, frozen=True, kw_only=True):
    """One command of a document. `state`: the command state *before* it. `kind`: the declaration keyword ("theorem",
    "lemma", "example", "def", "instance", …) or Lean's syntax kind for any other command. `name`: the declared
    name as written, None for an example. `name_start`, `name_end`: its range (equal when there is none)."""

    start: int
    end: int
    kind: str
    state: int
    name: str | None = None
    name_start: int = 0
    name_end: int = 0
    messages: Sequence[LeanMessage] = ()
    holes: Sequence[Hole] = ()

    @property
    def title(self) -> str:
        """Its name, or else what it is, in one word."""
        return self.name or self.kind.rpartition(".")[2]


class Elaboration(Struct, frozen=True, kw_only=True):
    """A document, elaborated. `header_messages` are those of its imports; with an error there `commands` is empty.
    `end_state`: the state after the last command. `complete`: False where it ends before the document does."""

    commands: Sequence[Command]
    end_state: int
    complete: bool = True
    header_end: int = 0
    header_messages: Sequence[LeanMessage] = ()

    def messages(self) -> list[LeanMessage]:
        """All messages, in the document's order."""
        return [*self.header_messages, *(message for command in self.commands for message in command.messages)]


class Candidate(Struct, frozen=True, kw_only=True):
    """A proof to be judged: `command` is the user's command exactly as in the file; `[start, end)` are code point
    offsets *into it* that `replacement` takes the place of. `heartbeats`: the thousandfold of `maxHeartbeats`'s unit
    as Lean's option counts it (None: the option in force). `seconds`: wall clock, after which the process is killed.
    `negated`: what is judged is whether `replacement`, tactics whose further lines are indented by two, proves the
    negation of what the hole states, closed over the hole's locals in their order, all of them explicit."""

    command: str
    start: int
    end: int
    replacement: str
    heartbeats: int | None = None
    seconds: float = 30.0
    negated: bool = False

    def text(self) -> str:
        """The command as it will stand in the file."""
        return self.command[: self.start] + self.replacement + self.command[self.end :]


class Judgement(StrEnum):
    """The gate's three answers."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    UNDETERMINED = "undetermined"


class Verdict(Struct, frozen=True, kw_only=True):
    """What the gate says of a candidate. `reason`: why not verified, in words.

    "verified": the hole is proved; with `remaining` (holes left in the same command) at 0 the whole declaration is.
    "rejected": it does not prove the hole, or it is not fit to be run. "undetermined": a limit was reached, the place is
    one that is not judged, or the proof holds but rests on `unfinished`, the user's own lemmas with a `sorry`.

    `axioms`: what the proof rests on, the user's own included. Where a library comes without its proofs (the embedded
    Lean's, any compiled module's) those that only its theorems use are not seen. `suggestions`: what `?`-tactics of
    the candidate say ("Try this"), each as the candidate's whole replacement with one such tactic replaced; a candidate
    that has them is never verified itself, they are checked on their own. `goals`: what is left where the candidate
    failed with unsolved goals."""

    judgement: Judgement
    reason: str = ""
    axioms: Sequence[str] = ()
    unfinished: Sequence[str] = ()
    remaining: int = 0
    suggestions: Sequence[str] = ()
    goals: Sequence[str] = ()
    messages: Sequence[LeanMessage] = ()
    milliseconds: float = 0.0


class RanTactic(Struct, frozen=True, kw_only=True):
    """A tactic of a candidate: its range in the command's text, and the goals after it (of a `sorry`: before it)."""

    start: int
    end: int
    goals: Sequence[str] = ()


class ProofRun(Struct, frozen=True, kw_only=True):
    """A candidate run for what its tactics do (not a proof: the gate judges proofs). Offsets are those of
    `Candidate.text()`. `tactics`: elements of tactic blocks, inner ones too. `messages`: errors among them tell where it
    went wrong. `failure`: why there is nothing of all this: it may not be run, took too long, or Lean stopped."""

    tactics: Sequence[RanTactic] = ()
    messages: Sequence[LeanMessage] = ()
    sorries: Sequence[RanTactic] = ()
    failure: str | None = None
    milliseconds: float = 0.0


class TacticState(Struct, frozen=True, kw_only=True):
    """Goals that tactics can be run on, kept by Lean until it is released. `number`: the session's."""

    number: int
    goals: Sequence[str] = ()


class Step(Struct, frozen=True, kw_only=True):
    """A tactic block run on a tactic state (not a proof: the gate judges proofs). `state`: None with an error, which it
    is too when a `sorry` is left. No goals: closed. `suggestions`: what `?`-tactics say ("Try this"), each a tactic
    block, also where they failed."""

    state: TacticState | None = None
    error: str | None = None
    suggestions: Sequence[str] = ()
    milliseconds: float = 0.0

    @property
    def goals(self) -> Sequence[str]:
        """What remains."""
        return self.state.goals if self.state is not None else ()


class Session(Protocol):
    """One Lean process, used by one caller at a time. All methods raise `LeanFailed` when the process crashed or hung
    and could not be replayed; cancelling a call returns at once and leaves the session usable."""

    async def elaborate(self, text: str, *, until: int | None = None, seconds: float = 120.0) -> Elaboration:
        """Elaborate a document (header kept exactly), with `until` as far as the command at that offset. Commands whose text and predecessors did not change since
        the last call are not elaborated again. Raises `ImportsMissing` for imports that are not there."""
        ...

    async def check(self, state: int, candidate: Candidate) -> Verdict:
        """Judge a candidate by the gate, in `state` (a `Command.state` of the last elaboration)."""
        ...

    async def run_proof(self, state: int, candidate: Candidate) -> ProofRun:
        """Run a candidate, as far as it goes, and tell what its tactics do. Nothing runs that the gate would refuse."""
        ...

    async def open_goal(self, state: int, candidate: Candidate) -> TacticState:
        """The goal at a candidate's hole (its replacement does not matter). Raises `InvalidRequest` where none is."""
        ...

    async def step(
        self, tactic_state: TacticState, tactic: str, *, heartbeats: int | None = None, seconds: float = 30.0
    ) -> Step:
        """Run a tactic block, its lines from column 0, with at most so many heartbeats (None: the option in force).
        After `seconds` Lean is killed; tactic states outlive that."""
        ...

    async def release(self, tactic_state: TacticState) -> None:
        """Forget a tactic state and all that were made from it."""
        ...

    async def renamed(self, state: int, names: Sequence[str]) -> Mapping[str, str]:
        """Of names as written in `state`, those that are deprecated there, each with the name that replaces it."""
        ...

    async def community(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request of the community REPL's protocol (`cmd`, `file`, `tactic`, …), for `turnstile lean repl`."""
        ...

    async def close(self) -> None:
        """Kill the process; idempotent."""
        ...


class Lean(Protocol):
    """Where sessions come from: a pool (in the daemon) or its client."""

    async def session(self, toolchain: Toolchain, imports: str, *, judge: bool = True) -> Session:
        """A session for documents whose header text (all before the first command) is `imports`; waits for a free one.
        The session goes back to the pool when it is closed, warm. `judge`: whether verdicts will be asked for; else what
        they need is started by the first that is."""
        ...
