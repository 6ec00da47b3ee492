"""The positions at which nano-coder is measured are what the card says they are."""

from hypothesis import given
from hypothesis import strategies as st

from tools.train_nano_coder.corpus import SourceFile, code_lines
from tools.train_nano_coder.positions import draw_positions

source_text = st.lists(st.text(alphabet="ab #\t()é", max_size=12), max_size=12).map("\n".join)


def source(text: str) -> SourceFile:
    return SourceFile(path="module.py", text=text, sha256="", split="held_out")


@given(source_text)
def test_code_lines_are_the_lines_that_hold_code(text: str) -> None:
    expected = [
        line.strip()
        for line in text.split("\n")
        if len(line.strip(" \t").strip()) >= 2 and not line.lstrip(" \t").startswith("#")
    ]
    assert [text[line.indent : line.end] for line in code_lines(text)] == expected


@given(source_text)
def test_a_position_asks_for_the_rest_of_a_code_line(text: str) -> None:
    count = len(list(code_lines(text)))
    for position in draw_positions([source(text)], count):
        assert position.expected
        assert position.prefix + position.expected + position.suffix == text
        assert not position.suffix.split("\n")[0].strip()
        assert position.prefix.split("\n")[-1].strip() or position.expected.strip() == position.expected


def test_the_draw_is_the_same_every_time() -> None:
    files = [source("first = 1\nsecond = 2\nthird = 3\n")]
    assert draw_positions(files, 3) == draw_positions(files, 3)
    assert {position.file for position in draw_positions(files, 3)} == set(files)
