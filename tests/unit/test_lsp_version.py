"""A client of another minor version is told so in one sentence."""

from __future__ import annotations

import pytest

from turnstile_lsp import __version__
from turnstile_lsp.lsp_server.session import version_mismatch


@pytest.mark.parametrize("client", [__version__, __version__.rsplit(".", 1)[0] + ".99", None, 3])
def test_versions_that_fit(client: object) -> None:
    assert version_mismatch(client) is None


def test_a_version_that_does_not_fit() -> None:
    sentence = version_mismatch("99.0.0")
    assert sentence
    assert "99.0.0" in sentence
    assert "pip install -U" in sentence
