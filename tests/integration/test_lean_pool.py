"""The pool on real Lean processes: warm sessions, the spare, waiting, stopping what is idle."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import psutil
import pytest

from tests.warm_lean import embedded_toolchain
from turnstile_lsp.agents.lean import pool as pool_module
from turnstile_lsp.agents.lean.pool import Pool
from turnstile_lsp.agents.settings import DaemonSettings


async def until(holds: Callable[[], bool], seconds: float = 120.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 (processes tell nobody)
            await asyncio.sleep(0.1)


def children() -> set[int]:
    """The Lean processes that this one has started and that live."""
    found = set()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            if any("lean.js" in argument for argument in child.cmdline()):
                found.add(child.pid)
    return found


async def test_the_life_of_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MEMORY_FOR_A_SPARE", 0)
    others = children()
    pool = Pool(DaemonSettings(lean_sessions=1, lean_spares=1, lean_idle_seconds=0.5))
    toolchain = embedded_toolchain()
    try:
        first = await pool.session(toolchain, "")
        await first.elaborate("theorem t : True := by sorry\n")
        lean = first._session.pid
        assert lean is not None

        waiting = asyncio.create_task(pool.session(toolchain, "", judge=False))
        await until(lambda: first._session.is_running and len(pool._spares) == 1)
        judge = first._session._judge.replay.process
        assert judge is not None
        (spare,) = children() - others - {lean, judge.pid}
        assert not waiting.done()
        await first.close()
        second = await waiting
        assert not second._session.starts_judge
        assert (await second.elaborate("theorem t : True := by sorry\n")).commands
        assert children() - others == {lean, judge.pid, spare}

        await until(lambda: spare in {process.pid for process in pool._spares.values()})
        psutil.Process(lean).kill()
        await until(lambda: lean not in children())
        assert (await second.elaborate("theorem u : True := by sorry\n")).commands
        assert spare in children(), "the spare has taken over"

        await second.close()
        await until(lambda: not children() - others)
        await asyncio.sleep(0.2)  # the pool closes their streams
    finally:
        await pool.close()
    assert not children() - others
