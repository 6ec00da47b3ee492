"""A project whose toolchain is a real Lean (the embedded one) behind a stand-in for Lake."""

import json
import os
import subprocess

import pytest

from tests.lean_project import make_elan, make_project
from turnstile_lsp.agents.lean.base import Toolchain
from turnstile_lsp.agents.lean.embedded import installed
from turnstile_lsp.agents.lean.toolchain import discover


@pytest.mark.parametrize(("automatic", "error"), [(False, "Unknown identifier `p`"), (True, None)])
async def test_an_option_of_the_lakefile_changes_the_verdict(tmp_path, automatic, error):
    embedded = installed()
    assert embedded
    project = make_project(tmp_path)
    lakefile = (project / "lakefile.toml").read_text()
    (project / "lakefile.toml").write_text(lakefile.replace("false", str(automatic).lower()))
    file = project / "Fixture.lean"
    environment = make_elan(tmp_path, embedded)
    toolchain = await discover(file, file.read_text(), environment=environment, trusted=True)
    assert toolchain.options == {"autoImplicit": automatic}
    assert not toolchain.embedded
    verdict = _check(toolchain, file.name)
    assert (error in verdict) if error else verdict == ""


def _check(toolchain: Toolchain, file: str) -> str:
    with open(f"{toolchain.working_folder}/setup.json", "w") as setup:
        json.dump(toolchain.setup, setup)
    return subprocess.run(
        [*toolchain.command, "--setup=setup.json", file],
        cwd=toolchain.working_folder,
        env=os.environ | {"LEAN_PATH": ":".join(toolchain.lean_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout
