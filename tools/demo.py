"""The main job, shown on `examples/` through the real language server over stdio.

Prints grey text for three places (asked for, as a manual trigger does), then proves the lemmas that are marked
`sorry`, and shows each edit, who found it and how long it took. Exits with 1 if a lemma is not proved.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SERVER = ROOT / ".venv" / "bin" / "turnstile"
LANGUAGES = {".py": "python", ".ts": "typescript", ".lean": "lean4"}


class Editor:
    """A small editor: open documents, their versions, and the edits that the server makes to them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.edited = asyncio.Event()
        self.client = LanguageClient("turnstile-demo", "1")
        self.answer(types.WORKSPACE_APPLY_EDIT, self.apply_edit)
        self.answer(types.PROGRESS, self.show_progress)
        self.answer(types.WINDOW_WORK_DONE_PROGRESS_CREATE, lambda parameters: None)
        self.answer(types.WINDOW_SHOW_MESSAGE, lambda parameters: say(f"  server: {parameters.message}"))
        self.answer("turnstile/status", lambda parameters: None)

    def answer(self, method: str, handler: Callable[[Any], Any]) -> None:
        """Register a handler; pygls marks functions, which it cannot do to methods."""
        self.client.feature(method)(lambda parameters: handler(parameters))

    async def start(self) -> None:
        """Start the server and shake hands."""
        await self.client.start_io(str(SERVER), "lsp", "--stdio")
        versioned = types.WorkspaceEditClientCapabilities(document_changes=True)
        workspace = types.WorkspaceClientCapabilities(apply_edit=True, workspace_edit=versioned)
        window = types.WindowClientCapabilities(work_done_progress=True)
        await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(workspace=workspace, window=window),
                workspace_folders=[types.WorkspaceFolder(uri=EXAMPLES.as_uri(), name="examples")],
            )
        )
        self.client.initialized(types.InitializedParams())

    async def stop(self) -> None:
        """Shut the server down as the protocol says."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    def open(self, path: Path) -> str:
        """Open a file; its URI."""
        uri, text = path.as_uri(), path.read_text(encoding="utf-8")
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri=uri, language_id=LANGUAGES[path.suffix], version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return uri

    def apply_edit(self, parameters: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        """What an editor does on `workspace/applyEdit`: change the text, tell the server."""
        for change in parameters.edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            uri = change.text_document.uri
            if change.text_document.version not in (None, self.versions[uri]):
                return types.ApplyWorkspaceEditResult(applied=False, failure_reason="another version")
            for edit in change.edits:
                assert isinstance(edit, types.TextEdit)
                self.replace(uri, edit)
        self.edited.set()
        return types.ApplyWorkspaceEditResult(applied=True)

    def replace(self, uri: str, edit: types.TextEdit) -> None:
        """One edit, shown and sent on as didChange."""
        text = self.texts[uri]
        start, end = (offset_of(text, place) for place in (edit.range.start, edit.range.end))
        self.texts[uri] = text[:start] + edit.new_text + text[end:]
        self.versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri])
        change = types.TextDocumentContentChangePartial(range=edit.range, text=edit.new_text)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=identifier, content_changes=[change])
        )

    def show_progress(self, parameters: types.ProgressParams) -> None:
        """What the server works on, on a terminal."""
        message = getattr(parameters.value, "message", None)
        if message and sys.stdout.isatty():
            print(f"\r\033[K  … {message}", end="", flush=True)


def offset_of(text: str, position: types.Position) -> int:
    """A UTF-16 position as an offset."""
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: position.line])
    units = lines[position.line].encode("utf-16-le")[: 2 * position.character]
    return before + len(units.decode("utf-16-le"))


def position_of(text: str, offset: int) -> types.Position:
    """The UTF-16 position of an offset."""
    before = text[:offset]
    line_start = before.rfind("\n") + 1
    return types.Position(before.count("\n"), len(before[line_start:].encode("utf-16-le")) // 2)


def say(line: str = "") -> None:
    """Print a line in place of any progress."""
    print(f"\r\033[K{line}" if sys.stdout.isatty() else line, flush=True)


async def show_ghost_text(editor: Editor, name: str, line: int, column: int) -> None:
    """Ask for grey text at a place (from 1) and print the line with it."""
    path = EXAMPLES / name
    uri = path.as_uri() if path.as_uri() in editor.texts else editor.open(path)
    started = time.monotonic()
    answer: Any = await editor.client.text_document_inline_completion_async(
        types.InlineCompletionParams(
            text_document=types.TextDocumentIdentifier(uri),
            position=types.Position(line - 1, column - 1),
            context=types.InlineCompletionContext(trigger_kind=types.InlineCompletionTriggerKind.Invoked),
        )
    )
    milliseconds = 1000 * (time.monotonic() - started)
    items = answer.items if isinstance(answer, types.InlineCompletionList) else answer or []
    text = editor.texts[uri].split("\n")[line - 1][: column - 1]
    say(f"{name}:{line}:{column}   {milliseconds:.0f} ms")
    if not items:
        say(f"  {text}▏ (nothing)")
        return
    (information,) = items[0].command.arguments[:1]
    inserted = items[0].insert_text
    say(f"  {text}▏{inserted if isinstance(inserted, str) else inserted.value}")
    say(f"  by {information['model']}")


async def prove(editor: Editor, path: Path) -> list[dict[str, Any]]:
    """Prove every lemma of a file; the results in order."""
    uri = editor.open(path)
    results: list[dict[str, Any]] = []
    searched = 0
    while hole := re.compile(r"^\s+sorry\b|:= sorry\b|by sorry\b", re.MULTILINE).search(editor.texts[uri], searched):
        at = editor.texts[uri].index("sorry", hole.start())
        argument = {
            "textDocument": {"uri": uri},
            "position": {
                "line": position_of(editor.texts[uri], at).line,
                "character": position_of(editor.texts[uri], at).character,
            },
            "version": editor.versions[uri],
        }
        answer = await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams(command="turnstile.prove", arguments=[argument])
        )
        result = as_dictionary(answer)
        results.append(result)
        show_result(path, result)
        searched = at if result["status"] == "proved" else at + 1
    return results


def as_dictionary(answer: Any) -> dict[str, Any]:
    """pygls gives objects for untyped JSON."""
    return dict(answer) if isinstance(answer, dict) else {name: getattr(answer, name) for name in answer._fields}


def show_result(path: Path, result: dict[str, Any]) -> None:
    """One lemma's outcome and its edit."""
    name = result["name"] or "example"
    if result["status"] != "proved":
        say(f"✗ {name}: {result['status']}. {result['message']}")
        return
    axioms = ", ".join(result["axioms"]) or "none"
    say(f"✓ {name}   {result['seconds']:.2f} s, by {result['finder']}, axioms: {axioms}")
    say(f"  {path.name}:{result['line']}:{result['column']}")
    say("  - sorry")
    for line in result["proof"].split("\n"):
        say(f"  + {line}")


async def main() -> int:
    """The demonstration; 0 when all lemmas are proved."""
    editor = Editor()
    started = time.monotonic()
    await editor.start()
    say(f"The language server answered `initialize` in {1000 * (time.monotonic() - started):.0f} ms.\n")
    say("Grey text, asked for:")
    for place in tomllib.loads((EXAMPLES / "positions.toml").read_text())["position"]:
        await show_ghost_text(editor, place["file"], place["line"], place["column"])
    say("\nProofs (the first one waits for Lean to start):")
    results = await prove(editor, EXAMPLES / "Lemmas.lean")
    proved = sum(result["status"] == "proved" for result in results)
    say(f"\n{proved} of {len(results)} lemmas proved, each checked by Lean. The files in examples/ were not changed.")
    await editor.stop()
    return 0 if results and proved == len(results) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
