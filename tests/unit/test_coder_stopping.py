"""Where a block ends, while it is being written."""

import pytest

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
