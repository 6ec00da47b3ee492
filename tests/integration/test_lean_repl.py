"""The community REPL's format: requests in `.in` files, the answers as they are written in `.expected` beside them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.warm_lean import WarmLean
from turnstile_lsp.agents.lean.repl import serve

CASES = sorted((Path(__file__).parents[1] / "data" / "repl").glob("*.in"))


async def answers(session: WarmLean, requests: str) -> str:
    session.forget()
    output = io.StringIO()
    await serve(io.StringIO(requests), output, session)
    return output.getvalue()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
async def test_answers_are_those_expected(lean_session: WarmLean, case: Path) -> None:
    assert await answers(lean_session, case.read_text("utf-8")) == case.with_suffix(".expected").read_text("utf-8")


async def test_a_file_is_read_where_the_client_is(lean_session: WarmLean, tmp_path: Path) -> None:
    (tmp_path / "file.lean").write_text("def here := 1\r\n#eval here + 1\r\n", newline="")
    said = await answers(lean_session, json.dumps({"path": str(tmp_path / "file.lean")}))
    assert json.loads(said)["messages"][0] == {
        "severity": "info",
        "pos": {"line": 2, "column": 0},
        "endPos": {"line": 2, "column": 5},
        "data": "2",
    }
