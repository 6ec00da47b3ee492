"""Ghost text and plain completion from the real server, daemon and nano-coder."""

from __future__ import annotations

import argparse
import asyncio
import inspect
import re
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.uris import from_fs_path

from tests.integration.lsp_client import Editor, position_of, start_editor
from turnstile_lsp.agents.coder.estimates import calibrations

PROGRAM = "import os\n\n\ndef exists(path):\n    return os.path.\n\n\nfor i in range(10):\n    print(i)\n"


pytestmark = pytest.mark.asyncio(loop_scope="module")


def document(folder: Path, name: str = "a.py") -> str:
    return from_fs_path(str(folder / name)) or ""


async def test_ghost_text_on_a_manual_trigger(editor: Editor, tmp_path: Path) -> None:
    uri = document(tmp_path)
    editor.open(uri, PROGRAM)
    place = position_of(PROGRAM, PROGRAM.index("os.path.") + len("os.path."))
    item, *_ = await editor.ghost_text(uri, place)
    assert item.insert_text
    assert item.range == types.Range(place, place)
    assert item.command.command == "turnstile.accepted"
    assert item.command.arguments[0]["model"] == "nano-coder"
    assert editor.statuses[-1].model == "nano-coder"
    assert editor.statuses[-1].state == "ready"
    await editor.workspace_execute_command_async(
        types.ExecuteCommandParams(item.command.command, item.command.arguments)
    )


async def test_automatic_ghost_text_is_silent_where_nano_coder_is_not_sure(editor: Editor, tmp_path: Path) -> None:
    uri = document(tmp_path, "a.ts")
    editor.open(uri, "const x = \n", "typescript")
    assert await editor.ghost_text(uri, types.Position(0, 10), automatic=True) == []
    assert await editor.ghost_text(uri, types.Position(0, 10)) != []


async def test_automatic_ghost_text_shows_what_is_likely_to_be_right(editor: Editor, tmp_path: Path) -> None:
    text = inspect.getsource(argparse)
    places = [match.end() for match in re.finditer(r"^ +(?:self\.|return |if |for )", text, re.MULTILINE)]
    shown = []
    for number, place in enumerate(places):
        uri = document(tmp_path, f"{number}.py")
        editor.open(uri, text[:place])
        shown += await editor.ghost_text(uri, position_of(text, place), automatic=True)
        if len(shown) > 3:
            break
    assert shown
    assert min(item.command.arguments[0]["estimate"] for item in shown) >= calibrations().shown_above


