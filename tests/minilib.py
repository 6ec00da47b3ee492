"""The fixture library `tests/data/minilib`: macro tactic, notation, scoped syntax, namespaces, a private lemma."""

from pathlib import Path

from tests.lean_compilation import compiled, modules_of
from turnstile_lsp.agents import places
from turnstile_lsp.agents.lean.embedded import installed

SOURCES = Path(__file__).parent / "data" / "minilib"
MODULES = ("Minilib.Order", "Minilib.Syntax", "Minilib.Tactic", "Minilib")


async def compiled_minilib() -> Path:
    """Its compiled form, for LEAN_PATH; compiled by the embedded Lean when the cache does not have it."""
    embedded = installed()
    assert embedded, "make sets it up: turnstile lean install"
    return await compiled(embedded.command, modules_of(SOURCES, MODULES), places.cache_folder() / "lean" / "compiled")
