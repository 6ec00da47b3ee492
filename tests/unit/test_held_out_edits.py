"""Edit histories made of held-out files."""

from __future__ import annotations

import pytest

from tools.held_out import for_calibration, library
from tools.held_out_edits import KINDS, Kind, applied, histories, like_places, next_places

FILES = [file for file in library() if for_calibration(file) and len(file.text) < 30_000]


@pytest.mark.parametrize("kind", KINDS)
def test_before_with_its_edits_is_the_file(kind: Kind) -> None:
    found = [history for file in FILES for history in histories(file, kind)]
    assert found
    for history in found:
        assert history.before != history.file.text
        assert applied(history.before, history.edits) == history.file.text
        assert len(history.lines) >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_where_the_next_edit_is_to_be_the_file_s_own_text_is_expected(kind: Kind) -> None:
    places = next_places(FILES, kind, 20)
    texts = {file.path: file.text.split("\n") for file in FILES}
    assert places == next_places(FILES, kind, 20)
    for place in places:
        assert place.context.changes
        line = place.file.text.count("\n", 0, place.offset)
        now, own = place.file.text.split("\n")[line], texts[place.file.path][line]
        column = place.offset - place.file.text.rfind("\n", 0, place.offset) - 1
        assert own.startswith(now[: column + len(place.expected)])


@pytest.mark.parametrize("kind", KINDS)
def test_what_only_looks_like_the_next_place_is_to_stay(kind: Kind) -> None:
    texts = {file.path: file.text.split("\n") for file in FILES}
    for place in like_places(FILES, kind, 20):
        line = place.file.text.count("\n", 0, place.offset)
        assert place.context.line_was is not None
        assert (
            place.file.text.split("\n")[line].rstrip()
            == place.context.line_was.rstrip()
            == texts[place.file.path][line].rstrip()
        )
