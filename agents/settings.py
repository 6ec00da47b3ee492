"""One typed tree of settings, merged from several layers.

Later layers win: defaults ← user's `config.toml` ← workspace's `turnstile.toml` (trusted folders only) ← editor ←
environment (setting `a.b` is `TURNSTILE_A_B`) ← command line. Every value is checked on its own, so that a bad one is
named in a `Problem` and leaves what the layers below it said.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct, field

from turnstile_lsp.agents import places

WORKSPACE_FILE = "turnstile.toml"
COMMAND_LINE = "the command line"
"""`Problem.source` of what was given as an option."""

Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0)]


class CompleteSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Code completion. `model`: see `ModelName` in the documentation. `automatic`: ghost text while typing.
    `single_line`: never more than the rest of a line. `candidates`: different ones at most, where the user asks.
    `index`: pieces of other files of the workspace go into prompts. `first_token_milliseconds`: how long a prompt
    may take to be read."""

    model: str = "nano-coder"
    enabled: bool = True
    automatic: bool = True
    max_tokens: Positive = 64
    index: bool = True
    first_token_milliseconds: Positive = 500
    disabled_languages: Sequence[str] = ()
    single_line: bool = False
    candidates: Annotated[int, Meta(ge=1, le=5)] = 3


class ProveSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Proofs. `budget`: seconds for each hole. `samples`: whole proofs asked of the model at once, where there is one; the
    next six are of the search, see `ModelOptions`."""

    model: str | None = None
    budget: Seconds = 30.0
    samples: Positive = 8
    algorithm: Literal["best-first", "rmaxts", "uct", "ucb1", "single-pass"] | None = None
    expansions: Count = 256
    jobs: Positive = 8
    cot: Literal["mixed", "always", "never"] = "mixed"
    prompt: str | None = None
    policy: bool = True
    stages: Sequence[str] = ("repair", "refute", "portfolio", "store", "model", "search")
    code_lenses: bool = False


class DaemonSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The daemon's own: read by the daemon from the user's file alone. Times in seconds."""

    idle_seconds: Seconds = 900.0
    model_idle_seconds: Seconds = 600.0
    lean_idle_seconds: Seconds = 600.0
    lean_sessions: Count = 0
    lean_spares: Count = 1
    lean_memory_megabytes: Positive = 1500


class LocalOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """llama.cpp's. `threads`: None for one per physical core, or one where the model is small. `context_length`:
    tokens of prompt and answer of one request (None: the model's, 16,384 at most). `search_sequences` answers are
    computed at once in a cache of `search_context_length` tokens (None: twice `context_length`). `ubatch`: tokens
    computed in one go; smaller ones cancel sooner, larger ones read prompts faster. `gpu_layers`: -1 for all, where
    the library was built for a GPU. `speculate`: compute several tokens at once where the text repeats itself.
    """

    threads: Positive | None = None
    context_length: Positive | None = None
    search_sequences: Annotated[int, Meta(ge=1, le=256)] = 16
    search_context_length: Positive | None = None
    ubatch: Positive = 512
    cache_type: Literal["f16", "f32"] = "f16"
    flash_attention: bool = False
    gpu_layers: Annotated[int, Meta(ge=-1)] = -1
    speculate: bool = True


class RemoteOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An OpenAI-compatible server's. Times in seconds: to connect, and between two pieces of an answer.
    `context_length`: used where the server does not tell. `token_prompts`: it takes token ids as prompts.
    `log_probabilities`: it gives them (llama-cpp-python's does so when started with `--logits_all true`)."""

    connect_seconds: Seconds = 5.0
    read_seconds: Seconds = 120.0
    context_length: Positive = 4096
    token_prompts: bool = False
    log_probabilities: bool = False


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    complete: CompleteSettings = field(default_factory=CompleteSettings)
    prove: ProveSettings = field(default_factory=ProveSettings)
    local: LocalOptions = field(default_factory=LocalOptions)
    remote: RemoteOptions = field(default_factory=RemoteOptions)
    daemon: DaemonSettings = field(default_factory=DaemonSettings)


class Problem(Struct, frozen=True, kw_only=True):
    """A value that was not taken. `source` names the layer or file, `name` the setting (empty: the whole layer)."""

    source: str
    name: str
    message: str

    def sentence(self) -> str:
        """What is wrong, for a person."""
        subject = f"Setting {self.name} in {self.source}" if self.name else self.source
        return f"{subject}: {self.message}."


class Resolved(Struct, frozen=True, kw_only=True):
    """The settings in force for one folder. `keys`: by host, from the user's file; `default_key`: `TURNSTILE_KEY`."""

    settings: Settings
    problems: Sequence[Problem] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    default_key: str | None = None

    def key(self, model: str) -> str | None:
        """The key for a model `URL#name`: the table's entry for the URL's host, else `TURNSTILE_KEY`. None for others."""
        host = urlsplit(model).hostname if "://" in model else None
        return self.keys.get(host, self.default_key) if host else None

    def __repr__(self) -> str:
        return f"Resolved(settings={self.settings!r}, problems={self.problems!r}, keys of {sorted(self.keys)})"


def load(
    *,
    folder: Path | None = None,
    trusted: bool = False,
    editor: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Any] | None = None,
) -> Resolved:
    """Merge all layers for a workspace folder (None: no workspace).

    `editor`: a tree (`{"complete": {"model": …}}`), in which None means not set. `overrides`: from the command line, by
    dotted name. Never raises: what cannot be used is in `Resolved.problems`.
    """
    merge = _Merge()
    user_file = places.config_file(environment)
    user = merge.read(user_file)
    keys = merge.take_keys(user, str(user_file))
    merge.add_tree(user, str(user_file), own_file=True)
    if folder is not None and trusted:
        merge.add_tree(merge.read(folder / WORKSPACE_FILE), str(folder / WORKSPACE_FILE))
    merge.add_tree(_without_unset(editor or {}), "the editor's settings")
    merge.add_environment(environment)
    for name, value in (overrides or {}).items():
        merge.add_value(name, value, COMMAND_LINE)
    return Resolved(
        settings=merge.settings(),
        problems=tuple(merge.problems),
        keys=keys,
        default_key=environment.get("TURNSTILE_KEY") or None,
    )


