"""What of a workspace reaches a model's prompt, through the real server and its syntax process; the model is scripted,
as its prompts are what is looked at."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.uris import from_fs_path

from tests.integration.lsp_client import CAPABILITIES, Editor, position_of, start_editor
from tests.integration.scripted_model import ScriptedModel, scripted_model
from turnstile_lsp.agents.coder.index.database import database_path
from turnstile_lsp.agents.coder.index.workspace_index import WorkspaceIndex

MAIN = "from prices import price_of\n\n\ndef total(cart):\n    return price_of(\n"
PRICES = 'API_KEY = "abcd1234efgh5678"\n\n\ndef price_of(product):\n    return TABLE[product]\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "main.py").write_text(MAIN)
    (folder / "prices.py").write_text(PRICES)
    (folder / ".env").write_text("price_of=1\nSECRET=hunter22\n")
    (folder / "private.py").write_text("def price_of_private():\n    pass\n")
    (folder / ".turnstileignore").write_text("private.py\n")
    return folder


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model(["product)"], name="deepseek-coder-v2-lite-base") as server:
        yield server


@asynccontextmanager
async def editing(
    folder: Path, model: ScriptedModel, *, watching: bool = False, complete: dict[str, Any] | None = None
) -> AsyncIterator[Editor]:
    capabilities = CAPABILITIES
    if watching:
        watched = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        own = types.WorkspaceClientCapabilities(configuration=True, did_change_watched_files=watched)
        capabilities = types.ClientCapabilities(text_document=CAPABILITIES.text_document, workspace=own)
    settings = {"complete": {"model": f"{model.url}#{model.name}", **(complete or {})}}
    async with start_editor(folder, settings=settings, capabilities=capabilities) as editor:
        yield editor


def uri(path: Path) -> str:
    return from_fs_path(str(path)) or ""


async def prompt_at(editor: Editor, model: ScriptedModel, path: Path, needle: str) -> str:
    """The prompt for a completion behind `needle`; empty where no model was asked."""
    before = len(model.prompts)
    text = editor.texts[uri(path)]
    await editor.ghost_text(uri(path), position_of(text, text.index(needle) + len(needle)))
    return model.prompts[-1] if len(model.prompts) > before else ""


async def prompt_when(
    editor: Editor, model: ScriptedModel, path: Path, needle: str, holds: Callable[[str], bool]
) -> str:
    """The prompt, once the index is so far that it holds."""
    async with asyncio.timeout(30):
        number = 0
        while not holds(prompt := await prompt_at(editor, model, path, needle)):
            await asyncio.sleep(0.1)
            number += 1
            editor.change(uri(path), "def total", "x = 1\n\n\ndef total")  # else the earlier answer is served again
    return prompt


@pytest.mark.parametrize("watching", [True, False], ids=["the client watches", "the syntax process watches"])
async def test_definitions_of_other_files_reach_the_prompt_and_follow_their_changes(
    workspace: Path, model: ScriptedModel, watching: bool
) -> None:
    main = workspace / "main.py"
    async with editing(workspace, model, watching=watching) as editor:
        editor.open(uri(main), MAIN)
        prompt = await prompt_when(editor, model, main, "price_of(\n"[:-1], lambda prompt: "#prices.py" in prompt)
        assert "#prices.py\ndef price_of(product):\n    return TABLE[product]\n" in prompt
        assert prompt.index("#prices.py") < prompt.index("#main.py\nfrom prices import price_of")
        assert "abcd1234" not in prompt
        assert "hunter22" not in prompt
        for number in range(100):
            (workspace / "prices.py").write_text(f"def price_of(product, day):\n    return {number}\n")
            if watching:
                changes = [types.FileEvent(uri(workspace / "prices.py"), types.FileChangeType.Changed)]
                editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes))
            other = workspace / f"other{number}.py"  # one where nothing is frozen yet
            editor.open(uri(other), MAIN)
            if "product, day" in await prompt_at(editor, model, other, "return price_of("):
                break
            await asyncio.sleep(0.2)
        assert "#prices.py\ndef price_of(product, day):" in model.prompts[-1]


async def test_a_document_that_is_withheld_is_sent_to_no_model(workspace: Path, model: ScriptedModel) -> None:
    async with editing(workspace, model) as editor:
        keys = workspace.parent / ".ssh" / "config"  # in no workspace folder
        for path in (workspace / ".env", workspace / "private.py", keys):
            editor.open(uri(path), "x = price_of")
            assert await prompt_at(editor, model, path, "price_of") == ""
        editor.open(uri(workspace / "main.py"), MAIN)
        editor.change(uri(workspace / ".env"), "x", "hunter22 ")
        editor.change(uri(workspace / "private.py"), "x", "in_private ")
        prompt = await prompt_at(editor, model, workspace / "main.py", "price_of(")
        assert "def total" in prompt
        assert "hunter22" not in prompt
        assert "in_private" not in prompt


async def test_recent_edits_and_diagnostics_reach_the_prompt(workspace: Path, model: ScriptedModel) -> None:
    main, prices = workspace / "main.py", workspace / "prices.py"
    async with editing(workspace, model, complete={"index": False}) as editor:
        editor.open(uri(prices), PRICES)
        editor.open(uri(main), MAIN)
        assert await prompt_at(editor, model, prices, "    return ")  # the server has seen all that was said
        editor.change(uri(prices), "TABLE", "NEW_TABLE")
        place = position_of(MAIN, MAIN.index("price_of(\n"))
        said = types.Diagnostic(
            types.Range(place, place), "price_of takes two", severity=types.DiagnosticSeverity.Error
        )
        context = types.CodeActionContext([said])
        await editor.code_actions(
            types.CodeActionParams(types.TextDocumentIdentifier(uri(main)), types.Range(place, place), context)
        )
        prompt = await prompt_at(editor, model, main, "return price_of(")
        assert "#prices.py\n" in prompt
        assert "return NEW_TABLE[product]" in prompt
        assert "# error: price_of takes two\n#main.py\n" in prompt


def damage_all(path: Path) -> None:
    path.write_bytes(b"this is no database" * 100)


def damage_definitions(path: Path) -> None:
    """Which are not looked at before something is asked."""
    with closing(sqlite3.connect(path)) as connection:
        names = "SELECT rootpage FROM sqlite_master WHERE name = 'definitions_by_name'"
        page, size = connection.execute(names).fetchone()[0], connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize("damage", [damage_all, damage_definitions])
async def test_a_damaged_index_is_made_anew_and_said_once(
    workspace: Path, model: ScriptedModel, damage: Callable[[Path], None]
) -> None:
    index = WorkspaceIndex(workspace)
    while index.step():
        pass
    index.close()
    damage(database_path(workspace))
    main = workspace / "main.py"
    async with editing(workspace, model) as editor:
        editor.open(uri(main), MAIN)
        await prompt_when(editor, model, main, "return price_of(", lambda prompt: "#prices.py" in prompt)
        assert [message for message in editor.messages if "made anew" in message] == editor.messages[:1]
        assert editor.messages


async def test_off_means_no_index(workspace: Path, model: ScriptedModel) -> None:
    async with editing(workspace, model, complete={"index": False}) as editor:
        editor.open(uri(workspace / "main.py"), MAIN)
        await asyncio.sleep(0.5)
        assert "#prices.py" not in await prompt_at(editor, model, workspace / "main.py", "price_of(")
        assert not database_path(workspace).exists()


async def test_a_rename_that_was_begun_is_gone_on_with(workspace: Path, model: ScriptedModel) -> None:
    main = workspace / "main.py"
    text = "def first(old):\n    return old\n\n\ndef second(old):\n    return old\n"
    async with editing(workspace, model, complete={"index": False}) as editor:
        editor.open(uri(main), text)
        for _ in range(2):
            editor.change(uri(main), "old", "basket")
        editor.change(uri(main), "(old", "(")
        now = editor.texts[uri(main)]
        place = position_of(now, now.index("second(") + len("second("))
        found = await editor.ghost_text(uri(main), place)
        assert "basket" in [item.insert_text for item in found]
