"""An editor for tests: pygls' own client with a real `turnstile lsp` at the other end of its standard streams."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

COMMAND = (sys.executable, "-m", "turnstile_lsp", "lsp")

CAPABILITIES = types.ClientCapabilities(
    general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf16]),
    text_document=types.TextDocumentClientCapabilities(inline_completion=types.InlineCompletionClientCapabilities()),
    window=types.WindowClientCapabilities(work_done_progress=True),
    workspace=types.WorkspaceClientCapabilities(
        apply_edit=True,
        configuration=True,
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
    ),
)


class Editor(LanguageClient):
    """Holds documents, applies the server's edits to them, and remembers what the server says."""

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        super().__init__("test-editor", "1")
        self.settings = settings or {}
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.forget()
        _register(self)

    def forget(self) -> None:
        """Forget what the server said, and what was to be done about it."""
        self.statuses: list[Any] = []
        self.messages: list[str] = []
        self.progress: list[Any] = []
        self.progress_tokens: list[types.ProgressToken] = []
        self.edits: list[types.WorkspaceEdit] = []
        self.before_edit: Callable[[], None] | None = None
        self.on_progress: Callable[[Any], None] | None = None
        self.choice: str | None = None
        self.buttons: list[str] = []
        self.suggested: list[dict[str, Any]] = []

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._server is not None
        return self._server

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a document; one that is open already is closed first."""
        if uri in self.texts:
            self.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, old: str, new: str) -> None:
        """Replace the first `old` in a document and tell the server as an incremental change."""
        text = self.texts[uri]
        start = text.index(old)
        where = types.Range(position_of(text, start), position_of(text, start + len(old)))
        self.texts[uri] = text[:start] + new + text[start + len(old) :]
        self._changed(uri, [types.TextDocumentContentChangePartial(range=where, text=new)])

    def apply(self, edit: types.WorkspaceEdit) -> bool:
        """Apply a workspace edit as an editor does: only to the version that it names."""
        for change in edit.document_changes or []:
            assert isinstance(change, types.TextDocumentEdit)
            uri = change.text_document.uri
            if change.text_document.version not in (None, self.versions.get(uri)):
                return False
            for text_edit in sorted(change.edits, key=lambda one: -offset_of(self.texts[uri], one.range.start)):
                assert isinstance(text_edit, types.TextEdit)
                text = self.texts[uri]
                start, end = offset_of(text, text_edit.range.start), offset_of(text, text_edit.range.end)
                self.texts[uri] = text[:start] + text_edit.new_text + text[end:]
            self._changed(uri, [types.TextDocumentContentChangeWholeDocument(text=self.texts[uri])])
        return True

    async def ghost_text(self, uri: str, position: types.Position, automatic: bool = False) -> list[Any]:
        kind = types.InlineCompletionTriggerKind
        context = types.InlineCompletionContext(kind.Automatic if automatic else kind.Invoked)
        answer = await self.text_document_inline_completion_async(
            types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), position)
        )
        return list(answer.items) if answer is not None else []

    async def command(self, name: str, uri: str, needle: str, **more: Any) -> dict[str, Any]:
        """Run one of the server's commands at the first place of `needle`."""
        position = position_of(self.texts[uri], self.texts[uri].index(needle))
        where = {"line": position.line, "character": position.character}
        argument = {"textDocument": {"uri": uri}, "position": where, "version": self.versions[uri], **more}
        answer = await self.workspace_execute_command_async(types.ExecuteCommandParams(name, [argument]))
        return plain(answer)

    async def code_actions(self, params: types.CodeActionParams) -> list[Any]:
        """`textDocument/codeAction`, as JSON: lsprotocol's converter takes every action with a command for a command."""
        request = self.protocol.send_request(types.TEXT_DOCUMENT_CODE_ACTION, params, msg_id="code-actions")
        del self.protocol._result_types["code-actions"]
        return plain(await asyncio.wrap_future(request)) or []

    def _changed(self, uri: str, changes: list[types.TextDocumentContentChangeEvent]) -> None:
        self.versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, changes))