def names() -> list[str]:
    """All settings by dotted name, in the tree's order."""
    return list(_types())


def environment_name(name: str) -> str:
    """The environment variable of a setting: `complete.max_tokens` → `TURNSTILE_COMPLETE_MAX_TOKENS`."""
    return "TURNSTILE_" + name.replace(".", "_").upper()


def _types() -> dict[str, Any]:
    return {
        f"{section}.{name}": hint
        for section, section_type in get_type_hints(Settings).items()
        for name, hint in get_type_hints(section_type, include_extras=True).items()
    }


def _without_unset(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_unset(value) if isinstance(value, Mapping) else value
        for name, value in tree.items()
        if value is not None
    }


def _choices(hint: Any) -> str:
    """What a setting may be, where that can be listed: the end of a sentence."""
    values = [value for each in (hint, *get_args(hint)) if get_origin(each) is Literal for value in get_args(each)]
    return f"; choose among {', '.join(values)}" if values else ""


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


class _Merge:
    """Values by dotted name, as far as layers have been added, and what was wrong with them."""

    def __init__(self) -> None:
        self._types = _types()
        self._values: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def read(self, path: Path) -> dict[str, Any]:
        """A TOML file; empty when it is not there or not readable."""
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self._problem(str(path), "", f"cannot be read ({error}), its settings are not used")
            return {}

    def take_keys(self, tree: dict[str, Any], source: str) -> dict[str, str]:
        """Take the table `[keys]` out of the user's file."""
        try:
            return msgspec.convert(tree.pop("keys", {}), dict[str, str])
        except msgspec.ValidationError:
            self._problem(source, "keys", "must be a table of host names and keys")
            return {}

    def add_tree(self, tree: Mapping[str, Any], source: str, own_file: bool = False) -> None:
        """Add a layer. Only the user's own file (`own_file`) may hold keys and the daemon's settings."""
        for name, value in _leaves(tree):
            section = name.partition(".")[0]
            if section in ("keys", "daemon") and not own_file:
                self._problem(source, name, "is read only from the user's own config.toml")
            else:
                self.add_value(name, value, source)

    def add_environment(self, environment: Mapping[str, str]) -> None:
        """Add the variables; lists are separated by commas."""
        for name, hint in self._types.items():
            text = environment.get(environment_name(name))
            if text is None or name.startswith("daemon."):
                continue
            value: Any = text
            if hint == Sequence[str]:
                value = [item.strip() for item in text.split(",") if item.strip()]
            self.add_value(name, value, f"the environment ({environment_name(name)})", strict=False)

    def add_value(self, name: str, value: Any, source: str, strict: bool = True) -> None:
        """Add one value, checked. `strict` False takes numbers and booleans written as text."""
        if name not in self._types:
            self._problem(source, name, "there is no such setting")
            return
        try:
            self._values[name] = msgspec.convert(value, self._types[name], strict=strict)
        except msgspec.ValidationError as error:
            self._problem(source, name, str(error).replace("`", "") + _choices(self._types[name]))

    def settings(self) -> Settings:
        """The tree of all values that were taken."""
        tree: dict[str, dict[str, Any]] = {}
        for name, value in self._values.items():
            section, _, leaf = name.partition(".")
            tree.setdefault(section, {})[leaf] = value
        return msgspec.convert(tree, Settings)

    def _problem(self, source: str, name: str, message: str) -> None:
        self.problems.append(Problem(source=source, name=name, message=message.rstrip(".")))
