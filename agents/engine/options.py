"""How engines run. Part of a request: the same model with other options is another engine."""

from __future__ import annotations

from msgspec import Struct

from turnstile_lsp.agents.settings import LocalOptions, RemoteOptions, Settings


class EngineOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of every kind of engine."""

    local: LocalOptions = LocalOptions()
    remote: RemoteOptions = RemoteOptions()


def options_of(settings: Settings) -> EngineOptions:
    """What the settings say of engines."""
    return EngineOptions(local=settings.local, remote=settings.remote)
