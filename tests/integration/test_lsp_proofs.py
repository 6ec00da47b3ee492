"""Proofs in the editor: real server, real daemon, real Lean; and what happens when the user types meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.uris import from_fs_path

from tests.integration.lsp_client import Editor, start_editor
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.daemon.messages import JobState
from turnstile_lsp.agents.trust import TrustStore

LEMMA = "theorem swap (a b : Nat) : a + b = b + a := by\n  sorry\n"
BOTH = "theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q := ⟨sorry, sorry⟩\n"
FALSE = "theorem wrong (n : Nat) : n = n + 1 := by\n  sorry\n"
HARD = "theorem hard (f : Nat → Nat) (h : ∀ n, f (n + 1) > f (f n)) (n : Nat) : f n = n := by\n  sorry\n"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
async def daemon(private_places: Path) -> AsyncIterator[Daemon]:
    client = await Daemon.connect()
    yield client
    await client.close()


def opened(editor: Editor, folder: Path, text: str, name: str = "A.lean") -> str:
    uri = from_fs_path(str(folder / name)) or ""
    editor.open(uri, text, "lean4")
    return uri


def kinds(editor: Editor) -> list[str]:
    return [value["kind"] for value in editor.progress]


def when_progress_comes(editor: Editor) -> asyncio.Event:
    came = asyncio.Event()
    editor.on_progress = lambda value: came.set() if value["kind"] == "report" else None
    return came


async def cancelled(daemon: Daemon, count: int) -> None:
    """The latest jobs are cancelled, or soon will be: the editor is answered before a job's process has ended."""
    for _ in range(200):
        states = {job.state for job in (await daemon.jobs())[:count]}
        if states == {JobState.CANCELLED}:
            break
        await asyncio.sleep(0.05)
    assert states == {JobState.CANCELLED}


async def test_prove_replaces_the_sorry(editor: Editor, lean_folder: Path) -> None:
    uri = opened(editor, lean_folder, "-- α 😋\n" + LEMMA)
    result = await editor.command("turnstile.prove", uri, "theorem")
    assert result["status"] == "proved"
    assert result["name"] == "swap"
    assert (result["line"], result["column"], result["end"]) == (3, 3, {"line": 3, "column": 8})
    assert result["finder"].startswith(("portfolio:", "search:"))
    assert result["axioms"] is not None
    assert editor.texts[uri] == "-- α 😋\n" + LEMMA.replace("sorry", result["proof"])
    [edit] = editor.edits
    assert edit.document_changes is not None
    assert edit.document_changes[0].text_document.version == 1  # type: ignore[union-attr]
    assert (kinds(editor)[0], kinds(editor)[-1]) == ("begin", "end")
    assert any(value["kind"] == "report" and value["message"] for value in editor.progress)
    assert editor.statuses[-1].state == "ready"


async def test_prove_fills_all_holes_of_a_lemma_and_fill_only_one(editor: Editor, lean_folder: Path) -> None:
    uri = opened(editor, lean_folder, BOTH)
    filled = await editor.command("turnstile.fill", uri, "sorry")
    assert filled["status"] == "proved"
    assert editor.texts[uri].count("sorry") == 1
    result = await editor.command("turnstile.prove", uri, "theorem")
    assert result["status"] == "proved"
    assert "sorry" not in editor.texts[uri]


async def test_two_proofs_at_once(editor: Editor, lean_folder: Path) -> None:
    uri = opened(editor, lean_folder, LEMMA + "\n" + BOTH)
    results = await asyncio.gather(
        editor.command("turnstile.prove", uri, "theorem swap"), editor.command("turnstile.prove", uri, "theorem both")
    )
    assert [result["status"] for result in results] == ["proved", "proved"]
    assert "sorry" not in editor.texts[uri]


async def test_an_edit_below_moves_nothing_and_an_edit_above_has_the_proof_checked_again(
    editor: Editor, lean_folder: Path
) -> None:
    uri = opened(editor, lean_folder, "def above := 1\n\n" + LEMMA + "\ndef below := 2\n")
    edits = iter([("below := 2", "below := 3"), ("above := 1", "above := 100\n\ndef more := 1")])
    editor.before_edit = lambda: editor.change(uri, *next_edit) if (next_edit := next(edits, None)) else None
    result = await editor.command("turnstile.prove", uri, "theorem")
    assert result["status"] == "proved"
    assert len(editor.edits) == 3
    assert editor.texts[uri] == (
        f"def above := 100\n\ndef more := 1\n\n{LEMMA.replace('sorry', result['proof'])}\ndef below := 3\n"
    )


