"""`turnstile complete` as a user calls it: what a long file says far above the cursor reaches the model as well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.integration.scripted_model import scripted_model

FILLER = "\n".join(f"number_{n} = {n}" for n in range(5000))


def test_imports_that_the_window_does_not_show_are_in_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text(f"import far_above\n\n{FILLER}\n\n\ndef last(a):\n    return far_above.\n")
    lines = path.read_text().splitlines()
    with scripted_model(["total(a)"], name="deepseek-coder-v2-lite-base") as server:
        found = subprocess.run(
            [
                *(sys.executable, "-m", "turnstile_lsp", "complete"),
                f"{path}:{len(lines)}:{len(lines[-1]) + 1}",
                *("--model", f"{server.url}#{server.name}"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        prompts = server.prompts
    assert (found.stdout, found.returncode) == ("total(a)\n", 0), found.stderr
    assert "import far_above" in prompts[0]
