"""The real JupyterLab, in a browser, with the extension as set-up installs it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import ROOT, free_port

CELLS = ["import os\n\n\ndef read_lines(path):\n    return open(path).read().splitlines()", "", "print('the last')"]


@pytest.fixture(scope="module")
def lab(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a notebook in JupyterLab."""
    folder = tmp_path_factory.mktemp("jupyterlab")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "lines.ipynb")
    news = folder / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false"}')
    port = free_port()
    command = [ROOT / ".venv/bin/jupyter", "lab", "--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    options = ["--ServerApp.port_retries=0", "--IdentityProvider.token=T"]
    places = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, *options],
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, **places, "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")},
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api?token=T")
        yield f"{address}/lab/tree/lines.ipynb?token=T&reset"
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # it has children of its own
        server.wait(timeout=30)


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nothing answers at {address}")


@pytest.fixture
def page(browser: Browser, lab: str) -> Iterator[Page]:
    """A window with the notebook open and its kernel running."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(lab)
    expect(page.locator(".jp-Notebook .jp-CodeCell").nth(2)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=60_000)
    yield page
    context.close()


def cell(page: Page, number: int) -> Locator:
    """A cell's editor."""
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".cm-content")


@pytest.mark.timeout(300)
def test_ghost_text_shows_while_typing_and_tab_accepts_it(page: Page, screenshots: Path) -> None:
    cell(page, 1).click()
    page.keyboard.type("def count_lines(path):\n", delay=30)
    page.keyboard.type("return open(pa", delay=60)
    ghost = page.locator(".jp-GhostText")
    expect(ghost).to_be_visible(timeout=60_000)
    page.screenshot(path=screenshots / "jupyterlab-ghost-text.png")
    shown = ghost.inner_text().strip()
    page.keyboard.press("Tab")
    expect(ghost).to_be_hidden(timeout=10_000)
    expect(cell(page, 1)).to_contain_text(f"return open(pa{shown}", timeout=10_000)
    page.screenshot(path=screenshots / "jupyterlab-accepted.png")
