"""VS Code's real workbench, in a browser, with the packed extension."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from setup_end_to_end import code_server_folder

from tests.e2e.conftest import ROOT, free_port, serving

USER_SETTINGS = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "chat.disableAIFeatures": True,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "editor.inlineSuggest.enabled": True,
    "editor.quickSuggestions": {"other": "off"},
    "files.autoSave": "off",
}
MACHINE_SETTINGS = {"turnstile.path": str(ROOT / ".venv/bin/turnstile")}
PYTHON_FILE = "import os\n\n\ndef read_lines(path):\n    with open(path) as \n"
LEAN_FILE = "theorem add_zero_left (n : Nat) : 0 + n = n := by\n  sorry\n"
GOAL_FILE = "theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Python file and two Lean files."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "lines.py").write_text(PYTHON_FILE)
    (folder / "lemma.lean").write_text(LEAN_FILE)
    (folder / "goal.lean").write_text(GOAL_FILE)
    return folder


@pytest.fixture(scope="module")
def machine_settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the settings that belong to the machine, among them `turnstile.path`."""
    file = tmp_path_factory.mktemp("code-server") / "user/Machine/settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(MACHINE_SETTINGS))
    return file


@pytest.fixture(scope="module")
def workbench(workspace: Path, runtime: Path, machine_settings: Path) -> Iterator[str]:
    """The address of a code-server with the extension installed."""
    root = machine_settings.parents[2]
    (root / "user/User").mkdir()
    (root / "user/User/settings.json").write_text(json.dumps(USER_SETTINGS))
    (root / "config.yaml").write_text("")
    node = ROOT / ".venv/bin/node"
    entry = code_server_folder() / "node_modules/code-server/out/node/entry.js"
    folders = [
        "--config",
        root / "config.yaml",
        "--extensions-dir",
        root / "extensions",
        "--user-data-dir",
        root / "user",
    ]
    vsix = ROOT / "build/turnstile.vsix"
    subprocess.run([node, entry, "--install-extension", vsix, *folders], check=True, timeout=120, capture_output=True)
    port = free_port()
    quiet = [
        "--disable-telemetry",
        "--disable-update-check",
        "--disable-workspace-trust",
        "--disable-getting-started-override",
    ]
    command = [node, entry, "--auth", "none", "--bind-addr", f"127.0.0.1:{port}", *folders, *quiet, workspace]
    address = f"http://127.0.0.1:{port}/"
    with serving(command, address, root / "log", env=_environment()):
        yield f"{address}?folder={workspace}"


def _environment() -> dict[str, str]:
    return {**os.environ, "EXTENSIONS_GALLERY": '{"serviceUrl":""}'}


@pytest.fixture
def page(browser: Browser, workbench: str) -> Iterator[Page]:
    """A fresh window on the workbench, with the extension running."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(workbench)
    expect(page.locator(".monaco-workbench")).to_be_visible(timeout=60_000)
    expect(page.locator(".statusbar-item", has_text="⊢")).to_be_visible(timeout=60_000)
    yield page
    context.close()


def open_file(page: Page, name: str) -> None:
    """Open a file by the quick-open box and wait for its editor."""
    page.keyboard.press("Control+P")
    page.locator(".quick-input-widget input").first.fill(name)
    page.locator(".quick-input-list .monaco-list-row", has_text=name).first.click()
    expect(page.locator(".tab.active", has_text=name)).to_be_visible(timeout=30_000)
    expect(page.locator(".monaco-editor .view-lines").first).to_be_visible(timeout=30_000)


@pytest.mark.timeout(300)
def test_ghost_text_shows_and_tab_accepts_it(page: Page, screenshots: Path) -> None:
    open_file(page, "lines.py")
    page.locator(".monaco-editor .view-line").nth(4).click()
    page.keyboard.press("End")
    _run_command(page, "Trigger Inline Suggestion")
    ghost = page.locator(".monaco-editor [class*=ghost-text]")
    expect(ghost.first).to_be_visible(timeout=60_000)
    page.screenshot(path=screenshots / "vscode-ghost-text.png")
    shown = "".join(ghost.all_inner_texts()).replace("\u00a0", " ").strip()
    page.keyboard.press("Tab")
    line = page.locator(".monaco-editor .view-line").nth(4)
    expect(line).not_to_have_text("    with open(path) as ", timeout=10_000)
    assert shown[:3] in line.inner_text().replace("\u00a0", " ")


@pytest.mark.timeout(300)
def test_prove_this_lemma_replaces_the_sorry(page: Page, screenshots: Path) -> None:
    open_file(page, "lemma.lean")
    page.locator(".monaco-editor .view-line").nth(0).get_by_text("add_zero_left").first.click(button="right")
    item = page.get_by_role("menuitem", name="Prove This Lemma")
    expect(item).to_be_visible(timeout=10_000)
    page.screenshot(path=screenshots / "vscode-prove-menu.png")
    item.click()
    lines = page.locator(".monaco-editor .view-lines").first
    expect(lines).not_to_contain_text("sorry", timeout=180_000)
    expect(lines).to_contain_text("add_zero_left")
    page.screenshot(path=screenshots / "vscode-proved.png")


@pytest.mark.timeout(300)
def test_another_path_acts_at_once(page: Page, machine_settings: Path) -> None:
    machine_settings.write_text('{"turnstile.path": "/nowhere/turnstile"}')
    expect(page.get_by_text("/nowhere/turnstile").first).to_be_visible(timeout=30_000)
    machine_settings.write_text(json.dumps(MACHINE_SETTINGS))
    expect(page.locator(".statusbar-item", has_text="⊢")).to_be_visible(timeout=30_000)
    open_file(page, "lines.py")
    page.locator(".monaco-editor .view-line").nth(4).click()
    page.keyboard.press("End")
    _run_command(page, "Trigger Inline Suggestion")
    expect(page.locator(".monaco-editor [class*=ghost-text]").first).to_be_visible(timeout=30_000)


@pytest.mark.timeout(300)
def test_suggested_tactics_are_listed_and_the_chosen_one_is_put_in(page: Page, screenshots: Path) -> None:
    open_file(page, "goal.lean")
    page.locator(".monaco-editor .view-line").nth(1).click()
    page.keyboard.press("End")
    _run_command(page, "Turnstile: Suggest Tactics")
    rows = page.locator(".quick-input-list .monaco-list-row")
    expect(rows.filter(has_text="2 goals left").first).to_be_visible(timeout=120_000)
    first = rows.first.locator(".label-name").first
    expect(rows.first).to_contain_text("closes the goal")
    page.screenshot(path=screenshots / "vscode-suggestions.png")
    tactic = first.inner_text().replace("\u00a0", " ")
    page.keyboard.press("Enter")
    lines = page.locator(".monaco-editor .view-lines").first
    expect(lines).not_to_contain_text("sorry", timeout=10_000)
    assert tactic in lines.inner_text().replace("\u00a0", " ")


def _run_command(page: Page, title: str) -> None:
    page.keyboard.press("F1")
    page.locator(".quick-input-widget input").first.fill(f">{title}")
    page.locator(".quick-input-list .monaco-list-row", has_text=title).first.click()
