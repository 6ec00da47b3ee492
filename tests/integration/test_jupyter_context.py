"""What a notebook's folder adds to a completion, through the process that indexes it; the server shows a home folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from turnstile_lsp.agents.coder.context import Context
from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.coder.index.database import database_path
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess
from turnstile_lsp.agents.settings import CompleteSettings
from turnstile_lsp.jupyter_ext.context import Contexts

TEXT = "x = price_of("


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "prices.py").write_text('API_KEY = "abcd1234efgh5678"\n\n\ndef price_of(product):\n    return API_KEY\n')
    (folder / "private.py").write_text("def private_one():\n    return price_of(hidden)\n")
    (folder / ".env").write_text("price_of=1\nSECRET=hunter22\n")
    (tmp_path / ".turnstileignore").write_text("work/private.py\n")
    (tmp_path / "beside.py").write_text("def price_of(everything):\n    pass\n")
    return tmp_path


@pytest.fixture
async def contexts(home: Path, private_places: Path) -> AsyncIterator[Contexts]:
    syntax = SyntaxProcess()
    contexts = Contexts(home, syntax)
    yield contexts
    await contexts.close()
    await syntax.stop()


async def context(contexts: Contexts) -> Context:
    """The context, once the index is made."""
    contexts.follow(CompleteSettings(), "work/a.ipynb")
    async with asyncio.timeout(20):
        for number in range(1000):
            document = CompletionDocument(text=TEXT, path=f"work/{number}.ipynb", language_id="python")
            found = await contexts.of(document, len(TEXT))
            if found.snippets:
                return found
            await asyncio.sleep(0.05)
    raise AssertionError


async def test_pieces_of_the_notebooks_folder_come_without_secrets_and_what_is_ignored_above(
    contexts: Contexts,
) -> None:
    found = await context(contexts)
    assert {snippet.path for snippet in found.snippets} == {"prices.py"}
    assert found.path.removesuffix(".ipynb").isdigit()
    assert "abcd1234" not in found.snippets[0].text
    contexts.follow(CompleteSettings(index=False), "work/a.ipynb")
    document = CompletionDocument(text=TEXT, path="work/a.ipynb", language_id="python")
    assert not (await contexts.of(document, len(TEXT))).snippets


async def test_a_damaged_index_is_told_once(contexts: Contexts, home: Path) -> None:
    database_path(home / "work").parent.mkdir(parents=True, exist_ok=True)
    database_path(home / "work").write_bytes(b"this is no database" * 100)
    await context(contexts)
    (problem,) = contexts.problems()
    assert "made anew" in problem
    assert contexts.problems() == []


async def test_only_a_few_folders_are_indexed_at_once(contexts: Contexts, home: Path) -> None:
    for number in range(9):
        contexts.follow(CompleteSettings(), f"folder{number}/a.ipynb")
    await context(contexts)
    assert len(contexts.folders) == 4
    assert home / "work" in contexts.folders
