"""The table of languages: whole, consistent, and what its sources say."""

from collections import Counter

import pytest
from pygments.lexers import find_lexer_class_by_name
from pygments.token import Comment
from pygments.util import ClassNotFound

from tools.languages.__main__ import TABLE
from tools.languages.table import SourceLanguage, names, overlay, table, written
from turnstile_lsp.agents.coder.languages import PLAIN, Language, language_of, languages

BY_NAME = {language.name: language for language in languages()}


def test_all_338_are_there_and_the_common_ones_that_the_list_lacks() -> None:
    assert len(names()) == 338
    assert [language.name for language in languages()] == [*names(), *overlay().common]
    assert {
        "Markdown",
        "YAML",
        "TOML",
        "INI",
        "CSV",
        "Coq",
        "Prolog",
        "LaTeX",
        "Bash",
        "Typst",
        "TSX",
        "Svelte",
    } <= set(BY_NAME)


def test_the_table_is_what_the_generator_makes_of_the_overlay() -> None:
    """File patterns, which npm's package gives, are taken from the table itself."""
    linguist = overlay().linguist
    known = [
        SourceLanguage(name=linguist.get(row.name, row.name), aliases=(), patterns=row.patterns) for row in languages()
    ]
    assert written(table(known)) == TABLE.read_bytes(), "run `make languages`"


def test_an_id_and_a_pattern_name_one_language() -> None:
    for claims in ([id_ for row in languages() for id_ in row.ids], [p for row in languages() for p in row.patterns]):
        assert [claim for claim, count in Counter(claims).items() if count > 1] == []


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.name)
def test_every_language_is_well_formed(language: Language) -> None:
    assert language.ids
    assert all(pattern.count("*") == pattern.startswith("*") for pattern in language.patterns)
    marks = [*language.line_comments, *language.quotes, *(mark for pair in language.block_comments for mark in pair)]
    assert all(mark and not mark.isspace() for mark in marks)
    for id_ in language.ids:
        assert language_of(id_) is language or language.name == "Text"
    comment = language.comment("a.txt")
    assert (comment is None) == (not language.line_comments and not language.block_comments)
    assert comment is None or ("a.txt" in comment and "\n" not in comment)


@pytest.mark.parametrize(
    ("language_id", "path", "name"),
    [
        ("python", "", "Python"),
        ("lean", "", "Lean"),
        ("lean4", "", "Lean"),
        ("typescriptreact", "", "TSX"),
        ("objective-cpp", "", "Objective-C++"),
        ("sh", "", "Shell"),
        ("shellscript", "a.py", "Shell"),
        ("", "src/Main.java", "Java"),
        ("", "/home/me/Dockerfile", "Dockerfile"),
        ("", "welcome.blade.php", "Blade"),
        ("", "index.html.erb", "HTML ERB"),
        ("", "PROGRAM.PAS", "Pascal"),
        ("", "start.R", "R"),
        ("plaintext", "a.nim", "Nim"),
        ("plaintext", "a.unheard-of", "Text"),
        ("unheard-of", "a.rs", "Rust"),
        ("unheard-of", "a.unheard-of", "Plain text"),
        ("", "", "Plain text"),
        ("", ".", "Plain text"),
        ("", "a.", "Plain text"),
        ("", "\0\udc80*.py/..", "Plain text"),
    ],
)
def test_a_language_is_found_by_id_else_by_file_name(language_id: str, path: str, name: str) -> None:
    assert language_of(language_id, path).name == name


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("Python", "# a"),
        ("C++", "// a"),
        ("HTML", "<!-- a -->"),
        ("OCaml", "(* a *)"),
        ("Lean", "-- a"),
        ("JSON", None),
    ],
)
def test_comments(name: str, comment: str | None) -> None:
    assert BY_NAME[name].comment("a") == comment
    assert PLAIN.comment("a") is None


@pytest.mark.parametrize(
    ("kind", "some"),
    [
        ("indent", {"Python", "Haskell", "Lean", "YAML"}),
        ("end", {"Ruby", "Lua", "Julia"}),
        ("none", {"Markdown", "CSV"}),
    ],
)
def test_blocks(kind: str, some: set[str]) -> None:
    assert some <= {row.name for row in languages() if row.blocks == kind}


def test_pygments_takes_our_comments_for_comments() -> None:
    """A second opinion on what was written by hand; the two agree but for a few that Pygments lacks."""
    agreed = [
        any(kind in Comment for kind, _ in lexer(stripnl=False).get_tokens(f"\n{mark} some words\n"))
        for language in languages()[::3]
        if (lexer := _lexer(language))
        for mark in language.line_comments
    ]
    assert len(agreed) > 70
    assert sum(agreed) > 0.85 * len(agreed)


def _lexer(language: Language) -> type | None:
    try:
        found: type = find_lexer_class_by_name(language.ids[0])
    except ClassNotFound:
        return None
    return found
