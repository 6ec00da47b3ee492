"""What is left of a model's raw answers: golden files, and laws that hold of all texts.

In `tests/data/completion_golden` ‸ is the cursor, ⇥ a tab, ␠ a space at a line's end, ␍ a carriage return and ½ half a
surrogate pair. `mode` is `block`, `line` or `asked` (what whoever asks gets where nothing else is left).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.filters import FILTERS, LINE, WHOEVER_ASKS, clean
from turnstile_lsp.agents.coder.languages import languages

GOLDEN = sorted((Path(__file__).parents[1] / "data" / "completion_golden").glob("*.txt"))
MODES = {"block": FILTERS, "line": LINE, "asked": WHOEVER_ASKS}
VISIBLE = str.maketrans({"⇥": "\t", "␠": " ", "␍": "\r", "½": "\ud83d"})


class Case(Struct):
    language: str
    mode: str
    document: str
    said: str
    shown: str

    @classmethod
    def read(cls, path: Path) -> Case:
        head, *sections = path.read_text(encoding="utf-8").removesuffix("\n").split("\n--- ")
        parts = dict(line.split(": ", 1) for line in head.split("\n"))
        for section in sections:
            name, _, text = section.partition("\n")
            parts[name] = text.translate(VISIBLE)
        return cls(**parts)

    @property
    def cursor(self) -> Cursor:
        return cursor(self.document + "\n", self.language)


def cursor(text: str, language: str) -> Cursor:
    """The place of ‸ in `text`."""
    document = CompletionDocument(text=text.replace("‸", "", 1), path="a", language_id=language)
    return Cursor(document, text.index("‸"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    case = Case.read(path)
    assert clean(case.said, case.cursor, MODES[case.mode]) == case.shown


def test_there_are_many_cases_in_many_languages() -> None:
    cases = [Case.read(path) for path in GOLDEN]
    assert len(cases) >= 60
    assert len({case.cursor.language.name for case in cases}) >= 15


PIECES = [
    *("a", "foo", " ", "    ", "\n", "\t", "\r\n", "(", ")", "{", "}", '"', "'", "`", "=", ":", ",", "end", "return x"),
    *("```", "Here is it:", "<｜fim▁hole｜>", "\ud83d", "\ufffd", "é", "/*", "*/", "#", "//", "\\", "0", "-"),
]
code = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
language_ids = st.sampled_from([language.ids[0] for language in languages()])


@given(code, code, code, language_ids)
@example("f(g(", ")\n", "a))", "python")
@example("x = 'Hell", "o'\n", 'o\', w="")', "python")
def test_a_second_cleaning_changes_nothing(before: str, after: str, said: str, language: str) -> None:
    place = cursor(f"{before}‸{after}", language)
    for filters in MODES.values():
        cleaned = clean(said, place, filters)
        assert clean(cleaned, place, filters) == cleaned


@given(code, code, code, language_ids)
def test_what_is_shown_is_text_as_the_document_has_it(before: str, after: str, said: str, language: str) -> None:
    place = cursor(f"{before}‸{after}", language)
    shown = clean(said, place, FILTERS)
    shown.encode()
    assert shown == shown.rstrip()
    assert ("\r\n" in shown) == (place.uses_crlf and "\n" in shown)
    assert len(shown) <= 2 * len(said) + shown.count("\n") + 8 * said.count("\t")
    assert "\n" not in clean(said, place, LINE)


@given(
    code, code, st.lists(st.sampled_from(["foo(1)", "bar = 2", "  baz", "x", ""]), min_size=1, max_size=4), language_ids
)
def test_the_lines_below_are_not_said_again(before: str, said: str, below: list[str], language: str) -> None:
    """Neither at once nor after something else."""
    place = cursor(before + "‸\n" + "\n".join(below), language)
    first = next((line.strip() for line in below if line.strip()), "")
    last = clean(said + "\n" + "\n".join(below), place, FILTERS).split("\n")[-1].strip()
    assert not first or last != first or len(first) == 1


@given(code, st.text("abc", min_size=2), code, language_ids)
def test_the_rest_of_the_line_is_not_said_again(before: str, rest: str, said: str, language: str) -> None:
    place = cursor(f"{before}‸{rest}\n", language)
    assert not clean(said + rest, place, LINE).endswith(rest)


@given(code, code, language_ids)
def test_a_bracket_closed_behind_is_not_closed_again(before: str, said: str, language: str) -> None:
    place = cursor(f"{before}\nf(‸)\n", language)
    shown = clean(said, place, LINE)
    depth = 0
    for character in shown:
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(character, 0)
        assert depth >= 0
