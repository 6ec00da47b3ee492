"""Imports run one way: front ends → agents → interfaces; the daemon puts real parts behind the interfaces."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "turnstile_lsp"
FRONT_ENDS = ("lsp_server", "jupyter_ext", "command_line")
THINKING = ("agents.coder", "agents.prover", "agents.vision", "agents.chat")
COMMON = (
    "agents.database",
    "agents.errors",
    "agents.settings",
    "agents.places",
    "agents.trust",
    "agents.processes",
    "agents.tracing",
)


def source_files() -> Iterator[tuple[str, Path]]:
    """Dotted names below the package, and their files."""
    for top in ("agents", "lsp_server", "jupyter_ext"):
        for path in sorted((ROOT / top).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path
    for path in sorted((ROOT / PACKAGE / "command_line").rglob("*.py")):
        yield ".".join(path.relative_to(ROOT / PACKAGE).with_suffix("").parts), path


def imports(path: Path) -> Iterator[str]:
    """All of our own modules that a file imports, also inside functions, below the package's name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.removeprefix(f"{PACKAGE}.") for name in names if name.startswith(f"{PACKAGE}."))


def below(name: str, *prefixes: str) -> bool:
    """Whether a dotted name is one of the prefixes or inside one."""
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def forbidden(module: str, imported: str) -> str | None:
    """Why `module` may not import `imported`, or None."""
    if not below(module, *FRONT_ENDS) and below(imported, *FRONT_ENDS):
        return "agents know no front end"
    if below(module, *THINKING) and below(imported, "agents.daemon"):
        return "agents know no daemon"
    if below(module, *THINKING) and below(imported, "agents.engine", "agents.lean"):
        allowed = below(imported, "agents.engine.base", "agents.engine.special_tokens", "agents.lean.base")
        return None if allowed else "agents know interfaces only"
    if below(module, "agents.engine", "agents.lean", "agents.models") and below(imported, *THINKING, "agents.daemon"):
        return "engines, Lean and models know no agent and no daemon"
    if below(module, *COMMON) and below(imported, *THINKING, "agents.daemon", "agents.engine", "agents.lean"):
        return "what all use knows nobody"
    if (
        below(module, "agents.daemon")
        and below(imported, "agents.prover")
        and not below(imported, "agents.prover.results")
    ):
        return None if below(module, "agents.daemon.job") else "in the daemon the job process alone imports the prover"
    if below(module, *FRONT_ENDS) and below(imported, "agents.daemon"):
        return None if below(imported, "agents.daemon.client") else "front ends import the daemon's client alone"
    return None


def test_no_import_runs_against_the_direction() -> None:
    found = [
        f"{module} imports {imported}: {reason}"
        for module, path in source_files()
        for imported in imports(path)
        if (reason := forbidden(module, imported))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("agents.coder.complete", "lsp_server.server"),
        ("agents.coder.complete", "agents.daemon.client"),
        ("agents.prover.prove", "agents.lean.session"),
        ("agents.engine.remote", "agents.coder.prompt"),
        ("agents.daemon.server", "agents.prover.prove"),
        ("lsp_server.features", "agents.daemon.server"),
        ("agents.errors", "agents.engine.base"),
    ],
)
def test_the_rules_find_what_is_forbidden(module: str, imported: str) -> None:
    assert forbidden(module, imported)


def test_all_sources_are_seen() -> None:
    names = {module for module, _ in source_files()}
    assert {"agents.database", "agents.errors", "agents.engine.base", "command_line.application"} <= names
