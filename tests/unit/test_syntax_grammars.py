"""The grammars of the pack, and the queries over them."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from turnstile_lsp.agents.coder.languages import languages
from turnstile_lsp.agents.coder.syntax.document import Document
from turnstile_lsp.agents.coder.syntax.grammars import grammar
from turnstile_lsp.agents.coder.syntax.outline import Outline, outline

QUERIES = sorted(
    file.name.removesuffix(".scm")
    for file in (resources.files("turnstile_lsp.agents.coder.syntax") / "queries").iterdir()
    if file.name.endswith(".scm")
)
NAMED = sorted({language.grammar for language in languages() if language.grammar})


def test_a_dozen_languages_and_more_have_queries_of_their_own() -> None:
    assert {
        "python",
        "javascript",
        "typescript",
        "tsx",
        "rust",
        "go",
        "java",
        "c",
        "cpp",
        "csharp",
        "ruby",
        "php",
    } <= set(QUERIES)
    assert set(QUERIES) <= set(NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_every_grammar_that_a_language_names_is_there(name: str) -> None:
    found = grammar(name)
    assert found
    assert found.parse(b"a b (c)\n") is not None
    assert outline(found, b"") == Outline()


@pytest.mark.parametrize("name", QUERIES)
def test_each_pattern_of_a_query_has_a_line_of_its_own(name: str) -> None:
    text = (resources.files("turnstile_lsp.agents.coder.syntax") / "queries" / f"{name}.scm").read_text()
    for line in text.splitlines():
        assert line.startswith(";") or line.count("(") == line.count(")"), line
        assert not line or line.startswith(";") or re.search(r"@[\w.]+$|\)$", line), line


def test_there_is_no_grammar_of_a_strange_name() -> None:
    assert grammar("no such language") is None
    assert grammar("../../etc/passwd") is None


def test_what_takes_too_long_has_no_tree_and_costs_little() -> None:
    python = grammar("python")
    assert python
    document = Document(python)
    document.append(b"((((" * 8_000 + b"[{" * 8_000)
    tree, offset = document.tree_at(20_000)
    assert tree.root() is None or tree.root().has_error
    assert outline(python, b"x = 1\n").definitions[0].name == "x"
    assert offset <= len(tree.source)
