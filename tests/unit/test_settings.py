"""Settings merge layer by layer; a bad value is named and what was below it stays."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from turnstile_lsp.agents import settings
from turnstile_lsp.agents.settings import Resolved, Settings, load


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return workspace


def resolve(user_file: Path, *, environment: dict[str, str] | None = None, **layers: object) -> Resolved:
    return load(environment={"TURNSTILE_CONFIG": str(user_file), **(environment or {})}, **layers)  # type: ignore[arg-type]


def test_nothing_said_gives_the_defaults(user_file: Path) -> None:
    resolved = resolve(user_file)
    assert resolved.settings == Settings()
    assert not resolved.problems


def test_each_layer_wins_over_the_one_before(user_file: Path, folder: Path) -> None:
    def budget(*, environment: dict[str, str] | None = None, **layers: object) -> float:
        resolved = resolve(user_file, environment=environment, **layers)
        assert not resolved.problems
        return resolved.settings.prove.budget

    assert budget() == 30
    user_file.write_text("[prove]\nbudget = 1\n")
    assert budget() == 1
    (folder / "turnstile.toml").write_text("prove.budget = 2\n")
    assert budget(folder=folder, trusted=True) == 2
    editor = {"prove": {"budget": 3.5, "model": None}}
    assert budget(folder=folder, trusted=True, editor=editor) == 3.5
    environment = {"TURNSTILE_PROVE_BUDGET": "4"}
    assert budget(folder=folder, trusted=True, editor=editor, environment=environment) == 4
    overrides = {"prove.budget": 5.0}
    assert budget(folder=folder, trusted=True, editor=editor, environment=environment, overrides=overrides) == 5


def test_a_workspace_file_counts_only_when_trusted(user_file: Path, folder: Path) -> None:
    (folder / "turnstile.toml").write_text('complete.model = "http://elsewhere/v1#m"\n')
    assert resolve(user_file, folder=folder, trusted=False).settings.complete.model == "nano-coder"
    assert resolve(user_file, folder=folder, trusted=True).settings.complete.model == "http://elsewhere/v1#m"


def test_a_bad_value_is_named_and_the_value_below_goes_on(user_file: Path) -> None:
    user_file.write_text("complete.max_tokens = 40\nprove.budget = 7\n")
    editor = {"complete": {"max_tokens": "many", "automatic": False}, "prove": {"budget": 0}}
    resolved = resolve(user_file, editor=editor)
    assert resolved.settings.complete.max_tokens == 40
    assert resolved.settings.complete.automatic is False
    assert resolved.settings.prove.budget == 7
    assert [problem.sentence() for problem in resolved.problems] == [
        "Setting complete.max_tokens in the editor's settings: Expected int, got str.",
        "Setting prove.budget in the editor's settings: Expected float > 0.0.",
    ]


def test_unknown_settings_are_named(user_file: Path) -> None:
    user_file.write_text("colour = 1\n[complete]\nmodle = 'x'\n")
    names = {problem.name for problem in resolve(user_file).problems}
    assert names == {"colour", "complete.modle"}


def test_a_broken_file_is_named_and_costs_only_itself(user_file: Path) -> None:
    user_file.write_text("[complete\n")
    resolved = resolve(user_file, environment={"TURNSTILE_COMPLETE_AUTOMATIC": "false"})
    assert resolved.settings.complete.automatic is False
    assert str(user_file) in resolved.problems[0].sentence()


def test_a_binary_file_is_named(user_file: Path) -> None:
    user_file.write_bytes(b"\xff\x00\xfe")
    assert len(resolve(user_file).problems) == 1


def test_environment_values_are_text(user_file: Path) -> None:
    environment = {
        "TURNSTILE_PROVE_STAGES": "model, portfolio",
        "TURNSTILE_COMPLETE_ENABLED": "0",
        "TURNSTILE_PROVE_SAMPLES": "x",
    }
    resolved = resolve(user_file, environment=environment)
    assert list(resolved.settings.prove.stages) == ["model", "portfolio"]
    assert resolved.settings.complete.enabled is False
    assert resolved.settings.prove.samples == Settings().prove.samples
    assert "TURNSTILE_PROVE_SAMPLES" in resolved.problems[0].sentence()


def test_keys_come_from_the_users_file_alone(user_file: Path, folder: Path) -> None:
    user_file.write_text('[keys]\n"api.example.com" = "secret"\n')
    (folder / "turnstile.toml").write_text('[keys]\n"api.example.com" = "stolen"\n')
    resolved = resolve(
        user_file,
        folder=folder,
        trusted=True,
        editor={"keys": {"api.example.com": "typed"}},
        environment={"TURNSTILE_KEY": "general"},
    )
    assert resolved.key("https://api.example.com/v1#m") == "secret"
    assert resolved.key("http://other.example.com:8000/v1#m") == "general"
    assert resolved.key("nano-coder") is None
    assert len(resolved.problems) == 2
    assert "secret" not in repr(resolved)
    assert "general" not in repr(resolved)


def test_the_daemons_settings_come_from_the_users_file_alone(user_file: Path) -> None:
    user_file.write_text("daemon.idle_seconds = 5\n")
    resolved = resolve(
        user_file, editor={"daemon": {"idle_seconds": 9}}, environment={"TURNSTILE_DAEMON_IDLE_SECONDS": "8"}
    )
    assert resolved.settings.daemon.idle_seconds == 5
    assert [problem.name for problem in resolved.problems] == ["daemon.idle_seconds"]


def test_every_setting_has_a_default_and_its_own_variable() -> None:
    variables = [settings.environment_name(name) for name in settings.names()]
    assert len(set(variables)) == len(variables) > 10
    assert "TURNSTILE_COMPLETE_MODEL" in variables


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `([\w.]+)` \| `?(.*?)`? \|", page, re.MULTILINE))
    assert list(documented) == settings.names()
    tree = msgspec.to_builtins(Settings())
    for name, default in documented.items():
        section, _, leaf = name.partition(".")
        value = tree[section][leaf]
        expected = "none" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()
        assert default.replace(", ", ",") == expected, name
