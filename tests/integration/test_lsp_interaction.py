"""Ghost text while a person types: what is served again, asked ahead, counted, or not asked at all."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.uris import from_fs_path

from tests.integration.lsp_client import Editor, plain, position_of, start_editor
from tests.integration.scripted_model import scripted_model
from turnstile_lsp.agents.coder.statistics import Event, totals

PROGRAM = "import os\n\n\ndef exists(path):\n    return os.path.exists(path)\n\n\ndef is_there(path):\n    return os.\n"
CURSOR = PROGRAM.index("os.\n") + 3
REST = "path.exists(path)"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def uri_of(folder: Path, name: str = "a.py") -> str:
    return from_fs_path(str(folder / name)) or ""


def said(item: Any) -> Any:
    return plain(item.command.arguments[0])


async def shown_unasked(editor: Editor, uri: str, offset: int) -> Any:
    [item] = await editor.ghost_text(uri, position_of(editor.texts[uri], offset), automatic=True)
    return item


def insert(editor: Editor, uri: str, offset: int, text: str) -> None:
    where = position_of(editor.texts[uri], offset)
    before = editor.texts[uri]
    editor.texts[uri] = before[:offset] + text + before[offset:]
    editor._changed(uri, [types.TextDocumentContentChangePartial(range=types.Range(where, where), text=text)])


async def until_counted(event: Event, model: str, more_than: int = 0) -> int:
    for _ in range(200):
        counted = sum(one.count for one in totals() if one.event is event and one.model == model)
        if counted > more_than:
            return counted
        await asyncio.sleep(0.02)
    return 0


async def stats(*options: str) -> str:
    command = (sys.executable, "-m", "turnstile_lsp", "stats", *options)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()


async def test_what_the_user_types_along_is_served_again_also_after_a_backspace(editor: Editor, tmp_path: Path) -> None:
    uri = uri_of(tmp_path)
    editor.open(uri, PROGRAM)
    first = await shown_unasked(editor, uri, CURSOR)
    assert first.insert_text == REST
    assert not said(first)["typedAhead"]
    for typed in range(1, 6):
        insert(editor, uri, CURSOR + typed - 1, REST[typed - 1])
        item = await shown_unasked(editor, uri, CURSOR + typed)
        assert item.insert_text == REST[typed:]
        assert said(item)["typedAhead"]
    editor.change(uri, "os.path.\n", "os.pa\n")
    item = await shown_unasked(editor, uri, CURSOR + 2)
    assert item.insert_text == REST[2:]
    assert said(item)["typedAhead"]
    editor.change(uri, "os.pa\n", "sys.pa\n")
    others = await editor.ghost_text(uri, position_of(editor.texts[uri], CURSOR + 3), automatic=True)
    assert not [item for item in others if said(item)["typedAhead"]]


async def test_the_line_after_an_accepted_completion_is_asked_for_ahead(editor: Editor, tmp_path: Path) -> None:
    uri = uri_of(tmp_path)
    lines = "        total = total + value\n        values.append(total)\n"
    text = f"for value in first:\n{lines}\nfor value in second:\n{lines}\nfor value in third:\n        total = to\n"
    editor.open(uri, text)
    cursor = len(text) - 1
    item = await shown_unasked(editor, uri, cursor)
    assert item.insert_text == "tal + value"
    insert(editor, uri, cursor, item.insert_text)
    accepted = types.ExecuteCommandParams(item.command.command, item.command.arguments)
    await editor.workspace_execute_command_async(accepted)
    await asyncio.sleep(0.5)  # A person takes longer.
    insert(editor, uri, cursor + len(item.insert_text), "\n        ")
    item = await shown_unasked(editor, uri, cursor + len(item.insert_text) + 9)
    assert item.insert_text == "values.append(total)"
    assert said(item)["typedAhead"]


async def test_what_becomes_of_completions_is_counted_and_shown_by_stats(editor: Editor, tmp_path: Path) -> None:
    uri = uri_of(tmp_path)
    editor.open(uri, PROGRAM)
    before = {one.event: one.count for one in totals() if one.model == "this file"}
    item = await shown_unasked(editor, uri, CURSOR)
    for method in ("turnstile/shown", "turnstile/shown", "turnstile/rejected", "turnstile/rejected"):
        editor.protocol.notify(method, {"id": said(item)["id"]})
    editor.protocol.notify("turnstile/shown", {"id": "no number"})
    item = await shown_unasked(editor, uri, CURSOR)
    insert(editor, uri, CURSOR, "path.exists")
    item = await shown_unasked(editor, uri, CURSOR + len("path.exists"))
    insert(editor, uri, CURSOR + len("path.exists"), item.insert_text)
    accepted = types.ExecuteCommandParams(item.command.command, item.command.arguments)
    for _ in range(2):
        await editor.workspace_execute_command_async(accepted)
    for event in (Event.SHOWN, Event.REJECTED, Event.PARTLY_ACCEPTED, Event.ACCEPTED):
        counted = await until_counted(event, "this file", before.get(event, 0))
        assert counted == before.get(event, 0) + 1, event
    printed = await stats("--json")
    rows = [row for row in json.loads(printed) if (row["model"], row["event"]) == ("this file", "accepted")]
    assert [row["language"] for row in rows] == ["python"]
    assert "exists" not in printed
    assert "this file" in await stats()


async def test_typing_is_no_partial_accept(editor: Editor, tmp_path: Path) -> None:
    uri = uri_of(tmp_path)
    editor.open(uri, PROGRAM)
    before = await until_counted(Event.PARTLY_ACCEPTED, "this file", -1)
    await shown_unasked(editor, uri, CURSOR)
    insert(editor, uri, CURSOR, "p")
    await shown_unasked(editor, uri, CURSOR + 1)
    insert(editor, uri, CURSOR + 1, "()")
    offered = await until_counted(Event.OFFERED, "this file")
    await editor.ghost_text(uri, position_of(editor.texts[uri], CURSOR), automatic=False)
    assert offered
    assert await until_counted(Event.PARTLY_ACCEPTED, "this file", -1) == before


async def test_several_candidates_stream_into_a_completion_list(tmp_path: Path) -> None:
    async with start_editor(tmp_path, capabilities=types.ClientCapabilities()) as editor:
        uri = uri_of(tmp_path)
        editor.open(uri, PROGRAM)
        where = types.TextDocumentIdentifier(uri), position_of(PROGRAM, CURSOR)
        context = types.CompletionContext(types.CompletionTriggerKind.Invoked)
        whole = await editor.text_document_completion_async(types.CompletionParams(*where, context))
        assert isinstance(whole, types.CompletionList)
        assert 1 < len(whole.items) <= 3
        assert whole.is_incomplete
        editor.change(uri, "import os", "import os, re")
        streamed = await editor.text_document_completion_async(
            types.CompletionParams(*where, context, partial_result_token="parts")
        )
        assert isinstance(streamed, types.CompletionList)
        assert list(streamed.items) == []
        parts = [item for part in editor.progress for item in plain(part)]
        assert 1 < len(parts) <= 3
        labels = [part["label"] for part in parts]
        assert len(set(labels)) == len(labels)
        assert sorted(part["sortText"] for part in parts) == [part["sortText"] for part in parts]


async def test_off_means_that_nobody_is_asked(tmp_path: Path) -> None:
    runtime = tmp_path / "runtime"
    off: list[dict[str, Any]] = [{"enabled": False}, {"disabled_languages": ["python"]}]
    async with start_editor(tmp_path, environment={"TURNSTILE_RUNTIME_DIR": str(runtime)}) as editor:
        uri = uri_of(tmp_path)
        editor.open(uri, PROGRAM)
        for settings in off:
            editor.settings = {"complete": settings}
            editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
            for automatic in (True, False):
                assert await editor.ghost_text(uri, position_of(PROGRAM, CURSOR), automatic=automatic) == []
        assert editor.statuses == []
    assert not runtime.exists()


async def test_what_was_switched_off_is_not_asked_ahead_either(tmp_path: Path) -> None:
    with scripted_model(["first = 1"], name="deepseek-coder-v2-lite-base") as model:
        settings = {"complete": {"model": f"{model.url}#{model.name}"}}
        async with start_editor(tmp_path, settings=settings) as editor:
            uri = uri_of(tmp_path)
            editor.open(uri, "x = \n")
            item = (await editor.ghost_text(uri, types.Position(0, 4)))[0]
            insert(editor, uri, 4, item.insert_text)
            editor.settings = {"complete": {**settings["complete"], "disabled_languages": ["python"]}}
            editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
            while await editor.ghost_text(uri, types.Position(0, 4)):
                pass
            asked = len(model.prompts)
            accepted = types.ExecuteCommandParams(item.command.command, item.command.arguments)
            await editor.workspace_execute_command_async(accepted)
            await asyncio.sleep(0.5)
            assert len(model.prompts) == asked


async def test_manual_only_and_single_line_mode(tmp_path: Path) -> None:
    settings = {"complete": {"automatic": False, "single_line": True}}
    async with start_editor(tmp_path, settings=settings) as editor:
        uri = uri_of(tmp_path)
        editor.open(uri, PROGRAM)
        assert await editor.ghost_text(uri, position_of(PROGRAM, CURSOR), automatic=True) == []
        for offset in (PROGRAM.index("    return"), PROGRAM.index("\n\ndef exists"), CURSOR):
            items = await editor.ghost_text(uri, position_of(PROGRAM, offset))
            assert items
            assert not [item for item in items if "\n" in item.insert_text]
