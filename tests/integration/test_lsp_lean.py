"""Lean files in the editor without Lean: actions, lenses, and that offering them starts nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.uris import from_fs_path

from tests.integration.lsp_client import Editor, position_of, start_editor

FILE = """theorem done : True := trivial

/-- Commutes. -/
theorem swap (a b : Nat) : a + b = b + a := by
  have h : True := sorry
  exact sorry

lemma open_end : True := by
"""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def editor(shared_editor: Editor, tmp_path: Path) -> Editor:
    shared_editor.forget()
    shared_editor.open(uri(tmp_path), FILE, "lean4")
    return shared_editor


def uri(folder: Path) -> str:
    return from_fs_path(str(folder / "A.lean")) or ""


async def actions(editor: Editor, folder: Path, needle: str, **context: Any) -> list[Any]:
    place = position_of(FILE, FILE.index(needle))
    return await editor.code_actions(
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri(folder)),
            types.Range(place, place),
            types.CodeActionContext(**{"diagnostics": [], **context}),
        )
    )


async def test_actions_where_a_proof_is_missing(editor: Editor, tmp_path: Path) -> None:
    assert [action["title"] for action in await actions(editor, tmp_path, "sorry")] == [
        "Prove this lemma",
        "Fill this sorry",
        "Suggest tactics",
    ]
    titles = [action["title"] for action in await actions(editor, tmp_path, "lemma open_end")]
    assert titles == ["Prove this lemma", "Suggest tactics"]


async def test_a_finished_proof_can_be_minimised(editor: Editor, tmp_path: Path) -> None:
    [minimise] = await actions(editor, tmp_path, "theorem done")
    assert (minimise["title"], minimise["command"]["command"]) == ("Minimise this proof", "turnstile.minimise")


async def test_an_action_names_its_command_place_and_version(editor: Editor, tmp_path: Path) -> None:
    [prove, fill, _] = await actions(editor, tmp_path, "sorry\n  exact")
    assert prove["command"]["command"] == "turnstile.prove"
    assert prove["command"]["arguments"] == [
        {"textDocument": {"uri": uri(tmp_path)}, "position": {"line": 3, "character": 0}, "version": 1}
    ]
    assert fill["command"]["arguments"][0]["position"] == {"line": 4, "character": 19}


async def test_tactics_are_suggested_where_one_could_stand(editor: Editor, tmp_path: Path) -> None:
    text = "theorem t : True ∧ True := by\n  constructor\n  \n  · trivial\n\ndef two := 2\n"
    editor.open(uri(tmp_path), text, "lean4")
    for line, column, titles in [
        (2, 2, ["Suggest tactics", "Minimise this proof"]),
        (1, 4, ["Minimise this proof"]),
        (4, 0, ["Suggest tactics"]),
        (5, 12, []),
    ]:
        place = types.Position(line, column)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri(tmp_path)), types.Range(place, place), types.CodeActionContext([])
        )
        assert [action["title"] for action in await editor.code_actions(params)] == titles


async def test_an_error_of_the_official_server_is_a_reason_too(editor: Editor, tmp_path: Path) -> None:
    place = position_of(FILE, FILE.index("trivial"))
    error = types.Diagnostic(types.Range(place, place), "unsolved goals", severity=types.DiagnosticSeverity.Error)
    found = await actions(editor, tmp_path, "theorem done", diagnostics=[error])
    assert [action["title"] for action in found] == ["Prove this lemma", "Suggest tactics"]


async def test_only_the_wanted_kinds(editor: Editor, tmp_path: Path) -> None:
    found = await actions(editor, tmp_path, "sorry", only=[types.CodeActionKind.Refactor])
    assert [action["title"] for action in found] == ["Suggest tactics"]
    assert await actions(editor, tmp_path, "sorry", only=[types.CodeActionKind.Source]) == []


async def test_code_lenses_are_off_until_asked_for(editor: Editor, tmp_path: Path) -> None:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri(tmp_path)))
    assert not await editor.text_document_code_lens_async(params)


async def test_code_lenses_above_what_can_be_proved(tmp_path: Path) -> None:
    async with start_editor(tmp_path, options={"settings": {"prove": {"code_lenses": True}}}) as editor:
        editor.open(uri(tmp_path), FILE, "lean4")
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri(tmp_path)))
        lenses = await editor.text_document_code_lens_async(params) or []
        assert [lens.range.start.line for lens in lenses] == [3, 7]
        assert {lens.command.command for lens in lenses if lens.command} == {"turnstile.prove"}


async def test_opening_a_file_and_offering_actions_starts_no_process(editor: Editor, tmp_path: Path) -> None:
    await actions(editor, tmp_path, "sorry")
    assert psutil.Process(editor.process.pid).children(recursive=True) == []


async def test_other_languages_have_none(editor: Editor, tmp_path: Path) -> None:
    python = from_fs_path(str(tmp_path / "a.py")) or ""
    editor.open(python, "theorem = 'sorry'\n")
    place = types.Range(types.Position(0, 0), types.Position(0, 0))
    context = types.CodeActionContext([])
    params = types.CodeActionParams(types.TextDocumentIdentifier(python), place, context)
    assert await editor.code_actions(params) == []


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ({}, -32602),
        ({"textDocument": {"uri": 3}}, -32602),
        ({"textDocument": {"uri": "untitled:none"}, "position": {"line": 0, "character": 0}}, -32602),
        ({"textDocument": {"uri": "A.lean"}, "position": {"line": 0, "character": 0}, "version": 99}, -32801),
    ],
)
async def test_bad_arguments_of_a_command(editor: Editor, tmp_path: Path, argument: dict[str, Any], code: int) -> None:
    if argument.get("textDocument") == {"uri": "A.lean"}:
        argument = {**argument, "textDocument": {"uri": uri(tmp_path)}}
    with pytest.raises(JsonRpcException) as raised:
        await editor.workspace_execute_command_async(types.ExecuteCommandParams("turnstile.prove", [argument]))
    assert raised.value.code == code
