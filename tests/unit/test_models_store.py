"""Model cards have a schema, and say where they do not fit it."""

from pathlib import Path

import pytest

from turnstile_lsp.agents.errors import BadModelFile
from turnstile_lsp.agents.models.store import FOLDER, read_card, shipped_cards

CARD = """
name = "small"
file = "small.gguf"
licence = "MIT"
source = "here"
context_length = 512
fim = true
sha256 = "00"
"""


def test_every_shipped_card_fits_and_its_file_is_there() -> None:
    assert list(FOLDER.glob("*.toml"))
    for name, (card, path) in shipped_cards().items():
        assert card.name == name
        assert path.is_file()


def test_what_a_card_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(CARD)
    card = read_card(path)
    assert (card.languages_automatic, card.threshold, card.prefix_tokens, dict(card.figures)) == (None, None, None, {})


@pytest.mark.parametrize(
    ("line", "words"),
    [("threshold = 'high'", r"\$\.threshold"), ("colour = 1", "colour"), ("[", "TOML|Invalid|Expected|expected")],
)
def test_a_wrong_card_names_file_and_value(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "small.toml"
    path.write_text(CARD + line)
    with pytest.raises(BadModelFile, match=words) as caught:
        read_card(path)
    assert str(path) in str(caught.value)
