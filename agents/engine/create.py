"""From a model's reference to its engine."""

from __future__ import annotations

from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.engine.options import EngineOptions
from turnstile_lsp.agents.engine.remote import RemoteEngine
from turnstile_lsp.agents.models.names import LocalModel, ModelReference


def create(reference: ModelReference, *, options: EngineOptions, key: str | None = None) -> Engine:
    """The engine for `reference`; nothing is loaded or asked yet. `key`: for a server, sent as a bearer token."""
    if isinstance(reference, LocalModel):
        return LlamaCppEngine(reference, options.local)
    return RemoteEngine(reference, options.remote, key)
