"""Suggested tactics in the editor: real server, real daemon, real Lean."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.uris import from_fs_path

from tests.integration.lsp_client import Editor, offset_of, start_editor

HEAD = "theorem swap (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n"
BEFORE = "-- 😋\ndef two := 2\n\n"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def opened(editor: Editor, folder: Path, text: str) -> str:
    """A document with the cursor at `|`, which the needle `|` of `suggest` stands for."""
    uri = from_fs_path(str(folder / "A.lean")) or ""
    editor.open(uri, text, "lean4")
    return uri


async def suggest(editor: Editor, folder: Path, text: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """The document's URI, and the answer for the cursor, which `|` shows."""
    offset = text.index("|")
    uri = opened(editor, folder, text[:offset] + text[offset + 1 :])
    line = text.count("\n", 0, offset)
    units = len(text[text.rfind("\n", 0, offset) + 1 : offset].encode("utf-16-le")) // 2
    argument = {"textDocument": {"uri": uri}, "position": {"line": line, "character": units}, **more}
    command = types.ExecuteCommandParams("turnstile.suggest", [argument])
    answer = await editor.workspace_execute_command_async(command)
    return uri, answer if isinstance(answer, dict) else answer._asdict()


def put_in(editor: Editor, uri: str, suggestion: dict[str, Any]) -> str:
    text, place = editor.texts[uri], suggestion["range"]
    start, end = (offset_of(text, types.Position(**place[name])) for name in ("start", "end"))
    return text[:start] + suggestion["replacement"] + text[end:]


async def test_the_best_few_to_choose_from(editor: Editor, lean_folder: Path) -> None:
    uri, answer = await suggest(editor, lean_folder, BEFORE + HEAD + "  sor|ry\n")
    assert (answer["status"], answer["name"], answer["line"]) == ("proved", "swap", 5)
    assert answer["proof"] == answer["suggestions"][0]["replacement"]
    assert answer["axioms"] is not None
    left = [len(each["goals"]) for each in answer["suggestions"]]
    assert left == sorted(left)
    assert editor.buttons[0] == f"{answer['suggestions'][0]['tactic']} — closes the goal"
    assert "constructor — 2 goals left" in editor.buttons
    assert editor.texts[uri].endswith("  sorry\n"), "nothing is put in before the user has chosen"
    assert editor.suggested == []


async def test_what_the_user_chooses_is_put_in(editor: Editor, lean_folder: Path) -> None:
    editor.choice = ""  # the first one
    uri, answer = await suggest(editor, lean_folder, BEFORE + HEAD + "|\n\ndef after := 3\n")
    assert editor.texts[uri] == BEFORE + HEAD + answer["suggestions"][0]["replacement"] + "\n\ndef after := 3\n"
    [edit] = editor.edits
    assert edit.document_changes is not None
    assert edit.document_changes[0].text_document.version == 1  # type: ignore[union-attr]


async def test_an_edit_elsewhere_moves_the_choice(editor: Editor, lean_folder: Path) -> None:
    editor.choice = ""
    edits = iter([("two := 2", "two := 2\n\ndef three := 3")])
    uri = from_fs_path(str(lean_folder / "A.lean")) or ""
    editor.before_edit = lambda: editor.change(uri, *next_edit) if (next_edit := next(edits, None)) else None
    _, answer = await suggest(editor, lean_folder, BEFORE + HEAD + "  |\n")
    tactic = answer["suggestions"][0]["tactic"]
    assert editor.texts[uri] == BEFORE.replace("2\n", "2\n\ndef three := 3\n") + HEAD + f"  {tactic}\n"


async def test_a_client_that_takes_them_is_told_of_each_at_once(lean_folder: Path) -> None:
    async with start_editor(lean_folder, options={"suggestions": True}) as editor:
        uri, answer = await suggest(
            editor, lean_folder, BEFORE + HEAD + "  constructor\n  · |\n  · exact hq\n", budget=5
        )
        assert editor.messages == []
        told = [each["suggestion"] for each in editor.suggested]
        assert sorted(each["tactic"] for each in told) == sorted(each["tactic"] for each in answer["suggestions"])
        assert {each["textDocument"]["version"] for each in editor.suggested} == {1}
        assert editor.suggested[0]["position"] == {"line": 5, "character": 4}
        best = answer["suggestions"][0]
        assert best["verified"]
        assert put_in(editor, uri, best) == BEFORE + HEAD + f"  constructor\n  · {best['tactic']}\n  · exact hq\n"

        came = asyncio.Event()
        editor.on_progress = lambda value: came.set() if "found" in value.get("message", "") else None
        running = asyncio.create_task(suggest(editor, lean_folder, HEAD + "  |\n", budget=60))
        await asyncio.wait_for(came.wait(), 60)
        editor.change(uri, HEAD, HEAD + "  constructor\n")
        _, stopped = await asyncio.wait_for(running, 20)
        assert stopped["status"] == "cancelled"
        assert stopped["suggestions"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("theorem t : 1 = 1 := by\n  rfl|\n", "no goal at line 2"),
        (HEAD + "  -- he|re\n", "in a comment"),
        ("def a| := 1\n", "no goal at line 1"),
        ("import No.Such.Module\n\n" + HEAD + "  |\n", "No.Such.Module"),
    ],
)
async def test_where_nothing_can_be_suggested(editor: Editor, lean_folder: Path, text: str, words: str) -> None:
    _, answer = await suggest(editor, lean_folder, text)
    assert answer["status"] == "error"
    assert words in answer["message"]
    assert answer["suggestions"] == []


async def test_without_lean_the_message_says_what_mends(tmp_path: Path) -> None:
    environment = {"TURNSTILE_CACHE_DIR": str(tmp_path / "empty"), "PATH": "/nowhere"}
    async with start_editor(tmp_path, environment=environment) as editor:
        _, answer = await suggest(editor, tmp_path, HEAD + "  |\n")
        assert answer["status"] == "error"
        assert "no Lean on this machine" in answer["message"]
        assert editor.statuses[-1].mend == "turnstile lean install"
