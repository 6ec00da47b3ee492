"""What recent edits say of the line at the cursor, and how they are recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    Range,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
)

from turnstile_lsp.agents.coder.complete import complete_locally
from turnstile_lsp.agents.coder.context import Change, Context
from turnstile_lsp.agents.coder.document import CompletionDocument, Cursor
from turnstile_lsp.agents.coder.local_answers import LocalAnswer
from turnstile_lsp.agents.coder.rewrites import RECENT_EDITS, rewritten
from turnstile_lsp.lsp_server.recent_edits import RecentEdits
from turnstile_lsp.lsp_server.text_document import TextDocument, content_length

RENAMED = Change("a = old + 1", "a = new + 1")
GIVEN = Change("fetch(a)", "fetch(a, limit=1)")
QUALIFIED = Change("y = join(b)", "y = os.join(b)")


def said(text: str, *changes: Change, was: str | None = None) -> LocalAnswer | None:
    """The answer at the mark `|`."""
    before, after = text.split("|")
    document = CompletionDocument(text=before + after, path="a.py", language_id="python")
    return rewritten(Cursor(document, len(before)), Context(changes=changes, line_was=was))


@pytest.mark.parametrize(
    ("text", "was", "change", "rest"),
    [
        ("x = f(|, 2)", "x = f(old, 2)", RENAMED, "new"),
        ("x = f(|, old)", "x = f(old, old)", RENAMED, "new"),
        ("    return n|", "    return old * old", RENAMED, "ew * new"),
        ("x = it.| + old", "x = it.old + old", RENAMED, None),
        ("x = |", "x = older", RENAMED, None),
        ("x = f(|", "x = g(old)", RENAMED, None),
        ("x = fetch(c|)", None, GIVEN, ", limit=1"),
        ("x = fetch(|) + 1", None, GIVEN, "limit=1"),
        ("x = fetch((c, d)|", "x = fetch((c, d))", GIVEN, ", limit=1)"),
        ("x = fetch(c, limit=1|)", None, GIVEN, None),
        ("x = |join(c)", None, QUALIFIED, "os."),
        ("x = |", "x = join(join(c))", QUALIFIED, "os.join(os.join(c))"),
        ("x = os.|join(c)", None, QUALIFIED, None),
    ],
)
def test_what_was_done_is_done_again(text: str, was: str | None, change: Change, rest: str | None) -> None:
    answer = said(text, change, was=was)
    assert (answer and answer.text) == rest
    assert answer is None or answer.source == RECENT_EDITS


def test_it_is_believed_by_how_often_it_was_done_and_not_done() -> None:
    often = said("x = |", *[Change(f"{name} = old", f"{name} = new") for name in "abc"], was="x = old")
    once = said("x = |", RENAMED, was="x = old")
    elsewhere_not = said("x = |", RENAMED, Change("b = old", "c = old"), was="x = old")
    passed_over = said("a = new\nb = old\nx = |", Change("a = old", "a = new", -2), was="x = old")
    below = said("x = |\nb = old\na = new\n", Change("a = old", "a = new", 2), was="x = old")
    next_to_it = said("b = old\na = new\nx = |", Change("a = old", "a = new", -1), was="x = old")
    found = [answer.probability for answer in (often, once, next_to_it, elsewhere_not, passed_over, below) if answer]
    assert found == [3 / 4, 1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3]


@given(*[st.text(alphabet="ab.(), é", max_size=20)] * 5)
def test_an_answer_makes_the_line_another_one(before: str, after: str, old: str, new: str, was: str) -> None:
    answer = said(f"{before}|{after}", Change(old, new), was=was)
    assert answer is None or (answer.text and 0 < answer.probability < 1)


async def test_ghost_text_follows_the_edits() -> None:
    text = "a = new\nb = new\nc = other\nd = "
    document = CompletionDocument(text=text, path="a.py", language_id="python")
    changes = [Change("a = old", "a = new", -3), Change("b = old", "b = new", -2)]
    context = Context(changes=changes, line_was="d = old")
    found = await complete_locally(document, len(text), automatic=True, context=context)
    assert [(one.text, one.model) for one in found] == [("new", RECENT_EDITS)]


class Editing:
    """A document, edited as by a client."""

    def __init__(self, text: str) -> None:
        self.document = TextDocument("file:///a.py", text, language_id="python")
        self.recent = RecentEdits()

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        change = TextDocumentContentChangePartial(range=Range(Position(*start), Position(*end)), text=text)
        self.recent.changed(self.document, change)
        self.document.apply_change(change)

    def at(self, line: int) -> Context:
        return self.recent.context(self.document, line, lambda _: "a.py")

    def lines(self) -> list[str]:
        return [line[: content_length(line)] for line in self.document.lines]


def test_changed_lines_are_known_by_what_they_were() -> None:
    editing = Editing("a = old\r\nb\r\nc = old\r\nd\r\n")
    editing.edit((2, 4), (2, 7), "n")
    editing.edit((2, 5), (2, 5), "ew")
    editing.edit((0, 0), (0, 0), "# first\r\n")
    assert editing.at(0).changes == [Change("c = old", "c = new", 3)]
    assert editing.at(3).line_was == "c = old"
    assert editing.at(3).changes == []
    editing.edit((3, 4), (3, 7), "old")
    assert editing.at(0).changes == []


def test_a_new_text_for_the_whole_document_says_nothing() -> None:
    editing = Editing("a\n" * 200)
    editing.edit((0, 0), (0, 1), "b")
    assert (len(editing.at(199).edits), len(editing.at(199).changes)) == (1, 1)
    editing.recent.changed(editing.document, TextDocumentContentChangeWholeDocument(text="other"))
    assert editing.at(199) == Context(edits=[], changes=[])


def test_regions_are_those_that_the_cursor_does_not_show_and_close_ones_are_one() -> None:
    editing = Editing("".join(f"line {number}\n" for number in range(400)))
    for line in (300, 10, 13, 150, 200):
        editing.edit((line, 0), (line, 4), "edited")
    edits = editing.at(210).edits
    assert [(snippet.path, snippet.line) for snippet in edits] == [("a.py", 296), ("a.py", 9)]
    assert "edited 10\n" in edits[1].text
    assert "edited 13\n" in edits[1].text


edits = st.tuples(*[st.integers(0, 6)] * 4, st.text(alphabet="ab\n", max_size=6))


@given(st.text(alphabet="ab\n", max_size=30), st.lists(edits, max_size=8))
def test_what_lines_were_is_right_after_any_edits(text: str, done: list[tuple[int, int, int, int, str]]) -> None:
    editing = Editing(text)
    before = editing.lines()
    for first, start, last, end, new in done:
        editing.edit((first, start), (last, end), new)
    assert len(editing.lines()) == len(editing.document.lines)
    for change in editing.at(10_000).changes:
        assert change.before in before
        assert change.below is not None
        assert editing.lines()[10_000 + change.below] == change.after
