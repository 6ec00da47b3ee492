"""A real Jupyter server with the extension, asked as JupyterLab asks it."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import DAEMON_SETTINGS
from tests.integration.scripted_model import ScriptedModel, scripted_model
from turnstile_lsp.agents.coder.statistics import Event, totals
from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.jupyter_ext.handlers import MOST_BYTES

TOKEN = {"Authorization": "token secret"}
COMPLETE, ACCEPTED = "/turnstile/complete", "/turnstile/accepted"
ABOVE = "def read_lines(path):\n    return open(path).read().splitlines()"
BLOCK = "first = 1\n    second = 2\n    third = 3\n    fourth = 4\n    return first\n"
OTHERS = ("jupyterlab", "jupyter_lsp", "notebook_shim", "jupyter_server_terminals")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server shows."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def address(root: Path, private_places: Path) -> Iterator[str]:
    """Where the server is, as it starts by itself with the extension in its configuration."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    extensions = {"turnstile_lsp.jupyter_ext": True} | dict.fromkeys(OTHERS, False)
    options = [
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=secret",
        f"--ServerApp.root_dir={root}",
    ]
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--ip=127.0.0.1", *options]
    places = {
        f"JUPYTER_{name}_DIR": str(root.parent / f"jupyter-{name.lower()}") for name in ("CONFIG", "DATA", "RUNTIME")
    }
    log = root.parent / "jupyter.log"
    with log.open("w") as errors:
        server = subprocess.Popen(
            [*command, f"--ServerApp.jpserver_extensions={extensions}"],
            env={**os.environ, **places},
            stderr=errors,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert "Traceback" not in log.read_text(), "a request failed in a way that nobody thought of"


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            httpx.get(url)
            return
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError(f"nothing answers at {url}")


@pytest.fixture
async def browser(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A window with the server's token."""
    async with httpx.AsyncClient(base_url=address, headers=TOKEN, timeout=60) as client:
        yield client


@pytest.fixture
def settings(private_places: Path) -> Iterator[Callable[[str], object]]:
    """Writes the user's settings; what they were comes back."""
    file = private_places / "config.toml"
    yield lambda text: file.write_text(f"{DAEMON_SETTINGS}\n{text}")
    file.write_text(DAEMON_SETTINGS)


@pytest.fixture
def model(settings: Callable[[str], object]) -> Iterator[ScriptedModel]:
    """A server that completes, named in the settings."""
    with scripted_model(["completed"], name="deepseek-coder-v2-lite-base") as model:
        settings(f'[complete]\nmodel = "{model.url}#{model.name}"\ncandidates = 1')
        yield model


@pytest.fixture
def slow_model(model: ScriptedModel) -> ScriptedModel:
    """It writes a block, slowly."""
    model.answers = itertools.cycle([BLOCK])
    model.line_seconds = 0.3
    return model


def ask(prefix: str, **others: Any) -> dict[str, Any]:
    """A question at the end of a cell."""
    asked = {"client": "window", "path": "a.ipynb", "language": "python", "suffix": "", "automatic": False}
    return {**asked, "prefix": prefix, **others}


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    """What was answered."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def answers(response: httpx.Response) -> list[dict[str, Any]]:
    """What was answered, without what a slow answer was while it came."""
    return [line for line in lines(response) if "number" in line]


async def test_another_cell_is_gone_by_and_what_is_accepted_is_counted(browser: httpx.AsyncClient) -> None:
    question = ask("def count_lines(path):\n    return open(pa", above=[ABOVE], automatic=True)
    (answer,) = lines(await browser.post(COMPLETE, json=question))
    assert answer["insertText"] == "th).read().splitlines()"
    assert (await browser.post(ACCEPTED, json={"number": answer["number"]})).status_code == 204
    counted: set[Event] = set()
    while Event.ACCEPTED not in counted:  # it is written in a thread
        await asyncio.sleep(0.01)
        counted = {total.event for total in totals() if total.language == "python"}
    assert Event.OFFERED in counted


async def test_a_name_of_a_file_beside_the_notebook_is_completed_without_a_model(
    browser: httpx.AsyncClient, settings: Callable[[str], object], root: Path
) -> None:
    no_model = '[complete]\nmodel = "http://127.0.0.1:9/v1#none"\n'
    settings(no_model)
    folder = root / "with files"
    folder.mkdir()
    (folder / "shop.py").write_text('KEY = "abcd1234efgh5678"\n\n\ndef price_of_basket(basket):\n    return 0\n')
    (folder / "bill.py").write_text("import shop\n\nprint(shop.price_of_basket(cart))\n")
    question = ask("print(shop.price_of_", path="with files/a.ipynb", above=["import shop"])
    answer: dict[str, Any] = {}
    async with asyncio.timeout(20):  # the process that indexes starts with the first question, and takes one file first
        while not answer.get("insertText", "").startswith("basket(cart)"):
            await asyncio.sleep(0.1)
            answer = lines(await browser.post(COMPLETE, json=question))[0]
    assert answer["model"] == "the index"
    settings(f"{no_model}index = false")
    (problem,) = lines(await browser.post(COMPLETE, json=question))
    assert problem["error"]


async def test_who_asks_gets_several_answers(browser: httpx.AsyncClient) -> None:
    several = answers(await browser.post(COMPLETE, json=ask("import os\n\nfor root, dirs, files in os.")))
    assert 1 < len({answer["insertText"] for answer in several}) == len(several) <= 3
    assert {answer["model"] for answer in several} <= {"nano-coder", "this file"}


@pytest.mark.parametrize("path", [COMPLETE, ACCEPTED])
async def test_without_the_token_nothing_is_answered(address: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=address) as stranger:
        assert (await stranger.post(path, json=ask("x = "))).status_code == 403
        wrong = await stranger.post(path, json=ask("x = "), headers={"Authorization": "token wrong"})
    assert wrong.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        json.dumps(ask("x", client="")).encode(),
        json.dumps(ask("x", client="x" * 65)).encode(),
        json.dumps(ask("x", path="x/" * 1000)).encode(),
        json.dumps(ask("x", automatic="yes")).encode(),
        json.dumps(ask("x", above="a cell")).encode(),
        json.dumps(ask("x\ud83d")).encode(),
    ],
)
async def test_what_is_no_question_is_refused(browser: httpx.AsyncClient, body: bytes) -> None:
    refused = await browser.post(COMPLETE, content=body)
    assert refused.status_code == 400
    assert refused.json()["message"]


@pytest.mark.parametrize(
    "question",
    [
        ask("x\0y = "),
        ask(""),
        ask("\r\n\x0b\u2028x = ", suffix="\r\n😀"),
        ask("x = ", path="../a\0b.ipynb", language="\0"),
        ask("x = ", path="", above=["", "%%", "%%nothing\n", "😀"]),
    ],
)
async def test_odd_text_is_answered(browser: httpx.AsyncClient, model: ScriptedModel, question: dict[str, Any]) -> None:
    assert lines(await browser.post(COMPLETE, json=question))[-1]["insertText"] == "completed"


async def test_a_huge_cell_is_refused_or_answered_but_never_the_end(
    browser: httpx.AsyncClient, model: ScriptedModel
) -> None:
    refused = await browser.post(COMPLETE, json=ask("x" * MOST_BYTES))
    assert refused.status_code == 413
    assert str(MOST_BYTES) in refused.json()["message"]
    for text in ("x = 1\n" * 100_000, "x" * 600_000):
        assert lines(await browser.post(COMPLETE, json=ask(text, suffix="\n" + text[:200_000])))[0]["insertText"]


async def read_lines(browser: httpx.AsyncClient, question: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
    """What is answered, as it comes."""
    async with browser.stream("POST", COMPLETE, json=question) as response:
        async for line in response.aiter_lines():
            yield json.loads(line)


@pytest.mark.parametrize("automatic", [False, True])
async def test_a_slow_answer_is_shown_while_it_comes(
    browser: httpx.AsyncClient, slow_model: ScriptedModel, automatic: bool
) -> None:
    said = [line async for line in read_lines(browser, ask("def f():\n    ", automatic=automatic))]
    *growing, whole = said
    assert len(growing) > 1
    assert all("number" not in line for line in growing)
    texts = [line["insertText"] for line in growing]
    assert texts == sorted(set(texts), key=len)
    assert all(BLOCK.startswith(text) for text in texts)
    assert (whole["number"] > 0, whole["insertText"]) == (True, BLOCK.rstrip())


async def test_a_browser_that_goes_away_in_the_middle_ends_the_request(
    browser: httpx.AsyncClient, slow_model: ScriptedModel, daemon: Daemon
) -> None:
    async with aclosing(read_lines(browser, ask("def f():\n    "))) as said:
        assert "number" not in await anext(said)
    async with asyncio.timeout(5):
        while (await daemon.status()).requests or not slow_model.hung_up:  # noqa: ASYNC110  # nothing tells of its end
            await asyncio.sleep(0.02)


async def test_a_browser_that_goes_away_before_the_answer_ends_the_request(
    browser: httpx.AsyncClient, model: ScriptedModel, daemon: Daemon
) -> None:
    model.seconds = 20.0
    with pytest.raises(httpx.ReadTimeout):
        await browser.post(COMPLETE, json=ask("x = "), timeout=0.5)
    assert len(model.prompts) == 1
    async with asyncio.timeout(5):
        while (await daemon.status()).requests:  # noqa: ASYNC110  # nothing tells of its end
            await asyncio.sleep(0.02)


async def test_a_newer_question_of_the_same_window_ends_the_older(
    browser: httpx.AsyncClient, model: ScriptedModel
) -> None:
    model.seconds = 0.5
    older = asyncio.create_task(browser.post(COMPLETE, json=ask("x = ")))
    other = asyncio.create_task(browser.post(COMPLETE, json=ask("z = ", client="another window")))
    while len(model.prompts) < 2:  # noqa: ASYNC110  # they are counted in a thread
        await asyncio.sleep(0.01)
    model.seconds = 0.0
    newer = lines(await browser.post(COMPLETE, json=ask("y = ")))
    assert [answer["insertText"] for answer in newer] == ["completed"]
    assert lines(await older) == []
    assert lines(await other)[-1]["insertText"] == "completed"


async def test_a_lean_cell_sees_lean_cells_alone(browser: httpx.AsyncClient, model: ScriptedModel) -> None:
    above = ["%%lean\ndef double (n : Nat) := n + n", "x = 1"]
    (answer,) = answers(await browser.post(COMPLETE, json=ask("%%lean\n#eval ", above=above)))
    assert answer["insertText"] == "completed"
    assert "def double (n : Nat) := n + n\n\n#eval " in model.prompts[-1]
    assert "x = 1" not in model.prompts[-1]
    assert lines(await browser.post(COMPLETE, json=ask("%%le", suffix="an\n#eval "))) == []


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("enabled = false", ask("x = ")),
        ("automatic = false", ask("x = ", automatic=True)),
        ('disabled_languages = ["python"]', ask("x = ")),
        ('disabled_languages = ["lean"]', ask("%%prove\n#eval ")),
        ("", ask("KEY = ", language="", path="folder/.env")),
    ],
)
async def test_off_means_that_nobody_is_asked(
    browser: httpx.AsyncClient, settings: Callable[[str], object], line: str, question: dict[str, Any]
) -> None:
    with scripted_model(["completed"], name="deepseek-coder-v2-lite-base") as model:
        settings(f'[complete]\nmodel = "{model.url}#{model.name}"\n{line}')
        assert lines(await browser.post(COMPLETE, json=question)) == []
        assert not model.prompts


async def test_what_is_wrong_is_said_in_a_sentence(
    browser: httpx.AsyncClient, settings: Callable[[str], object]
) -> None:
    settings('[complete]\nmodel = "no-such-model"')
    (problem,) = lines(await browser.post(COMPLETE, json=ask("x = ")))
    assert "no-such-model" in problem["error"]
