"""Where the cursor will be after Enter."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.coder.document import CompletionDocument
from turnstile_lsp.agents.coder.next_line import next_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1|", "x = 1\n|"),
        ("def f():|\n", "def f():\n    |\n"),
        ("def g():\n  pass\ndef f():|\n", "def g():\n  pass\ndef f():\n  |\n"),
        ("\tif (x) {|\n\t}\n", "\tif (x) {\n\t\t|\n\t}\n"),
        ("a\r\n    b|\r\n", "a\r\n    b\r\n    |\r\n"),
        ("theorem t : p := by|", "theorem t : p := by\n    |"),
    ],
)
def test_enter_indents_as_editors_do(text: str, expected: str) -> None:
    document = CompletionDocument(text=text.replace("|", ""), path="a", language_id="any")
    found = next_line(document, text.index("|"))
    assert found is not None
    assert found[0].text[: found[1]] + "|" + found[0].text[found[1] :] == expected


@pytest.mark.parametrize("text", ["f(|)\n", "x = | + 1", "|", "x\n    |\n"])
def test_nothing_inside_a_line_or_on_an_empty_one(text: str) -> None:
    document = CompletionDocument(text=text.replace("|", ""), path="a", language_id="any")
    assert next_line(document, text.index("|")) is None
