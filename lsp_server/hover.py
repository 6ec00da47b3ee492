"""Hover over a lemma whose proof was made here: who found it, on what it rests, when."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from turnstile_lsp.agents.prover.receipts import Receipt, ReceiptStore
from turnstile_lsp.lsp_server.lean_text import declaration_at
from turnstile_lsp.lsp_server.text_document import TextDocument

REACH = 300
"""Lines on both sides of the cursor in which the lemma is looked for."""


async def hover(document: TextDocument, position: types.Position) -> types.Hover | None:
    """What the receipts say of the lemma whose keyword or name is at a position; None without any."""
    line, column = document.line_and_column(position)
    text, first = document.window(line, REACH)
    offset = sum(map(len, document.lines[first:line])) + column
    return await asyncio.to_thread(_hover, text, offset)


def _hover(text: str, offset: int) -> types.Hover | None:
    declaration = declaration_at(text, offset)
    if declaration is None:
        return None
    named = text.find(declaration.name, declaration.head + len(declaration.keyword)) + len(declaration.name)
    if not declaration.head <= offset <= named:
        return None
    receipts = ReceiptStore().find(text[declaration.start : declaration.end])
    if not receipts:
        return None
    lines = [_sentence(receipt) for receipt in sorted(receipts, key=lambda each: each.start)]
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(lines)))


def _sentence(receipt: Receipt) -> str:
    finder = f"`{receipt.finder}`" + (f", the language model {receipt.model}" if receipt.language_model else "")
    axioms = ", ".join(f"`{axiom}`" for axiom in receipt.axioms) or "none"
    return (
        f"⊢ Proved here by {finder} in {receipt.seconds:.1f} s, axioms: {axioms}, with Lean {receipt.lean} on "
        f"{receipt.made[:10]}. `turnstile verify` checks it again."
    )
