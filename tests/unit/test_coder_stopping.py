"""Where a block ends, while it is being written."""

import pytest

from turnstile_lsp.agents.coder.languages import language_of
from turnstile_lsp.agents.coder.stopping import block_end


@pytest.mark.parametrize(
    ("line_before", "said", "kept"),
    [
        ("    ", "x = 1\n    y = 2\nz = 3", "x = 1\n    y = 2"),
        ("    ", "x = 1\n\n    y = 2\n", None),
        ("    ", "x = 1\n\n\n    y = 2", "x = 1\n"),
        ("def f():", "\n    return 1\n\nx", "\n    return 1\n"),
        ("    if a:", " b()\n    c()", " b()"),
        ("    if a:", "\n        b()\n    c()", "\n        b()"),
        ("    while (a) {", "\n      b();\n    }\n    c();", "\n      b();\n    }"),
        ("    while (a) {", "\n      b();\n    }", None),
        ("\tif x {", "\n\t\ty()\n\t}\n\tz()", "\n\t\ty()\n\t}"),
        ("  f do", "\n    g\n  end\n  h", "\n    g\n  end"),
        ("return ", "x", None),
        ("return ", "x\n", None),
        ("    return ", "x\n    ", None),
        ("", "a\nb\nc", None),
    ],
)
def test_blocks(line_before: str, said: str, kept: str | None) -> None:
    end = block_end(line_before, said)
    assert (None if end is None else said[:end]) == kept


def test_an_end_once_found_stays_where_it_is() -> None:
    said = "\n    if x:\n        return 1\n    return 2\n\nprint(f())\n"
    ends = [block_end("def f():", said[:length]) for length in range(len(said) + 1)]
    found = [end for end in ends if end is not None]
    assert set(found) == {said.index("\nprint")}


@pytest.mark.parametrize(
    ("language_id", "line_before", "said", "kept"),
    [
        ("python", "if a:", "\n    b()\nend = 1", "\n    b()"),
        ("python", "if a:", "\n    b()\nelse:\n    c()", "\n    b()"),
        ("python", "f(", "\n    a,\n)\ng()", "\n    a,\n)"),
        ("lua", "if a then", "\n  b()\nend\nc()", "\n  b()\nend"),
        ("lua", "if a then", "\n  b()\nen", None),
        ("lua", "if a then", "\n  b()\nelse\n  c()\nend\nd()", "\n  b()\nelse\n  c()\nend"),
        ("c", "if (a) {", "\n  b();\n} else {\n  c();\n}\nd();", "\n  b();\n} else {\n  c();\n}"),
        ("c", "if (a)", "\n  b();\nel", None),
        ("c", "if (a)", "\n  b();\nelse\n  c();\nd();", "\n  b();\nelse\n  c();"),
        ("c", "if (a)", "\n  b();\nx", "\n  b();"),
        ("go", "switch x {", "\ncase 1:\n\ta()\n}\nb()", "\ncase 1:\n\ta()\n}"),
        ("go", "case 1:", "\n\ta()\ncase 2:", "\n\ta()"),
        ("ini", "[a]", "\nb = 1\nc = 2\n\n[d]", "\nb = 1\nc = 2"),
        ("ini", "", "\n[a]\nb = 1", None),
    ],
)
def test_blocks_as_the_language_has_them(language_id: str, line_before: str, said: str, kept: str | None) -> None:
    end = block_end(line_before, said, language_of(language_id))
    assert (None if end is None else said[:end]) == kept


@pytest.mark.parametrize("language_id", ["c", "lua", "python", "ini"])
def test_an_end_once_found_stays_in_every_language(language_id: str) -> None:
    said = "\n  a();\n} else {\n  b();\n}\nend\n\nelse\nc();\n"
    ends = [block_end("if (a) {", said[:length], language_of(language_id)) for length in range(len(said) + 1)]
    first = next(index for index, end in enumerate(ends) if end is not None)
    assert len(set(ends[first:])) == 1
