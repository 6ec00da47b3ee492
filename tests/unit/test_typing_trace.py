"""The recorded typing trace: what it must hold for its figures to mean something."""

from __future__ import annotations

from itertools import pairwise

from tests.bench.typing import recorded


def test_it_is_long_enough_and_holds_corrections_and_jumps() -> None:
    trace = recorded()
    assert len(trace.events) >= 300
    assert {event.file for event in trace.events} == set(range(6))
    assert sum(event.text == "" for event in trace.events) >= 10
    assert sum(one.file != other.file for one, other in pairwise(trace.events)) >= 6


def test_every_keystroke_leaves_the_cursor_behind_what_was_typed() -> None:
    for keystroke in recorded().keystrokes():
        assert keystroke.before.endswith(keystroke.event.text)
        if not keystroke.event.text:
            assert (keystroke.position.line, keystroke.position.character) == keystroke.event.start
    finished = {keystroke.document.name: keystroke.before + keystroke.after for keystroke in recorded().keystrokes()}
    for document in recorded().documents:
        assert len(finished[document.name]) > len(document.text)
