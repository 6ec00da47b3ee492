"""The real engines and the real Lean pool, imported when first used: most daemons need few of them."""

from __future__ import annotations

from turnstile_lsp.agents.daemon import messages
from turnstile_lsp.agents.daemon.lean import Pool
from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.settings import DaemonSettings


def create_engine(model: messages.Model) -> Engine:
    """The engine that a name means. Raises `ModelNotFound`, `InvalidRequest`, `LocalModelsNotInstalled`."""
    from turnstile_lsp.agents.engine.create import create
    from turnstile_lsp.agents.models.names import resolve

    return create(resolve(model.name), options=model.options, key=model.key)


def create_pool(settings: DaemonSettings) -> Pool:
    """The pool of Lean processes."""
    from turnstile_lsp.agents.lean.pool import Pool as LeanPool

    return LeanPool(settings)
