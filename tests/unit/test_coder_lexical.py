"""Code, comment or string, without a grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.languages import Language, language_of, languages
from turnstile_lsp.agents.coder.lexical import code_of, open_quote, typing_abbreviation, within


@pytest.mark.parametrize(
    ("language_id", "before", "expected"),
    [
        ("python", "", "code"),
        ("python", 'x = "a', "string"),
        ("python", 'x = "a" # b', "comment"),
        ("python", "x = 1 # b\n", "code"),
        ("python", 'def f():\n    """Says\n    it\'s', "string"),
        ("python", 'x = "\\"a', "string"),
        ("python", 'x = "unfinished\ny', "code"),
        ("c", "/* a\n b", "comment"),
        ("c", "/* a */ b", "code"),
        ("c", 'char *s = "/* a', "string"),
        ("rust", "fn f<'a>(x: &'a str", "code"),
        ("javascript", "`a\nb", "string"),
        ("javascript", "f(`a`, ", "code"),
        ("html", "<p>it's <!-- a", "comment"),
        ("html", "<p>it's", "code"),
        ("ruby", "#x", "comment"),
        ("shellscript", "echo $# ", "code"),
        ("lua", "--[[ a\n b", "comment"),
        ("lua", "-- a\n b", "code"),
        ("ocaml", "let x' = (* a", "comment"),
        ("vim", '" note', "comment"),
        ("vim", 'let x = "note', "string"),
        ("sas", "x = a * b", "code"),
        ("sas", "* note", "comment"),
        ("bat", "rem note", "code"),
        ("bat", "REM note", "comment"),
        ("lean4", "theorem a : /- why", "comment"),
        ("json", '{"a', "string"),
        ("csv", '"a', "code"),
    ],
)
def test_places(language_id: str, before: str, expected: str) -> None:
    assert within(language_of(language_id), before) == expected


@given(st.text("ab \"'`#/*-{}\\\n", max_size=40), st.sampled_from(languages()))
def test_a_quote_is_open_in_strings_alone(before: str, language: Language) -> None:
    quote = open_quote(language, before)
    assert (quote is not None) == (within(language, before) == "string")
    assert quote is None or quote in before


@pytest.mark.parametrize(
    ("language_id", "line_before", "typing"),
    [
        ("lean4", "theorem a : \\", True),
        ("lean4", "theorem a : \\al", True),
        ("lean", "x \\<", True),
        ("lean4", "theorem a : \\al ", False),
        ("lean4", "A \\ B", False),
        ("lean4", 'IO.println "a\\n', False),
        ("lean4", "-- \\al", True),
        ("lean4", "", False),
        ("python", "x = \\", False),
        ("latex", "\\alpha", False),
    ],
)
def test_abbreviations_are_leans(language_id: str, line_before: str, typing: bool) -> None:
    assert typing_abbreviation(language_of(language_id), line_before) is typing


@pytest.mark.parametrize(
    ("language_id", "text", "code"),
    [
        ("python", 'f("(", 1)  # (\ng("', "f(, 1)  g("),
        ("python", 'def f():\n    """It\'s\n(."""\n    x', "def f():\n    \n    x"),
        ("c", "a /* ( */ + b // (", "a  + b "),
        ("javascript", "`(\n` + [", " + ["),
    ],
)
def test_code_is_what_is_neither_comment_nor_string(language_id: str, text: str, code: str) -> None:
    assert code_of(language_of(language_id), text) == code