async def test_an_edit_above_that_makes_the_lemma_false_keeps_the_proof_out(editor: Editor, lean_folder: Path) -> None:
    text = "def two := 2\n\ntheorem small : two < 3 := by\n  sorry\n"
    uri = opened(editor, lean_folder, text)
    edits = iter([("two := 2", "two := 7")])
    editor.before_edit = lambda: editor.change(uri, *next_edit) if (next_edit := next(edits, None)) else None
    result = await editor.command("turnstile.prove", uri, "theorem")
    assert result["status"] == "unproved"
    assert "does not hold any more" in result["message"]
    assert result["proof"]
    assert editor.messages == [result["message"]]
    assert editor.texts[uri] == text.replace("two := 2", "two := 7")


async def test_a_changed_lemma_cancels_and_the_proof_is_kept_in_the_answer(editor: Editor, lean_folder: Path) -> None:
    uri = opened(editor, lean_folder, LEMMA)
    editor.before_edit = lambda: editor.change(uri, "a + b = b + a", "a + b = b + a + 0")
    result = await editor.command("turnstile.prove", uri, "theorem")
    assert result["status"] == "cancelled"
    assert "was changed" in result["message"]
    assert result["proof"] in result["message"]
    assert "sorry" in editor.texts[uri]


async def test_an_editor_that_does_not_take_the_edit_is_asked_once_and_the_proof_is_in_the_answer(
    editor: Editor, lean_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = opened(editor, lean_folder, LEMMA)
    monkeypatch.setattr(editor, "apply", lambda edit: False)
    refused = await editor.command("turnstile.prove", uri, "theorem")
    assert len(editor.edits) == 1

    def fail() -> None:
        raise JsonRpcInternalError("nobody could be asked")

    editor.before_edit = fail
    failed = await editor.command("turnstile.prove", uri, "theorem")
    assert "nobody could be asked" in failed["message"]
    for result in refused, failed:
        assert result["status"] == "cancelled"
        assert "The editor did not put it in" in result["message"]
        assert result["proof"] in result["message"]


async def test_a_lemma_changed_in_mid_search_ends_the_job(editor: Editor, lean_folder: Path, daemon: Daemon) -> None:
    uri = opened(editor, lean_folder, HARD)
    came = when_progress_comes(editor)
    proving = asyncio.create_task(editor.command("turnstile.prove", uri, "theorem", budget=120))
    await asyncio.wait_for(came.wait(), 150)
    editor.change(uri, "theorem hard", "theorem harder")
    result = await asyncio.wait_for(proving, 30)
    assert result["status"] == "cancelled"
    await cancelled(daemon, 1)


async def test_cancel_by_button_by_command_and_by_request(editor: Editor, lean_folder: Path, daemon: Daemon) -> None:
    uri = opened(editor, lean_folder, HARD)

    async def start() -> asyncio.Task[Any]:
        editor.progress.clear()
        came = when_progress_comes(editor)
        task = asyncio.create_task(editor.command("turnstile.prove", uri, "theorem", budget=120))
        await asyncio.wait_for(came.wait(), 150)
        return task

    proving = await start()
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(editor.progress_tokens[-1]))
    assert (await asyncio.wait_for(proving, 30))["status"] == "cancelled"
    assert kinds(editor)[-1] == "end"

    proving = await start()
    cancel = types.ExecuteCommandParams("turnstile.cancel", [{"textDocument": {"uri": uri}}])
    assert await editor.workspace_execute_command_async(cancel) == {"cancelled": 1}
    assert (await asyncio.wait_for(proving, 30))["status"] == "cancelled"

    came = when_progress_comes(editor)
    argument = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}, "budget": 120}
    params = types.ExecuteCommandParams("turnstile.prove", [argument])
    answer = editor.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, "to-cancel")
    await asyncio.wait_for(came.wait(), 150)
    editor.cancel_request(types.CancelParams("to-cancel"))
    with pytest.raises(JsonRpcException) as raised:
        await asyncio.wait_for(answer, 30)
    assert raised.value.code == -32800
    await cancelled(daemon, 3)


