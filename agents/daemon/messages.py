"""Bodies of the daemon's methods. Each request's docstring names its method and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from turnstile_lsp.agents.engine import base as engine
from turnstile_lsp.agents.engine.options import EngineOptions
from turnstile_lsp.agents.lean.base import Candidate, TacticState, Toolchain
from turnstile_lsp.agents.prover.results import ProveRequest


class Nothing(Struct, frozen=True):
    """An empty body."""


class Model(Struct, frozen=True, kw_only=True):
    """Which engine answers: a model's name (a file by its absolute path), the key for its server, how it runs."""

    name: str
    key: str | None = None
    options: EngineOptions = EngineOptions()

    def __repr__(self) -> str:
        return f"Model({self.name!r})"


class Generate(Struct, frozen=True, kw_only=True):
    """`engine.generate`: streams `engine.base.Chunk`."""

    model: Model
    request: engine.Request


class Tokenize(Struct, frozen=True, kw_only=True):
    """`engine.tokenize`: a list of token ids."""

    model: Model
    text: str


class Describe(Struct, frozen=True, kw_only=True):
    """`engine.describe`: `engine.base.Description`."""

    model: Model


class OpenSession(Struct, frozen=True, kw_only=True):
    """`lean.session`: one chunk, the number of a lease that lasts until this request is cancelled."""

    toolchain: Toolchain
    imports: str
    judge: bool = True


class WarmSession(Struct, frozen=True, kw_only=True):
    """`lean.warm_session`: as `lean.session`, but 0 and the end where no session for this project (None: this folder) with
    these imports is free and runs."""

    project: str | None
    folder: str
    imports: str


class Elaborate(Struct, frozen=True, kw_only=True):
    """`lean.elaborate`: `lean.base.Elaboration`."""

    lease: int
    text: str
    seconds: float
    until: int | None = None


class Check(Struct, frozen=True, kw_only=True):
    """`lean.check`: `lean.base.Verdict`; `lean.run_proof`: `lean.base.ProofRun`; `lean.open_goal`: `TacticState`."""

    lease: int
    state: int
    candidate: Candidate


class RunStep(Struct, frozen=True, kw_only=True):
    """`lean.step`: `lean.base.Step`."""

    lease: int
    tactic_state: TacticState
    tactic: str
    heartbeats: int | None
    seconds: float


class Release(Struct, frozen=True, kw_only=True):
    """`lean.release`: nothing."""

    lease: int
    tactic_state: TacticState


class Renamed(Struct, frozen=True, kw_only=True):
    """`lean.renamed`: from deprecated names to those that replace them."""

    lease: int
    state: int
    names: Sequence[str]


class Community(Struct, frozen=True, kw_only=True):
    """`lean.community`: the community REPL's answer."""

    lease: int
    request: dict[str, Any]


class JobState(StrEnum):
    """Where a job is. Interrupted: its daemon was ended while it ran."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class StartJob(Struct, frozen=True, kw_only=True):
    """`job.start`: the new job's id. `key`: for the prover model's server, never stored."""

    request: ProveRequest
    key: str | None = None
    options: EngineOptions = EngineOptions()


class EndJob(Struct, frozen=True, kw_only=True):
    """`job.end`, said by the job's process: how it ended. `error`: of a failed one, in wire form."""

    state: JobState
    error: dict[str, Any] | None = None


class JobNumber(Struct, frozen=True, kw_only=True):
    """`job.attach`: streams all events from the start, then `Job`; `job.cancel`: `Job`."""

    id: str


class Job(Struct, frozen=True, kw_only=True):
    """A proof job; `job.list` gives a list of them, newest first. `started`: seconds since 1970. `error`: of a failed
    one, in wire form. `not_stored`: why its results are kept in memory alone, None when they are on disk."""

    id: str
    path: str | None
    started: float
    state: JobState
    error: dict[str, Any] | None = None
    not_stored: str | None = None


class ModelStatus(Struct, frozen=True, kw_only=True):
    """An engine that is open. `requests`: running now. `idle_seconds`: since the last one ended. `decoded`: tokens
    computed by its worker so far, prompts included (0 for a server's model, which does not tell)."""

    model: str
    requests: int
    idle_seconds: float
    decoded: int = 0


class ProcessStatus(Struct, frozen=True, kw_only=True):
    """A process below the daemon's, with its resident memory."""

    pid: int
    name: str
    memory_megabytes: float


class Status(Struct, frozen=True, kw_only=True):
    """`daemon.status`. `seconds`: since the daemon's start. `requests`: running now, this one not counted."""

    pid: int
    package: str
    protocol: int
    seconds: float
    draining: bool
    clients: int
    requests: int
    lean_leases: int
    models: Sequence[ModelStatus] = ()
    jobs: Sequence[Job] = ()
    processes: Sequence[ProcessStatus] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
