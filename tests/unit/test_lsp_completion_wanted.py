"""Where a completion may be asked for at all."""

import pytest

from turnstile_lsp.agents.settings import CompleteSettings
from turnstile_lsp.lsp_server.completion import is_wanted
from turnstile_lsp.lsp_server.text_document import TextDocument


@pytest.mark.parametrize(
    ("disabled", "language_id", "name", "wanted"),
    [
        ([], "python", "a.py", True),
        (["python"], "python", "a.py", False),
        (["shellscript"], "sh", "a.sh", False),
        (["sh"], "shellscript", "a.sh", False),
        (["lean"], "lean4", "a.lean", False),
        (["markdown"], None, "a.md", False),
        (["markdown"], "python", "a.md", True),
        (["unheard-of"], "unheard-of", "a", False),
        (["unheard-of"], "unknown", "a", True),
    ],
)
def test_languages_are_off_by_any_editors_name(
    disabled: list[str], language_id: str | None, name: str, wanted: bool
) -> None:
    document = TextDocument(f"file:///{name}", "", language_id=language_id)
    assert is_wanted(CompleteSettings(disabled_languages=disabled), document, automatic=False) is wanted


@pytest.mark.parametrize(
    ("settings", "automatic", "wanted"),
    [
        (CompleteSettings(), True, True),
        (CompleteSettings(automatic=False), True, False),
        (CompleteSettings(automatic=False), False, True),
        (CompleteSettings(enabled=False), False, False),
    ],
)
def test_off_means_off(settings: CompleteSettings, automatic: bool, wanted: bool) -> None:
    assert is_wanted(settings, TextDocument("file:///a.py", "", language_id="python"), automatic) is wanted


def test_binary_documents_are_not_completed() -> None:
    assert not is_wanted(CompleteSettings(), TextDocument("file:///a.py", "\0", language_id="python"), automatic=False)
