"""Lean sessions on lease: they go back with their client, and nobody uses another's."""

from __future__ import annotations

import asyncio
import os

import pytest

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.errors import DaemonLost, InvalidRequest
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Toolchain
from turnstile_lsp.agents.lean.toolchain import discover

TEXT = "example : 1 + 1 = 2 := by sorry\n"


@pytest.fixture
async def toolchain() -> Toolchain:
    return await discover(None, TEXT, environment=os.environ, trusted=False)


async def test_session_is_used_and_given_back(daemon: Daemon, toolchain: Toolchain) -> None:
    session = await daemon.lean().session(toolchain, "")
    assert (await daemon.status()).lean_leases == 1
    (command,) = (await session.elaborate(TEXT)).commands
    candidate = Candidate(command=TEXT.strip(), start=TEXT.index("sorry"), end=TEXT.index("\n"), replacement="rfl")
    assert (await session.check(command.state, candidate)).judgement is Judgement.VERIFIED
    await session.close()
    await session.close()
    assert (await daemon.status()).lean_leases == 0
    with pytest.raises(InvalidRequest, match="There is no Lean session"):
        await session.elaborate(TEXT)


async def test_session_of_a_client_that_goes_is_given_to_who_waits(daemon: Daemon, toolchain: Toolchain) -> None:
    going = await Daemon.connect()
    held = await going.lean().session(toolchain, "")
    given_up = asyncio.create_task(daemon.lean().session(toolchain, ""))
    waiting = asyncio.create_task(daemon.lean().session(toolchain, ""))
    done, _ = await asyncio.wait([given_up, waiting], timeout=0.3)
    assert not done, "the pool has one session"
    given_up.cancel()
    await going.close()
    session = await waiting
    with pytest.raises(DaemonLost):
        await held.elaborate(TEXT)
    assert (await session.elaborate(TEXT)).commands
    await session.close()


async def test_session_of_another_client_is_refused(daemon: Daemon, toolchain: Toolchain) -> None:
    session = await daemon.lean().session(toolchain, "")
    other = await Daemon.connect()
    for number in range(1, 50):
        with pytest.raises(InvalidRequest, match="There is no Lean session"):
            await other.call("lean.elaborate", messages.Elaborate(lease=number, text=TEXT, seconds=1.0), None)
    await other.close()
    await session.close()
