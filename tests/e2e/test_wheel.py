"""The built wheel in an environment of its own, beside a stranger's package that is called `agents` too."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STRANGER = "openai-agents==0.24.0"
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def run(*command: str | Path, folder: Path) -> str:
    """Output of a command that must succeed, run outside the checkout."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=170)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain install, without extras, and the stranger installed after it."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, folder=ROOT)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    run(python, *PIP, wheel, folder=folder)
    run(python, *PIP, "--no-deps", STRANGER, folder=folder)
    return folder


@pytest.mark.timeout(300)
def test_a_stranger_called_agents_overwrites_nothing(environment: Path) -> None:
    """Both packages' files are there, each under its own name."""
    code = (
        "import importlib.metadata as m, turnstile_lsp.agents.errors, turnstile_lsp.lsp_server, turnstile_lsp.jupyter_ext\n"
        "files = {d: {str(f) for f in m.files(d)} for d in ('turnstile-lsp', 'openai-agents')}\n"
        "assert not files['turnstile-lsp'] & files['openai-agents']\n"
        "tops = {f.split('/')[0] for f in files['turnstile-lsp'] if not f.startswith('..')}\n"
        "print(sorted(t for t in tops if not t.endswith('.dist-info')))"
    )
    tops = run(environment / "venv/bin/python", "-c", code, folder=environment)
    assert tops.strip() == "['jupyter_ext', 'turnstile_lsp']"


def test_the_wheel_ships_its_data(environment: Path) -> None:
    """What is read at run time is in the wheel, links resolved."""
    package = next((environment / "venv").glob("lib/python*/site-packages/turnstile_lsp"))
    for name in ("models/nano-coder/nano-coder.gguf", "models/cards/nano-coder.toml", "lean/embedded/package.toml"):
        assert (package / "agents" / name).is_file(), name
    assert not (package / "agents").is_symlink()


def test_the_wheel_brings_the_jupyterlab_extension(environment: Path) -> None:
    """It is where JupyterLab and the Jupyter server look, and built; its sources are nowhere."""
    share = environment / "venv/share/jupyter/labextensions/turnstile-jupyterlab"
    load = json.loads((share / "package.json").read_text())["jupyterlab"]["_build"]["load"]
    assert "_JUPYTERLAB" in (share / load).read_text()
    server = environment / "venv/etc/jupyter/jupyter_server_config.d/turnstile.json"
    (module,) = json.loads(server.read_text())["ServerApp"]["jpserver_extensions"]
    run(environment / "venv/bin/python", "-c", f"import {module}", folder=environment)
    assert not list(environment.glob("venv/lib/**/labextension"))


def test_a_plain_install_says_how_to_get_local_models(environment: Path) -> None:
    """Without the extra one sentence names it; the exit code says that something is missing."""
    source = environment / "a.py"
    source.write_text("def f():\n    return ")
    command = [environment / "venv/bin/turnstile", "complete", f"{source}:2:12"]
    runtime = {"TURNSTILE_RUNTIME_DIR": str(environment / "run"), "PATH": "/usr/bin:/bin", "HOME": str(environment)}
    done = subprocess.run(command, capture_output=True, text=True, env=runtime, timeout=60)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "turnstile-lsp[local]" in done.stderr
    subprocess.run([environment / "venv/bin/turnstile", "daemon", "stop"], env=runtime, timeout=60, check=True)
