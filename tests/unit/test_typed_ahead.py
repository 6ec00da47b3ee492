"""What was answered is served again while the user types along it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.complete import Completion
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.typed_ahead import TypedAhead

KEY = ("a.py", "model")
BEFORE, AFTER = "import os\n\n\ndef f(path):\n    return ", "\n\n\nprint(f)\n"


def cursor(before: str, after: str = AFTER) -> Cursor:
    document = CompletionDocument(text=before + after, path="a.py", language_id="python")
    return Cursor(document, len(before))


def kept(text: str, *, before: str = BEFORE, after: str = AFTER, asked: bool = False) -> TypedAhead:
    cache = TypedAhead()
    place = cursor(before, after)
    completion = Completion(text=text, start=place.offset, end=place.offset, model="model", milliseconds=1)
    cache.keep(KEY, place, [completion], asked=asked)
    return cache


def found(cache: TypedAhead, before: str, after: str = AFTER, *, asked: bool = False) -> list[str]:
    return [completion.text for completion in cache.find(KEY, cursor(before, after), asked=asked)]


texts = st.text(alphabet="ab(.\n é😀", min_size=1, max_size=30)


@given(texts, st.integers(0, 29), st.text(alphabet="xy\n", max_size=600), st.text(alphabet="xy\n", max_size=90))
def test_what_is_typed_and_what_is_served_are_the_answer(text: str, typed: int, before: str, after: str) -> None:
    typed = min(typed, len(text) - 1)
    served = found(kept(text, before=before, after=after), before + text[:typed], after)
    assert served
    assert text.endswith(served[0])
    # A shorter one is served only where the text typed could also have come about otherwise.
    assert served[0] == text[typed:] or (before + text[:typed]).endswith(text[: len(text) - len(served[0])])


@given(texts, st.integers(1, 20))
def test_after_backspaces_what_was_deleted_is_served_too(text: str, deleted: int) -> None:
    deleted = min(deleted, len("    return "))
    assert found(kept(text), BEFORE[:-deleted]) == [BEFORE[-deleted:] + text]


def test_another_text_is_not_served() -> None:
    cache = kept("os.path")
    assert found(cache, BEFORE + "sy") == []
    assert found(cache, BEFORE + "os.path") == []
    assert found(cache, BEFORE, "\n\n\nprint(g)\n") == []
    assert found(cache, BEFORE[: BEFORE.index("return")].rstrip()) == []
    assert found(cache, "    return ") == []
    assert [cache.find(("b.py", "model"), cursor(BEFORE), asked=False)] == [[]]


def test_a_bracket_that_the_editor_closes_is_not_served_twice() -> None:
    cache = kept("open(path, mode)")
    assert found(cache, BEFORE + "open(", ")" + AFTER) == ["path, mode"]
    assert found(cache, BEFORE + "open(", "]" + AFTER) == []
    assert found(kept("f([1, 2])"), BEFORE + "f([", "])" + AFTER) == ["1, 2"]


def test_line_ends_of_windows() -> None:
    before, after = BEFORE.replace("\n", "\r\n") * 20, AFTER.replace("\n", "\r\n")
    cache = kept("(\r\n        1\r\n    )", before=before, after=after)
    assert found(cache, before + "(\r\n      ", after) == ["  1\r\n    )"]


def test_who_asks_gets_only_what_was_asked_for() -> None:
    assert found(kept("os.path"), BEFORE, asked=True) == []
    assert found(kept("os.path", asked=True), BEFORE + "o", asked=True) == ["s.path"]
    assert found(kept("os.path", asked=True), BEFORE + "o") == ["s.path"]


def test_it_is_bounded() -> None:
    cache = kept("os.path")
    for number in range(100):
        place = cursor(f"x{number} = ")
        cache.keep(KEY, place, [Completion(text="1", start=0, end=0, model="m", milliseconds=1)], asked=False)
    assert found(cache, BEFORE) == []