async def test_plain_completion_says_in_its_details_who_gave_it(tmp_path: Path) -> None:
    capabilities = types.ClientCapabilities()
    async with start_editor(tmp_path, capabilities=capabilities) as editor:
        uri = document(tmp_path)
        editor.open(uri, PROGRAM)
        end = PROGRAM.index("os.path.") + len("os.path")
        context = types.CompletionContext(types.CompletionTriggerKind.Invoked)
        answer = await editor.text_document_completion_async(
            types.CompletionParams(types.TextDocumentIdentifier(uri), position_of(PROGRAM, end), context)
        )
        assert isinstance(answer, types.CompletionList)
        item = answer.items[0]
        assert item.label_details is not None
        assert item.label_details.description in ("nano-coder", "this file")
        assert isinstance(item.text_edit, types.TextEdit)
        assert item.text_edit.new_text.startswith("path")
        assert item.text_edit.range.start == position_of(PROGRAM, end - len("path"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_positions_in_the_encoding_that_the_client_likes_best(tmp_path: Path, encoding: str) -> None:
    text = "s = '😋é'; import os; os.path.\n"
    before = text[: text.index("\n")]
    units = {"utf-8": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2, "utf-32": len(before)}
    general = types.GeneralClientCapabilities(position_encodings=[encoding, "utf-16"])
    async with start_editor(tmp_path, capabilities=types.ClientCapabilities(general=general)) as editor:
        uri = document(tmp_path)
        editor.open(uri, text)
        place = types.Position(0, units[encoding])
        item, *_ = await editor.ghost_text(uri, place)
        assert item.range == types.Range(place, place)
        item, *_ = await editor.ghost_text(uri, types.Position(99, 99))
        assert item.range.start == types.Position(1, 0)
        item, *_ = await editor.ghost_text(uri, types.Position(0, 9999))
        assert item.range.start == place


async def test_unsaved_empty_and_unknown_documents(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    editor.open(uri, "")
    await editor.ghost_text(uri, types.Position(0, 0))
    editor.change(uri, "", "import ")
    item, *_ = await editor.ghost_text(uri, types.Position(0, 7))
    assert item.insert_text
    assert await editor.ghost_text("untitled:Untitled-2", types.Position(0, 0)) == []


async def test_binary_documents_are_declined_quietly(editor: Editor, tmp_path: Path) -> None:
    uri = document(tmp_path, "a.bin")
    editor.open(uri, "\x00\x01ELF\x02")
    assert await editor.ghost_text(uri, types.Position(0, 2)) == []
    assert editor.messages == []


async def test_a_large_document_is_completed_and_edited(editor: Editor, tmp_path: Path) -> None:
    uri = document(tmp_path)
    text = "value = compute(1)\n" * 1_100_000
    editor.open(uri, text)
    position = types.Position(550_000, 0)
    change = types.TextDocumentContentChangePartial(range=types.Range(position, position), text="import os; os.path.\n")
    identifier = types.VersionedTextDocumentIdentifier(2, uri)
    editor.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    item, *_ = await editor.ghost_text(uri, types.Position(550_000, 19))
    assert item.range.start == types.Position(550_000, 19)


async def test_a_newer_request_answers_and_the_older_one_says_nothing(editor: Editor, tmp_path: Path) -> None:
    uri = document(tmp_path)
    editor.open(uri, PROGRAM)
    place = position_of(PROGRAM, PROGRAM.index("os.path.") + len("os.path."))
    older = asyncio.create_task(editor.ghost_text(uri, place))
    newer = asyncio.create_task(editor.ghost_text(uri, place))
    assert await older == []
    assert await newer != []


async def test_a_form_feed_above_the_cursor_shifts_nothing(editor: Editor, tmp_path: Path) -> None:
    uri = document(tmp_path)
    text = "a = 1\x0c\x85\u2028\n" + PROGRAM
    editor.open(uri, text)
    place = position_of(text, text.index("os.path.") + len("os.path."))
    item, *_ = await editor.ghost_text(uri, place)
    assert item.range.start == place


async def test_settings_act_without_a_restart_and_bad_ones_are_named_once(tmp_path: Path) -> None:
    async with start_editor(tmp_path) as editor:
        uri = document(tmp_path)
        editor.open(uri, PROGRAM)
        place = position_of(PROGRAM, PROGRAM.index("os.path.") + len("os.path."))
        assert await editor.ghost_text(uri, place) != []
        editor.settings = {"complete": {"enabled": False, "max_tokens": "many"}}
        editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        for _ in range(100):
            if await editor.ghost_text(uri, place) == []:
                break
        assert await editor.ghost_text(uri, place) == []
        [message] = editor.messages
        assert "complete.max_tokens" in message


async def test_settings_from_a_client_that_pushes_them(tmp_path: Path) -> None:
    options = {"settings": {"complete": {"enabled": False}}}
    async with start_editor(tmp_path, options=options, capabilities=types.ClientCapabilities()) as editor:
        uri = document(tmp_path)
        editor.open(uri, PROGRAM)
        place = position_of(PROGRAM, PROGRAM.index("os.path.") + len("os.path."))
        editor.workspace_did_change_configuration(types.DidChangeConfigurationParams({"python": {"colour": 1}}))
        assert await editor.ghost_text(uri, place) == []
        pushed = {"turnstile": {"complete": {"enabled": True}}}
        editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(pushed))
        assert await editor.ghost_text(uri, place) != []
        assert editor.messages == []


async def test_a_model_that_is_not_there_is_told_once_and_stays_in_the_status(tmp_path: Path) -> None:
    settings = {"complete": {"model": str(tmp_path / "missing.gguf")}}
    async with start_editor(tmp_path, settings=settings) as editor:
        uri = document(tmp_path)
        editor.open(uri, PROGRAM)
        for _ in range(3):
            assert await editor.ghost_text(uri, types.Position(0, 3)) == []
        assert len(editor.messages) == 1
        assert "missing.gguf" in editor.messages[0]
        assert editor.statuses[-1].state == "problem"


async def test_text_selected_in_an_open_completion_list_is_part_of_the_ghost_text(
    editor: Editor, tmp_path: Path
) -> None:
    uri = document(tmp_path)
    text = "import os\nos.pa\n"
    editor.open(uri, text)
    selected = types.SelectedCompletionInfo(types.Range(types.Position(1, 3), types.Position(1, 5)), "path.")
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked, selected)
    answer = await editor.text_document_inline_completion_async(
        types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), types.Position(1, 5))
    )
    assert answer is not None
    item = answer.items[0]
    assert str(item.insert_text).startswith("path.")
    assert item.range == selected.range