def _register(editor: Editor) -> None:
    @editor.feature("turnstile/status")
    def status(params: Any) -> None:
        editor.statuses.append(params)

    @editor.feature(types.WINDOW_SHOW_MESSAGE)
    def show_message(params: types.ShowMessageParams) -> None:
        editor.messages.append(params.message)

    @editor.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
    def show_message_request(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        editor.messages.append(params.message)
        editor.buttons = [action.title for action in params.actions or []]
        chosen = [title for title in editor.buttons if editor.choice is not None and title.startswith(editor.choice)]
        return types.MessageActionItem(chosen[0]) if chosen else None

    @editor.feature("turnstile/suggested")
    def suggested(params: Any) -> None:
        editor.suggested.append(plain(params))

    @editor.feature(types.WINDOW_LOG_MESSAGE)
    def log_message(params: types.LogMessageParams) -> None:
        pass

    @editor.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)
    def create_progress(params: types.WorkDoneProgressCreateParams) -> None:
        pass

    @editor.feature(types.PROGRESS)
    def progress(params: types.ProgressParams) -> None:
        editor.progress.append(params.value)
        editor.progress_tokens.append(params.token)
        if editor.on_progress is not None:
            editor.on_progress(params.value)

    @editor.feature(types.WORKSPACE_CONFIGURATION)
    def configuration(params: types.ConfigurationParams) -> list[Any]:
        return [editor.settings for _ in params.items]

    @editor.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register_capability(params: types.RegistrationParams) -> None:
        pass

    @editor.feature(types.WORKSPACE_APPLY_EDIT)
    def apply_edit(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        if editor.before_edit is not None:
            editor.before_edit()
        editor.edits.append(params.edit)
        return types.ApplyWorkspaceEditResult(editor.apply(params.edit))


@asynccontextmanager
async def start_editor(
    folder: Path,
    *,
    settings: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    capabilities: types.ClientCapabilities = CAPABILITIES,
    environment: dict[str, str] | None = None,
) -> AsyncIterator[Editor]:
    """An initialized editor with one workspace folder; at the end the server must leave cleanly."""
    editor = Editor(settings)
    await editor.start_io(*COMMAND, env={**os.environ, **(environment or {})})
    await initialize(editor, folder, options, capabilities)
    yield editor
    await editor.shutdown_async(None)
    editor.exit(None)
    await asyncio.wait_for(editor.process.wait(), 20)
    await editor.stop()
    assert editor.process.returncode == 0


async def initialize(
    editor: Editor,
    folder: Path,
    options: dict[str, Any] | None = None,
    capabilities: types.ClientCapabilities = CAPABILITIES,
) -> types.InitializeResult:
    """Say hello as an editor does."""
    uri = from_fs_path(str(folder)) or ""
    params = types.InitializeParams(
        process_id=os.getpid(),
        capabilities=capabilities,
        initialization_options=options,
        workspace_folders=[types.WorkspaceFolder(uri, folder.name)],
    )
    result = await editor.initialize_async(params)
    editor.initialized(types.InitializedParams())
    return result


def position_of(text: str, offset: int) -> types.Position:
    """Offset in code points → position in UTF-16 units."""
    before = text[:offset]
    column = before[before.rfind("\n") + 1 :]
    return types.Position(before.count("\n"), len(column.encode("utf-16-le")) // 2)


def offset_of(text: str, position: types.Position) -> int:
    """The reverse of `position_of`."""
    start = 0
    for _ in range(position.line):
        start = text.index("\n", start) + 1
    offset, units = start, 0
    while units < position.character and text[offset] != "\n":
        units += len(text[offset].encode("utf-16-le")) // 2
        offset += 1
    return offset


def plain(value: Any) -> Any:
    """Results of methods that lsprotocol does not know come as named tuples."""
    if hasattr(value, "_asdict"):
        return {name: plain(inner) for name, inner in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
