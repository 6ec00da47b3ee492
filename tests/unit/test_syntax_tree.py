"""A tree that follows edits is the tree of what they lead to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.syntax.grammars import Grammar, grammar
from turnstile_lsp.agents.coder.syntax.tree import SyntaxTree

PROGRAMS = {
    "python": "class A:\r\n    def f(self, é):\r\n        return '😋' + f\"{self.x}\"\r\n\r\n\r\nfor x in y:\r\n    g(x)\r\n",
    "javascript": "function f(a) {\n  const b = `😋${a}`;\n  return { b };\n}\nclass C { m() {} }\n",
    "rust": "fn f<'a>(x: &'a str) -> u8 {\n    match x { \"汉\" => 1, _ => 2 }\n}\nstruct S;\n",
}
snippets = st.sampled_from(
    [
        "x",
        " ",
        "\n",
        "\r\n",
        "    ",
        "(",
        ")",
        "{",
        "}",
        '"',
        "'",
        ":",
        "😋",
        "é",
        "# c\n",
        "def g():\n    pass\n",
        "a = b\n",
    ]
)
edits = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20), snippets), min_size=1, max_size=8)


def named(name: str) -> Grammar:
    found = grammar(name)
    assert found
    return found


@pytest.mark.parametrize("name", PROGRAMS)
@given(edits=edits)
@settings(max_examples=100)
def test_after_edits_it_is_the_tree_of_a_fresh_parse(name: str, edits: list) -> None:  # type: ignore[type-arg]
    text = PROGRAMS[name]
    tree = SyntaxTree(named(name), text.encode())
    for start, length, new in edits:
        first = min(start, len(text))
        last = min(first + length, len(text))
        tree.edit(len(text[:first].encode()), len(text[:last].encode()), new.encode())
        text = text[:first] + new + text[last:]
        root, fresh = tree.root(), SyntaxTree(named(name), text.encode()).root()
        assert root
        assert fresh
        assert root.end_byte == fresh.end_byte
        assert root.end_point == fresh.end_point
        if not root.has_error and not fresh.has_error:
            assert spans(root) == spans(fresh)


def spans(root) -> list[tuple[str, int, int]]:  # type: ignore[no-untyped-def]
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append((node.type, node.start_byte, node.end_byte))
        waiting += node.children
    return found
