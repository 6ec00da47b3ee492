"""Golden cases of the clean-up: what the model said, and what is left to show."""

import pytest

from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.filters import clean


def cursor(text: str) -> Cursor:
    """The place of ‸ in `text`."""
    offset = text.index("‸")
    document = CompletionDocument(text=text.replace("‸", ""), path="a.py", language_id="python")
    return Cursor(document, offset)


@pytest.mark.parametrize(
    ("document", "said", "shown"),
    [
        ("return ‸\n", "value", "value"),
        ("return ‸\n", "", ""),
        # code fences
        ("x = ‸\n", "```python\n1\n```", "1"),
        ("x = ‸\n", "```\n1\n```\nThis sets x.", "1"),
        ("x = ‸\n", "```python", ""),
        # special tokens
        ("x = ‸\n", "1<｜end▁of▁sentence｜>garbage", "1"),
        # repeated lines
        ("‸\n", "a()\n\nb()\nb()\nb()\nb()", "a()\n\nb()\nb()"),
        ("‸\n", "}\n}", "}\n}"),
        # what stands behind the cursor already
        ("print(‸)\n", "value)", "value"),
        ("print(‸)\n", "f(value))", "f(value)"),
        ("print(‸)\n", "f(value)", "f(value)"),
        ("print(‸)\n", "value)  # shown", "value"),
        ("print(a, ‸)\n", "b))", "b"),
        ("f(g(‸)\n", "a))", "a)"),
        ("f(‸\n", "a)", "a)"),
        ('print("‸")\n', 'hello")', "hello"),
        ("x = [‸]\n", "1, 2]", "1, 2"),
        ("x = {‸}\n", "'a': {1}", "'a': {1}"),
        ("if a‸:\n    pass\n", " and b:", " and b"),
        ("‸ = 5\n", "x = 5", "x"),
        ("print(‸else_)\n", "e", "e"),
        ("def f():\n    ‸\n    return x\n", "x = 1\n    return x", "x = 1"),
        ("def f():\n    ‸\n    return x\n", "return x", ""),
        ("{\n  ‸\n}\n", "a\n}", "a"),
        ("    f(‸\n    )\n", "a,\n    )", "a,"),
        # white space
        ("x = ‸\n", "1   \n  ", "1"),
        ("x = ‸\n", "  \n ", ""),
        ("x =‸\n", " 1", " 1"),
        # line ends
        ("a\r\n‸\r\nb\r\n", "x\ny", "x\r\ny"),
        ("a\n‸\nb\n", "x\ny", "x\ny"),
        ("a(‸)\r\n", "x)", "x"),
    ],
)
def test_golden(document: str, said: str, shown: str) -> None:
    assert clean(said, cursor(document)) == shown
