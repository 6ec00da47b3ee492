"""Attaching to the daemon, starting it where there is none."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from turnstile_lsp.agents.daemon.link import DaemonDiffers, DaemonHangs, Link
from turnstile_lsp.agents.daemon.places import private_folder, runtime_folder, socket_path
from turnstile_lsp.agents.errors import DaemonLost, TurnstileError, from_wire
from turnstile_lsp.agents.processes import module_command

_ATTEMPTS = 5
_START_SECONDS = 60.0
_PLACES = ("TURNSTILE_RUNTIME_DIR", "TURNSTILE_CACHE_DIR", "TURNSTILE_DATA_DIR", "TURNSTILE_CONFIG")
_KEPT = ("HOME", "USER", "LOGNAME", "PATH", "LANG", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "TURNSTILE_NODE")
_KEPT_PREFIXES = ("LC_", "XDG_")


class DaemonNotRunning(TurnstileError):
    """There is no daemon, and none was to be started."""


async def attach(*, start: bool) -> Link:
    """A link to this user's daemon. Raises `DaemonNotRunning` unless `start`, `DaemonHangs`, `FolderUnusable`."""
    path = socket_path(private_folder(runtime_folder()))
    for _ in range(_ATTEMPTS):
        try:
            return await Link.open(path)
        except (OSError, DaemonLost, DaemonDiffers) as error:
            if not start:
                raise DaemonNotRunning("Turnstile's daemon is not running; it starts when it is needed.") from error
        await _launch(path)
    raise DaemonHangs(f"Turnstile's daemon at {path} comes and goes; its log {path.parent / 'daemon.log'} may say why.")


async def _launch(path: Path) -> None:
    """Start a daemon and wait until one accepts clients, be it this or one that another client started meanwhile."""
    process = await asyncio.create_subprocess_exec(
        *module_command("turnstile_lsp.agents.daemon"),
        cwd="/",
        env=daemon_environment(os.environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError as error:
        raise DaemonHangs(
            f"Turnstile's daemon did not start within {_START_SECONDS:.0f} seconds; ask again."
        ) from error
    if said:
        raise from_wire(msgspec.json.decode(said))
    if process.returncode != 0:
        raise TurnstileError(f"Turnstile's daemon did not start; its log {path.parent / 'daemon.log'} says why.")


def daemon_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the daemon gets of the environment of whoever starts it: places, no settings and no keys."""
    kept = {name: value for name, value in environment.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return kept | {name: os.path.abspath(environment[name]) for name in _PLACES if environment.get(name)}
