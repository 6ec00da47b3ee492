"""A front end's coders: one for each way that the settings say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable

from turnstile_lsp.agents.coder.complete import Coder
from turnstile_lsp.agents.engine.base import Engine
from turnstile_lsp.agents.settings import Resolved


class Coders:
    """Kept, since a coder learns how fast its model reads. `engine` gives the engine that the settings name."""

    def __init__(self, engine: Callable[[Resolved], Awaitable[Engine]]) -> None:
        self._engine = engine
        self._coders: dict[Hashable, Coder] = {}

    async def of(self, resolved: Resolved) -> Coder:
        """The coder for these settings. Raises what `engine` raises."""
        settings = resolved.settings.complete
        name = (
            settings.model,
            resolved.key(settings.model),
            settings.max_tokens,
            settings.first_token_milliseconds,
            resolved.settings.local,
            resolved.settings.remote,
        )
        if name not in self._coders:
            engine = await self._engine(resolved)
            seconds = settings.first_token_milliseconds / 1000
            self._coders[name] = Coder(engine, max_tokens=settings.max_tokens, first_token_seconds=seconds)
        return self._coders[name]
