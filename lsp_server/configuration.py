"""Settings and trust of each workspace folder, as they stand now."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.uris import from_fs_path, to_fs_path

from turnstile_lsp.agents import places
from turnstile_lsp.agents.lean.project import folders_to_trust
from turnstile_lsp.agents.settings import WORKSPACE_FILE, Resolved, load
from turnstile_lsp.agents.trust import TrustStore

if TYPE_CHECKING:
    from turnstile_lsp.lsp_server.server import TurnstileServer

logger = logging.getLogger(__name__)

SECTION = "turnstile"
PATIENCE = 2.0
"""Seconds that a request waits for the client's first answer to `workspace/configuration`."""

CLIENTS_OWN = ("path", "trace")
"""Names in the editor's section that are for its own plug-in."""

Stamp = tuple[tuple[int, int] | None, ...]


class TrustChange(msgspec.Struct, frozen=True):
    """Parameters of `turnstile/trust`. `folder`: a URI; without one the word holds for every folder."""

    trusted: bool
    folder: str | None = None


class Configuration:
    """What the editor, the user's files and the environment say. Files are looked at again whenever they changed."""

    def __init__(self, server: TurnstileServer) -> None:
        self._server = server
        self._store = TrustStore()
        self._word: dict[Path | None, bool] = {}
        if isinstance(trusted := server.initialization_options.get("trusted"), bool):
            self._word[None] = trusted
        initial = server.initialization_options.get("settings")
        self._initial: dict[str, Any] = initial if isinstance(initial, dict) else {}
        self._pushed: dict[str, Any] = {}
        self._pulled: dict[Path | None, dict[str, Any]] = {}
        self._answered = asyncio.Event()
        self._cache: dict[Path | None, tuple[Stamp, Resolved]] = {}

    async def start(self) -> None:
        """Ask the client for its settings and to be told when they change."""
        dynamic = _capability(self._server, "did_change_configuration", "dynamic_registration")
        if dynamic:
            method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
            registration = types.Registration(SECTION, method, types.DidChangeConfigurationRegistrationOptions(SECTION))
            self._server.client_register_capability(types.RegistrationParams([registration]))
        await self.fetch()

    async def fetch(self) -> None:
        """Pull the settings of all workspace folders, where the client can be asked."""
        try:
            if _capability(self._server, "configuration"):
                folders: list[Path | None] = [None, *self._folders()]
                scopes = [from_fs_path(str(folder)) if folder else None for folder in folders]
                items = [types.ConfigurationItem(scope, SECTION) for scope in scopes]
                answers = await self._server.workspace_configuration_async(types.ConfigurationParams(items))
                pairs = zip(folders, answers, strict=False)
                self._pulled = {folder: answer for folder, answer in pairs if isinstance(answer, dict)}
        except JsonRpcException as error:
            logger.warning("The client did not tell its settings: %s", error)
        finally:
            self._cache.clear()
            self._answered.set()

    async def changed(self, pushed: Any) -> None:
        """`workspace/didChangeConfiguration`: with the settings, or as a hint to pull them."""
        if isinstance(pushed, dict) and isinstance(section := pushed.get(SECTION), dict):
            self._pushed = section
        await self.fetch()

    def trust_changed(self, params: Any) -> None:
        """`turnstile/trust`: the user's word in the editor."""
        try:
            change = msgspec.convert(_plain(params), TrustChange)
        except msgspec.ValidationError as error:
            logger.warning("turnstile/trust: %s", error)
            return
        path = to_fs_path(change.folder) if change.folder else None
        self._word[Path(path) if path else None] = change.trusted
        self._cache.clear()

    def is_trusted(self, uri: str) -> bool:
        """Whether a document's Lean project may run: the editor's word for a workspace folder, else the user's list."""
        path = to_fs_path(uri) if uri.startswith("file:") else None
        if path is None:
            return False
        return all(map(self._folder_is_trusted, folders_to_trust(Path(path))))

    async def of(self, uri: str) -> Resolved:
        """The settings in force for a document."""
        if not self._answered.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._answered.wait(), PATIENCE)
            self._answered.set()
        folder = self._server.workspace.folder_of(uri)
        trusted = folder is not None and self._folder_is_trusted(folder)
        stamp: Stamp = (_stamp(places.config_file()), _stamp(folder / WORKSPACE_FILE) if folder and trusted else None)
        cached = self._cache.get(folder)
        if cached is not None and cached[0] == stamp:
            return cached[1]
        resolved = load(folder=folder, trusted=trusted, editor=self._editor(folder), environment=os.environ)
        for problem in resolved.problems:
            self._server.session.status.tell_once(problem.sentence(), problem.sentence())
        self._cache[folder] = (stamp, resolved)
        return resolved

    def _editor(self, folder: Path | None) -> dict[str, Any]:
        layers = (self._initial, self._pushed, self._pulled.get(None, {}), self._pulled.get(folder, {}))
        merged: dict[str, Any] = {}
        for layer in layers:
            _merge(merged, {name: value for name, value in layer.items() if name not in CLIENTS_OWN})
        return merged

    def _folder_is_trusted(self, folder: Path) -> bool:
        workspace = self._server.workspace.folder_of(from_fs_path(str(folder)) or "")
        for asked in (workspace, None) if workspace else ():
            if (word := self._word.get(asked)) is not None:
                return word
        return self._store.is_trusted(folder)

    def _folders(self) -> list[Path]:
        paths = (to_fs_path(uri) for uri in self._server.workspace.folders)
        return [Path(path) for path in paths if path]


def _merge(base: dict[str, Any], layer: dict[str, Any]) -> None:
    for name, value in layer.items():
        if isinstance(value, dict) and isinstance(base.get(name), dict):
            _merge(base[name], value)
        elif value is not None:
            base[name] = dict(value) if isinstance(value, dict) else value


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _capability(server: TurnstileServer, *names: str) -> bool:
    value: Any = server.client_capabilities.workspace
    for name in names:
        value = getattr(value, name, None)
    return bool(value)


def _plain(params: Any) -> Any:
    """Parameters of a method that lsprotocol does not know: pygls gives them as nested named tuples."""
    if hasattr(params, "_asdict"):
        return {name: _plain(value) for name, value in params._asdict().items()}
    return params
