"""Hover over lemmas: what the receipts say."""

from __future__ import annotations

import re
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from tests.integration.lsp_client import position_of, start_editor

FILE = "-- α 😋\n/-- Commutes. -/\ntheorem swap (a b : Nat) : a + b = b + a := by\n  sorry\n\ntheorem done : True := trivial\n"


async def test_a_lemma_proved_here_says_by_whom(lean_folder: Path) -> None:
    uri = from_fs_path(str(lean_folder / "A.lean")) or ""

    async with start_editor(lean_folder) as editor:

        async def hover(needle: str) -> str:
            text = editor.texts[uri]
            place = position_of(text, text.index(needle))
            answer = await editor.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), place))
            return answer.contents.value if answer is not None else ""  # type: ignore[union-attr]

        editor.open(uri, FILE, "lean4")
        assert await hover("swap") == ""
        answer = await editor.command("turnstile.prove", uri, "theorem swap")
        assert answer["status"] == "proved"
        said = await hover("swap")
        axioms = ", ".join(f"`{axiom}`" for axiom in answer["axioms"]) or "none"
        assert re.search(rf"by `{re.escape(answer['finder'])}` in \d+\.\d s, axioms: {axioms}, with Lean 4", said)
        assert "language model" not in said
        assert await hover("theorem swap") == said
        for elsewhere in ("a + b", "Commutes", "😋", "done"):
            assert await hover(elsewhere) == ""
        editor.change(uri, "a + b", "a + b + 0")
        assert await hover("swap") == "", "it is another lemma now"
