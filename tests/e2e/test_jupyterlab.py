"""The real JupyterLab and Jupyter Notebook, in a browser, with the extension as set-up installs it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import ROOT, free_port, serving
from tests.integration.scripted_model import ScriptedModel, scripted_model
from turnstile_lsp.agents.coder.statistics import Event, totals

CELLS = ["import os\n\n\ndef read_lines(path):\n    return open(path).read().splitlines()", "", "print('the last')"]
BLOCK = "first = 1\n    second = 2\n    third = 3\n    fourth = 4\n    return first\n"


@pytest.fixture(scope="module")
def lab(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a notebook in JupyterLab."""
    with jupyter("lab", tmp_path_factory.mktemp("jupyterlab")) as address:
        yield f"{address}/lab/tree/lines.ipynb?token=T&reset"


@pytest.fixture(scope="module")
def classic(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same notebook in Jupyter Notebook."""
    with jupyter("notebook", tmp_path_factory.mktemp("notebook")) as address:
        yield f"{address}/notebooks/lines.ipynb?token=T"


@contextmanager
def jupyter(application: str, folder: Path) -> Iterator[str]:
    """The address of one of Jupyter's applications over a folder with the notebook."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    cells.append(nbformat.v4.new_markdown_cell("Words"))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "lines.ipynb")
    news = folder / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false"}')
    port = free_port()
    command = [ROOT / ".venv/bin/jupyter", application, "--allow-root", "--no-browser", "--ip=127.0.0.1"]
    options = [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=T"]
    places = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **places, "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    address = f"http://127.0.0.1:{port}"
    with serving([*command, *options], f"{address}/api?token=T", folder / "log", cwd=folder, env=environment):
        yield address


@pytest.fixture
def page(browser: Browser, lab: str) -> Iterator[Page]:
    """A window with the notebook open and its kernel running."""
    with opened(browser, lab) as page:
        yield page


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """A window of an application, once the kernel of its notebook runs."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".jp-Notebook .jp-CodeCell").nth(2)).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible(timeout=60_000)
    yield page
    context.close()


def cell(page: Page, number: int) -> Locator:
    """A cell's editor."""
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".cm-content")


@pytest.mark.timeout(300)
def test_ghost_text_shows_while_typing_and_tab_accepts_it(page: Page, screenshots: Path) -> None:
    type_and_accept(page, screenshots / "jupyterlab-ghost-text.png")


@pytest.mark.timeout(300)
def test_it_does_in_jupyter_notebook_too(browser: Browser, classic: str, screenshots: Path) -> None:
    with opened(browser, classic) as page:
        type_and_accept(page, screenshots / "notebook-ghost-text.png")


def type_and_accept(page: Page, picture: Path) -> None:
    """Half a line is typed and the grey rest taken by Tab, which is counted."""
    before = accepted()
    cell(page, 1).click()
    page.keyboard.type("def count_lines(path):\n", delay=30)
    page.keyboard.type("return open(pa", delay=60)
    ghost = page.locator(".jp-GhostText")
    expect(ghost).to_be_visible(timeout=60_000)
    page.screenshot(path=picture)
    shown = ghost.inner_text().strip()
    page.keyboard.press("Tab")
    expect(ghost).to_be_hidden(timeout=10_000)
    expect(cell(page, 1)).to_contain_text(f"return open(pa{shown}", timeout=10_000)
    end = time.monotonic() + 10
    while accepted() == before:
        assert time.monotonic() < end, "that it was accepted was not counted"
        time.sleep(0.05)


@pytest.mark.timeout(300)
def test_it_shows_between_brackets_too_but_not_in_markdown(page: Page, runtime: Path) -> None:
    with completing(runtime, "path") as model:
        page.locator(".jp-Notebook .jp-MarkdownCell").dblclick()
        page.keyboard.type("import os", delay=60)
        cell(page, 1).click()
        page.keyboard.type("\n\n")
        assert not model.prompts
        page.keyboard.type("😀 = open()")
        page.keyboard.press("ArrowLeft")
        page.keyboard.type("m", delay=60)
        expect(page.locator(".jp-GhostText")).to_have_text("path", timeout=10_000)
        assert "😀 = open(m<" in model.prompts[-1]


@pytest.mark.timeout(300)
def test_a_slow_answer_grows(page: Page, screenshots: Path, runtime: Path) -> None:
    with completing(runtime, BLOCK) as model:
        model.line_seconds = 0.7
        cell(page, 1).click()
        page.keyboard.type("def f():\n")
        page.keyboard.press("Alt+\\")
        ghost = page.locator(".jp-GhostText")
        expect(ghost).to_contain_text("second = 2", timeout=10_000)
        assert "return first" not in ghost.inner_text()
        page.screenshot(path=screenshots / "jupyterlab-growing.png")
        expect(ghost).to_contain_text("return first", timeout=10_000)
        page.keyboard.press("Tab")
        expect(cell(page, 1)).to_contain_text("return first", timeout=10_000)
        page.screenshot(path=screenshots / "jupyterlab-accepted.png")


@contextmanager
def completing(runtime: Path, answer: str) -> Iterator[ScriptedModel]:
    """A model that always says the same, named in the settings."""
    with scripted_model([answer], name="deepseek-coder-v2-lite-base") as model:
        (runtime / "config.toml").write_text(f'[complete]\nmodel = "{model.url}#{model.name}"')
        yield model
    (runtime / "config.toml").unlink()


def accepted() -> int:
    """How many answers were taken."""
    return sum(total.count for total in totals() if total.event == Event.ACCEPTED)
