"""What all tests share: places of their own, so that no test meets a user's daemon, settings or proofs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.warm_lean import WarmLean
from turnstile_lsp.agents.daemon.client import Daemon, stop_daemon

# How long an example takes depends on what else the machine does.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

KEPT = ("TURNSTILE_CACHE_DIR", "TURNSTILE_NODE")
DAEMON_SETTINGS = """
[daemon]
idle_seconds = 120
lean_sessions = 1
lean_spares = 0
"""


@pytest.fixture(scope="session", autouse=True)
def private_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A runtime, a data and a settings place of the test run's own; the cache, which is costly, stays the user's."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "config.toml").write_text(DAEMON_SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("TURNSTILE_") and name not in KEPT]:
            patch.delenv(name)
        patch.setenv("TURNSTILE_RUNTIME_DIR", str(folder / "runtime"))
        patch.setenv("TURNSTILE_DATA_DIR", str(folder / "data"))
        patch.setenv("TURNSTILE_CONFIG", str(folder / "config.toml"))
        yield folder
        if (folder / "runtime").exists():
            asyncio.run(stop_daemon())


@pytest.fixture
async def daemon(private_places: Path) -> AsyncIterator[Daemon]:
    """A client of the test run's one daemon, which keeps its models and its Lean warm from test to test."""
    client = await Daemon.connect()
    yield client
    await client.close()


@pytest.fixture(scope="session")
def lean_session() -> Iterator[WarmLean]:
    """One warm embedded Lean, for all tests that do not crash it."""
    lean = WarmLean()
    yield lean
    lean.stop()