async def test_a_job_outlives_the_window_that_asked(lean_folder: Path, daemon: Daemon) -> None:
    async with start_editor(lean_folder) as editor:
        uri = opened(editor, lean_folder, HARD)
        came = when_progress_comes(editor)
        proving = asyncio.create_task(editor.command("turnstile.prove", uri, "theorem", budget=120))
        await asyncio.wait_for(came.wait(), 150)
    with pytest.raises((JsonRpcException, RuntimeError)):
        await proving
    job = (await daemon.jobs())[0]
    assert job.state is JobState.RUNNING
    await daemon.cancel(job.id)


async def test_a_false_lemma_is_never_proved(editor: Editor, lean_folder: Path) -> None:
    uri = opened(editor, lean_folder, FALSE)
    result = await editor.command("turnstile.prove", uri, "theorem", budget=3)
    assert result["status"] in ("unproved", "refuted")
    assert result["proof"] is None
    assert editor.messages == [result["message"]]
    assert editor.texts[uri] == FALSE


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("theorem broken : := \n\n" + LEMMA, "proved"),
        (LEMMA.replace("\n", "\r\n"), "proved"),
        ("import No.Such.Module\n\n" + LEMMA, "error"),
        ("import Mathlib\n\n" + LEMMA, "error"),
        ("def nothing := 1\n\ntheorem done : True := trivial\n", "error"),
    ],
)
async def test_documents_of_all_kinds(editor: Editor, lean_folder: Path, text: str, status: str) -> None:
    uri = opened(editor, lean_folder, text)
    result = await editor.command("turnstile.prove", uri, "theorem swap" if "swap" in text else "theorem")
    assert result["status"] == status, result
    if status == "proved":
        assert editor.texts[uri] == text.replace("sorry", result["proof"])
    else:
        assert editor.texts[uri] == text
        assert result["message"].endswith(".")


async def test_an_unsaved_document_is_proved(editor: Editor) -> None:
    editor.open("untitled:Untitled-1", LEMMA, "lean4")
    assert (await editor.command("turnstile.prove", "untitled:Untitled-1", "theorem"))["status"] == "proved"
    assert "sorry" not in editor.texts["untitled:Untitled-1"]


@pytest.mark.parametrize("way", ["turnstile/trust", "turnstile trust FOLDER"])
async def test_an_untrusted_project_runs_no_lake_until_the_user_trusts_it(tmp_path: Path, way: str) -> None:
    (tmp_path / "lakefile.toml").write_text('name = "project"\n')
    (tmp_path / "lean-toolchain").write_text("leanprover/lean4:v4.0.0-none\n")
    options = {"trusted": False} if way == "turnstile/trust" else {}
    async with start_editor(tmp_path, options=options) as editor:
        uri = opened(editor, tmp_path, LEMMA)
        result = await editor.command("turnstile.prove", uri, "theorem")
        assert result["status"] == "error"
        assert "not trusted" in result["message"]
        assert f"turnstile trust {tmp_path}" in editor.messages[-1]
        assert editor.statuses[-1].mend == f"turnstile trust {tmp_path}"
        if way == "turnstile/trust":
            editor.protocol.notify("turnstile/trust", {"trusted": True})
        else:
            TrustStore().trust(tmp_path)
        result = await editor.command("turnstile.prove", uri, "theorem")
        assert result["status"] == "error"
        assert "v4.0.0-none" in result["message"]


async def test_an_editors_trust_in_a_folder_is_none_in_the_project_above_it(tmp_path: Path) -> None:
    (tmp_path / "lakefile.toml").write_text('name = "project"\n')
    (tmp_path / "below").mkdir()
    async with start_editor(tmp_path / "below", options={"trusted": True}) as editor:
        result = await editor.command("turnstile.prove", opened(editor, tmp_path / "below", LEMMA), "theorem")
    assert result["status"] == "error"
    assert f"{tmp_path} is a Lean project that you have not trusted" in result["message"]
