"""One typed tree of settings, merged from defaults, the user's file, the workspace, the editor, the environment and options."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field


class CompleteSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Code completion. `model`: see `ModelName` in the documentation. `automatic`: ghost text while typing."""

    model: str = "nano-coder"
    enabled: bool = True
    automatic: bool = True
    max_tokens: int = 64
    disabled_languages: Sequence[str] = ()


class ProveSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Proofs. `budget`: seconds for each hole. `samples`: whole proofs asked of the model, where there is one."""

    model: str | None = None
    budget: float = 30.0
    samples: int = 8
    stages: Sequence[str] = ("portfolio", "model")
    code_lenses: bool = False


class DaemonSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The daemon's own: read by the daemon from the user's file alone. Times in seconds."""

    idle_seconds: float = 900.0
    model_idle_seconds: float = 600.0
    lean_idle_seconds: float = 600.0
    lean_sessions: int = 1
    lean_spares: int = 1
    lean_memory_megabytes: int = 1500


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    complete: CompleteSettings = field(default_factory=CompleteSettings)
    prove: ProveSettings = field(default_factory=ProveSettings)
    daemon: DaemonSettings = field(default_factory=DaemonSettings)
