"""Text from tokens' bytes, whatever their borders."""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.engine.llama_cpp.text import TextAssembler


def assemble(pieces: Sequence[bytes], stops: Sequence[str]) -> tuple[list[str], bool]:
    assembler = TextAssembler(stops)
    texts = []
    for piece in pieces:
        texts.append(assembler.add(piece))
        if assembler.stopped:
            return texts, True
    return [*texts, assembler.finish()], False


def cut(data: bytes, borders: Sequence[int]) -> list[bytes]:
    places = [0, *sorted(border % (len(data) + 1) for border in borders), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(places)]


def before_first(text: str, stops: Sequence[str]) -> str:
    return text[: min((text.index(stop) for stop in stops if stop in text), default=len(text))]


@given(st.text("ab\né😀"), st.lists(st.integers(0, 500)), st.lists(st.text("ab\né😀", min_size=1, max_size=4)))
def test_borders_do_not_matter(text: str, borders: list[int], stops: list[str]) -> None:
    texts, stopped = assemble(cut(text.encode(), borders), stops)
    assert stopped == any(stop in text for stop in stops)
    if len(stops) <= 1 or not stopped:
        assert "".join(texts) == before_first(text, stops)


def test_the_beginning_of_a_stop_is_held_back_and_comes_when_it_was_none() -> None:
    assembler = TextAssembler(["\n\n"])
    assert assembler.add(b"a\n") == "a"
    assert assembler.add(b"b") == "\nb"


def test_a_character_comes_when_it_is_whole() -> None:
    first, second = "😀".encode()[:2], "😀".encode()[2:]
    assembler = TextAssembler([])
    assert assembler.add(first) == ""
    assert assembler.add(second) == "😀"


def test_a_broken_character_at_the_end_is_marked() -> None:
    assembler = TextAssembler([])
    assembler.add("é".encode()[:1])
    assert assembler.finish() == "�"
