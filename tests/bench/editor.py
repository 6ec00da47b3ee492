"""A language client for the benchmarks, and the empty server that ours is measured against."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parents[2]
OURS = (str(ROOT / ".venv/bin/turnstile"), "lsp", "--stdio")
EMPTY = (sys.executable, "-c", "from pygls.lsp.server import LanguageServer; LanguageServer('empty', '1').start_io()")
CAPABILITIES = types.ClientCapabilities()


@asynccontextmanager
async def server(
    command: Sequence[str], settings: dict[str, Any] | None = None
) -> AsyncIterator[tuple[LanguageClient, float]]:
    """A started server, with an editor's settings, and the seconds from its start to its reply to `initialize`."""
    client = LanguageClient("bench", "1")
    client.feature("turnstile/status")(lambda parameters: None)
    started = time.perf_counter()
    await client.start_io(*command)
    options = {"settings": settings or {}}
    await client.initialize_async(types.InitializeParams(capabilities=CAPABILITIES, initialization_options=options))
    seconds = time.perf_counter() - started
    try:
        client.initialized(types.InitializedParams())
        yield client, seconds
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


def open_document(client: LanguageClient, uri: str, language_id: str, text: str) -> None:
    """didOpen."""
    item = types.TextDocumentItem(uri=uri, language_id=language_id, version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
