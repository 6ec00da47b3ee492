"""Lean files: which actions are offered where, and the commands behind them. Offering one never starts Lean."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from lsprotocol import types
from msgspec import Struct
from pygls.exceptions import JsonRpcException

from turnstile_lsp.agents.prover.results import Task
from turnstile_lsp.lsp_server.completion import is_wanted
from turnstile_lsp.lsp_server.ghost_tactics import GhostTactics
from turnstile_lsp.lsp_server.hover import hover
from turnstile_lsp.lsp_server.lean_text import (
    Declaration,
    declaration_at,
    declarations,
    hole_at,
    is_gap,
)
from turnstile_lsp.lsp_server.proof_run import Order
from turnstile_lsp.lsp_server.proofs import Proofs
from turnstile_lsp.lsp_server.text_document import TextDocument

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.session import Session

LANGUAGES = ("lean", "lean4")
THEOREMS = ("theorem", "lemma", "example")
T = TypeVar("T")

REACH = 300
"""Lines on both sides of the cursor in which actions look for the declaration: a few milliseconds' worth."""


class Identifier(Struct, frozen=True):
    """LSP's TextDocumentIdentifier."""

    uri: str


class Where(Struct, frozen=True):
    """LSP's Position."""

    line: int
    character: int


class Argument(Struct, frozen=True, rename="camel"):
    """What the commands take. `version`: of the document that `position` was taken from; `budget`: seconds for each hole."""

    text_document: Identifier
    position: Where = Where(0, 0)
    version: int | None = None
    budget: float | None = None


class Cancelled(Struct, frozen=True, rename="camel"):
    """What `turnstile.cancel` takes: a document, or nothing for all of them."""

    text_document: Identifier | None = None


