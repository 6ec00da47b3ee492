"""Ghost text in tactic blocks: only what has run, only on a Lean that runs anyway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.uris import from_fs_path

from tests.integration.lsp_client import Editor, plain, start_editor
from turnstile_lsp.agents.daemon.client import Daemon, stop_daemon
from turnstile_lsp.lsp_server.ghost_tactics import MOST_LINES

LEMMA = "theorem swap (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  constructor\n"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
async def daemon(private_places: Path) -> AsyncIterator[Daemon]:
    client = await Daemon.connect()
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def editor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    async with start_editor(tmp_path_factory.mktemp("workspace")) as started:
        yield started


def opened(editor: Editor, lean_folder: Path, text: str) -> tuple[str, types.Position]:
    """A document, and its cursor, which `|` shows."""
    uri = from_fs_path(str(lean_folder / "A.lean")) or ""
    before = text[: text.index("|")]
    editor.open(uri, text.replace("|", ""), "lean4")
    return uri, types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


async def warm(editor: Editor, lean_folder: Path) -> None:
    """Leave a running Lean for a folder, as a proof asked for there does."""
    uri, _ = opened(editor, lean_folder, "theorem one (n : Nat) : n + 0 = n := by\n  sorry|\n")
    answer = await editor.command("turnstile.prove", uri, "theorem")
    assert answer["status"] == "proved"


async def processes() -> list[str]:
    """Those of the daemon, which are Lean's where no model is used."""
    daemon = await Daemon.connect()
    status = await daemon.status()
    await daemon.close()
    return [process.name for process in status.processes]


def said(item: Any) -> Any:
    assert item.command is not None
    return plain(item.command.arguments[0])


async def test_without_a_running_lean_nothing_is_shown_and_nothing_starts(editor: Editor, lean_folder: Path) -> None:
    await stop_daemon()
    uri, cursor = opened(editor, lean_folder, LEMMA + "  |\n")
    assert await editor.ghost_text(uri, cursor, automatic=True) == []
    assert await processes() == []


async def test_what_has_run_is_shown_with_the_goals_that_it_leaves(editor: Editor, lean_folder: Path) -> None:
    await warm(editor, lean_folder)
    assert await processes() != []
    uri, cursor = opened(editor, lean_folder, LEMMA + "  |\n")
    [best, *_] = await editor.ghost_text(uri, cursor, automatic=True)
    assert best.insert_text == "assumption"
    assert said(best)["verified"]
    assert said(best)["goals"] == 1
    assert editor.statuses[-1].goals == 1

    begun = LEMMA + "  assu\n"
    editor.change(uri, LEMMA + "  \n", begun)
    [rest, *_] = await editor.ghost_text(uri, types.Position(2, 6), automatic=True)
    assert rest.insert_text == "mption", "typed along"


async def test_a_lean_that_is_in_use_is_left_alone(editor: Editor, lean_folder: Path, daemon: Daemon) -> None:
    lean = daemon.lean()
    session = await lean.warm_session(None, str(lean_folder), "")
    assert session is not None
    assert await lean.warm_session(None, str(lean_folder), "") is None, "one session is lent once"
    uri, cursor = opened(editor, lean_folder, LEMMA.replace("swap", "other") + "  |\n")
    assert await editor.ghost_text(uri, cursor, automatic=True) == []
    await session.close()
    assert await lean.warm_session("/some/project", str(lean_folder), "") is None
    assert await lean.warm_session(None, str(lean_folder), "import Lean") is None


async def test_the_newest_cursor_wins_and_one_is_tried_at_a_time(
    editor: Editor, lean_folder: Path, daemon: Daemon
) -> None:
    text = "".join(f"theorem t{n} (a b : Nat) (h : a < b) : a + {n} < b + {n} := by\n  \n\n" for n in range(8))
    uri, _ = opened(editor, lean_folder, text + "|")
    asked = [asyncio.create_task(editor.ghost_text(uri, types.Position(3 * n + 1, 2), True)) for n in range(8)]
    leases = 0
    while not asked[-1].done():
        leases = max(leases, (await daemon.status()).lean_leases)
    answers = await asyncio.gather(*asked)
    assert leases == 1
    assert answers[-1]
    assert sum(bool(items) for items in answers) <= 2


@pytest.mark.parametrize(
    "text",
    ["def one := |\n", LEMMA + "  -- a |\n", LEMMA + "  |exact hp\n", "-- a line\n" * MOST_LINES + LEMMA + "  |\n"],
    ids=["no proof", "a comment", "a tactic", "a very long document"],
)
async def test_elsewhere_it_says_nothing(editor: Editor, lean_folder: Path, text: str) -> None:
    uri, cursor = opened(editor, lean_folder, text)
    assert [item for item in await editor.ghost_text(uri, cursor, automatic=True) if "finder" in said(item)] == []
