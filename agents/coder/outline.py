"""What a document says of the cursor's place where the window does not show it: imports, scopes, signatures."""

from __future__ import annotations

from turnstile_lsp.agents.coder.syntax.base import SyntaxContext

_INDENTATION = "    "


def outline(syntax: SyntaxContext, shown: str, characters: int) -> str:
    """Lines of at most so many characters: the imports, the heads of the definitions that are used near the cursor, and of
    those that it stands in. `shown`: the text in which they may stand anyway. What is too long leaves out imports first."""
    scopes = [
        _INDENTATION * depth + scope.signature
        for depth, scope in enumerate(syntax.scopes)
        if not _stands_in(scope.signature, shown)
    ]
    around = {scope.signature for scope in syntax.scopes}
    used = [
        one.signature
        for one in syntax.definitions
        if one.signature not in around and not _stands_in(one.signature, shown)
    ]
    imports = [statement for statement in syntax.imports if not _stands_in(statement, shown)]
    lines: list[str] = []
    for line in [*reversed(scopes), *used, *imports]:
        characters -= len(line) + 1
        if characters < 0:
            break
        lines.append(line)
    kept = set(lines)
    return "\n".join(line for line in [*imports, *used, *scopes] if line in kept)


def _stands_in(head: str, text: str) -> bool:
    """Whether a text holds a head, which has its line ends no more: up to its bracket is enough."""
    return head.partition("(")[0].rstrip() in text