class Lean:
    """One connection's Lean features."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._proofs = Proofs(session)
        self.ghost = GhostTactics(session)

    async def inline(self, params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        """Tactics that have run at the cursor; None where it is for a language model to answer."""
        document = self._session.server.workspace.document(params.text_document.uri)
        if document is None or not _is_lean(document):
            return None
        automatic = params.context.trigger_kind == types.InlineCompletionTriggerKind.Automatic
        settings = (await self._session.configuration.of(document.uri)).settings.complete
        if not is_wanted(settings, document, automatic):
            return None
        items = await self.ghost.items(document, params.position)
        return types.InlineCompletionList(items) if items or (automatic and items is not None) else None

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        """`textDocument/hover`."""
        document = self._session.server.workspace.document(params.text_document.uri)
        return await hover(document, params.position) if document is not None and _is_lean(document) else None

    def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction] | None:
        """What can be done at the start of the range."""
        document = self._session.server.workspace.document(params.text_document.uri)
        if document is None or not _is_lean(document):
            return None
        line, column = document.line_and_column(params.range.start)
        text, first = document.window(line, REACH)
        offset = sum(map(len, document.lines[first:line])) + column
        declaration = declaration_at(text, offset)
        actions = [] if declaration is None else self._at(document, declaration, text, first, offset, params)
        finished = declaration if not actions and declaration and declaration.keyword in THEOREMS else None
        if not actions and is_gap(text, offset):
            actions = [_suggest(document, params.range.start)]
        if finished is not None:
            actions.append(_minimise(document, _place(document, text, first, finished.head)))
        return [action for action in actions if _wanted(action.kind, params.context.only)] or None

    def _at(
        self,
        document: TextDocument,
        declaration: Declaration,
        text: str,
        first: int,
        offset: int,
        params: types.CodeActionParams,
    ) -> list[types.CodeAction]:
        """What can be done with a declaration in a window `text` that starts at line `first`."""
        lines = range(first + text.count("\n", 0, declaration.start), first + text.count("\n", 0, declaration.end) + 1)
        broken = any(
            diagnostic.severity == types.DiagnosticSeverity.Error and diagnostic.range.start.line in lines
            for diagnostic in params.context.diagnostics
        )
        if not (declaration.is_provable or broken):
            return []
        hole = hole_at(text, declaration, offset)
        at_hole = None if hole is None else _place(document, text, first, hole)
        head = _place(document, text, first, declaration.head)
        return list(_actions(document, head, at_hole, params.range.start))

    async def code_lenses(self, params: types.CodeLensParams) -> list[types.CodeLens] | None:
        """One above each declaration with a hole, where the setting says so."""
        document = self._session.server.workspace.document(params.text_document.uri)
        if document is None or not _is_lean(document):
            return None
        resolved = await self._session.configuration.of(document.uri)
        if not resolved.settings.prove.code_lenses:
            return None
        lenses = []
        for found in await asyncio.to_thread(declarations, document.text):
            if found.is_provable:
                place = document.position(found.head)
                command = _command(document, "⊢ Prove", "turnstile.prove", place)
                lenses.append(types.CodeLens(types.Range(place, place), command))
        return lenses

    async def prove(self, params: types.ExecuteCommandParams) -> dict[str, Any]:
        """`turnstile.prove`: all holes of the declaration at a position."""
        return await self._proofs.run(self._order(params, whole=True))

    async def fill(self, params: types.ExecuteCommandParams) -> dict[str, Any]:
        """`turnstile.fill`: the one hole at a position."""
        return await self._proofs.run(self._order(params, whole=False))

    async def suggest(self, params: types.ExecuteCommandParams) -> dict[str, Any]:
        """`turnstile.suggest`: tactics for a position, each with what it leaves; the user chooses which is put in."""
        return await self._proofs.run(self._order(params, whole=False, task="suggest"))

    async def minimise(self, params: types.ExecuteCommandParams) -> dict[str, Any]:
        """`turnstile.minimise`: a shorter proof for the finished theorem at a position."""
        return await self._proofs.run(self._order(params, whole=True, task="minimise"))

    async def cancel(self, params: types.ExecuteCommandParams) -> dict[str, Any]:
        """`turnstile.cancel`: the proofs under way in a document, or all."""
        argument = _decode(params, Cancelled)
        uri = argument.text_document.uri if argument.text_document else None
        return {"cancelled": self._proofs.cancel(uri)}

    def _order(self, params: types.ExecuteCommandParams, *, whole: bool, task: Task = "prove") -> Order:
        argument = _decode(params, Argument)
        document = self._session.server.workspace.document(argument.text_document.uri)
        if document is None:
            raise JsonRpcException("There is no such document.", types.ErrorCodes.InvalidParams)
        if argument.version is not None and document.version is not None and argument.version != document.version:
            message = f"The document is at version {document.version}, not {argument.version}; ask again."
            raise JsonRpcException(message, types.LSPErrorCodes.ContentModified)
        offset = document.offset(types.Position(argument.position.line, argument.position.character))
        return Order(
            document=document,
            offset=offset,
            whole=whole,
            budget=argument.budget,
            token=params.work_done_token,
            task=task,
        )


def _actions(
    document: TextDocument, head: types.Position, hole: types.Position | None, cursor: types.Position
) -> Iterable[types.CodeAction]:
    yield _action(document, "Prove this lemma", "turnstile.prove", head, types.CodeActionKind.QuickFix)
    if hole is not None:
        yield _action(document, "Fill this sorry", "turnstile.fill", hole, types.CodeActionKind.QuickFix)
    yield _suggest(document, hole or cursor)


def _suggest(document: TextDocument, place: types.Position) -> types.CodeAction:
    return _action(document, "Suggest tactics", "turnstile.suggest", place, types.CodeActionKind.RefactorRewrite)


def _minimise(document: TextDocument, head: types.Position) -> types.CodeAction:
    return _action(document, "Minimise this proof", "turnstile.minimise", head, types.CodeActionKind.RefactorRewrite)


def _place(document: TextDocument, text: str, first: int, offset: int) -> types.Position:
    """The position of an offset into a window that starts at line `first`."""
    line_start = text.rfind("\n", 0, offset) + 1
    return document.position_at(first + text.count("\n", 0, offset), offset - line_start)


def _action(
    document: TextDocument, title: str, command: str, place: types.Position, kind: types.CodeActionKind
) -> types.CodeAction:
    return types.CodeAction(title, kind=kind, command=_command(document, title, command, place))


def _command(document: TextDocument, title: str, command: str, place: types.Position) -> types.Command:
    argument = {
        "textDocument": {"uri": document.uri},
        "position": {"line": place.line, "character": place.character},
        "version": document.version,
    }
    return types.Command(title, command, arguments=[argument])


def _wanted(kind: Any, only: Iterable[Any] | None) -> bool:
    names = None if only is None else [getattr(wanted, "value", wanted) for wanted in only]
    return names is None or any(kind == name or kind.startswith(name + ".") for name in names)


def _is_lean(document: TextDocument) -> bool:
    return document.language_id in LANGUAGES or document.file_name.endswith(".lean")


def _decode(params: types.ExecuteCommandParams, kind: type[T]) -> T:
    arguments = params.arguments or [{}]
    try:
        return msgspec.convert(arguments[0], kind)
    except msgspec.ValidationError as error:
        raise JsonRpcException(f"{params.command}: {error}", types.ErrorCodes.InvalidParams) from error
