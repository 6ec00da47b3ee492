"""What later edits mean for a proof found before them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.prover.edits import Fate, Located, difference, follow, shift
from turnstile_lsp.agents.prover.holes import Edit

DOCUMENT = "def a := 1\n\ntheorem t : a = 1 := sorry\n\ntheorem u : True := trivial\n"
COMMAND = "theorem t : a = 1 := sorry"


def located() -> Located:
    start = DOCUMENT.index("sorry")
    command = DOCUMENT.index(COMMAND)
    return Located(start=start, end=start + 5, command_start=command, command_end=command + len(COMMAND))


def edit(old: str, new: str) -> Edit:
    start = DOCUMENT.index(old)
    return Edit(start=start, end=start + len(old), replacement=new)


def test_an_edit_below_leaves_the_proof_alone() -> None:
    assert follow(located(), [edit("theorem u : True := trivial\n", "")]) == located()


def test_an_edit_above_moves_it_and_asks_for_a_check() -> None:
    moved = follow(located(), [edit("def a := 1", "def a := 1 -- one")])
    assert moved.fate is Fate.RECHECK
    assert moved.start == located().start + len(" -- one")


def test_an_edit_of_the_lemma_itself_cancels() -> None:
    assert follow(located(), [edit("a = 1 :=", "a = 2 :=")]).fate is Fate.CHANGED


def test_a_word_typed_onto_the_end_of_the_lemma_cancels() -> None:
    end = located().command_end
    assert follow(located(), [Edit(start=end, end=end, replacement="x")]).fate is Fate.CHANGED
    assert follow(located(), [Edit(start=end, end=end, replacement="\n\n#eval 1")]).fate is Fate.KEPT


def test_a_changed_lemma_stays_changed() -> None:
    edits = [edit("a = 1 :=", "a = 2 :="), Edit(start=0, end=0, replacement="-- above\n")]
    assert follow(located(), edits).fate is Fate.CHANGED


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20))
def test_difference_is_an_edit_that_makes_the_new_text(old: str, new: str) -> None:
    edits = difference(old, new)
    assert len(edits) == (old != new)
    for change in edits:
        assert change.apply(old) == new


@given(st.data(), st.text("xy \n", max_size=12))
def test_the_hole_is_found_where_the_fate_says_it_is(data: st.DataObject, replacement: str) -> None:
    start = data.draw(st.integers(0, len(DOCUMENT)))
    change = Edit(start=start, end=data.draw(st.integers(start, len(DOCUMENT))), replacement=replacement)
    moved = follow(located(), [change])
    if moved.fate is not Fate.CHANGED:
        after = change.apply(DOCUMENT)
        assert after[moved.start : moved.end] == "sorry"
        assert after[moved.command_start : moved.command_end] == COMMAND


@given(st.lists(st.tuples(st.integers(0, 6), st.text("xy", max_size=3)), max_size=4))
def test_shift_agrees_with_applying_the_edits(replacements: list[tuple[int, str]]) -> None:
    old, edits = "", []
    for length, new in replacements:
        old += "-"
        edits.append(Edit(start=len(old), end=len(old) + length, replacement=new))
        old += "." * length
    new_text = old + "!"
    for change in reversed(edits):
        new_text = change.apply(new_text)
    assert new_text.index("!") == shift(len(old), edits)
