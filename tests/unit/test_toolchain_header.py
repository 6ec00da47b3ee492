"""Headers, read without Lean; fields as Lean's own `Import`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.lean.header import Header, Import, parse

INIT = Import(module="Init")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("", Header(imports=[INIT])),
        ("theorem t : True := trivial", Header(imports=[INIT])),
        ("prelude\nimport A", Header(imports=[Import(module="A")])),
        ("import A.B C\nimport D", Header(imports=[INIT, Import(module="A.B")])),
        ("/- a /- nested -/ import X -/ -- import Y\nimport A", Header(imports=[INIT, Import(module="A")])),
        ("\ufeffimport «my module».B'", Header(imports=[INIT, Import(module="«my module».B'")])),
        ("import A\n\n/-! import B -/\nopen A", Header(imports=[INIT, Import(module="A")])),
        ("/- never closed", Header(imports=[INIT])),
        (
            "module\n\npublic import A\nimport all B\nmeta import C\npublic meta import D\npublic section",
            Header(
                isModule=True,
                imports=[
                    INIT,
                    Import(module="A"),
                    Import(module="B", importAll=True, isExported=False),
                    Import(module="C", isMeta=True, isExported=False),
                    Import(module="D", isMeta=True),
                ],
            ),
        ),
    ],
)
def test_header(text, header):
    assert parse(text) == header


@given(st.text(alphabet="import module publi all/-. \nABé«»!", max_size=60))
def test_any_text_has_a_header(text):
    assert all(each.module for each in parse(text).imports)
