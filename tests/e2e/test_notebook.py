"""The magics in a real kernel."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import run_kernel
from nbclient import NotebookClient


def run_cells(folder: Path, *cells: str) -> list[str]:
    """Printed output of each cell, in one kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, timeout=170, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env=dict(os.environ))
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in notebook.cells]


@pytest.mark.timeout(300)
def test_lean_and_prove_in_a_kernel(tmp_path: Path, runtime: Path) -> None:
    """State carries from cell to cell, an error does not stay, and a lemma is proved from what an earlier cell defined."""
    _, definition, use, mistake, proof, after, false, nothing, again, proved_again, use_again = run_cells(
        tmp_path,
        "%load_ext jupyter_ext",
        "%%lean\ndef double (n : Nat) : Nat := n + n",
        "%%lean\n#eval double 21",
        "%%lean\ntheorem wrong : double 1 = 3 := by decide",
        "%%prove\ntheorem double_eq (n : Nat) : double n = 2 * n := by\n  sorry",
        "%%lean\nexample : double 4 = 2 * 4 := double_eq 4",
        "%%prove --budget 5\ntheorem nonsense : double 2 = 5 := by\n  sorry",
        "%%prove\ndef triple (n : Nat) := 3 * n",
        "%%lean\ndef double (n : Nat) : Nat := n + n",
        "%%prove\ntheorem double_eq (n : Nat) : double n = 2 * n := by\n  sorry",
        "%%lean\nexample : double 4 = 2 * 4 := double_eq 4",
    )
    assert definition == ""
    assert use.strip() == "42"
    assert mistake.startswith("line 1: error")
    assert "sorry" not in proof
    assert "double_eq: proved" in proof
    assert after == ""
    assert "nonsense" in false
    assert "nothing to prove in this cell" in nothing
    assert again == use_again == ""
    assert "double_eq: proved" in proved_again
    assert ": proved" not in false


@pytest.mark.timeout(300)
def test_a_changed_cell_takes_the_place_of_what_it_was(tmp_path: Path, runtime: Path) -> None:
    """JupyterLab and Notebook name the cell that they run."""
    with run_kernel(cwd=str(tmp_path)) as client:

        def run(cell: str, text: str) -> str:
            content = {"code": text, "silent": False, "store_history": True, "user_expressions": {}}
            message = client.session.msg("execute_request", content, metadata={"cellId": cell})
            client.shell_channel.send(message)
            printed = ""
            while True:
                said = client.get_iopub_msg(timeout=120)
                if said["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                    printed += said["content"].get("text", "")
                    if said["content"].get("execution_state") == "idle":
                        return printed

        run("a", "%load_ext jupyter_ext")
        assert run("b", "%%lean\ndef twice (n : Nat) : Nat := n + n") == ""
        assert run("c", "%%lean\n#eval twice 21").strip() == "42"
        assert run("b", "%%lean\ndef twice (n : Nat) : Nat := 2 * n + 1") == ""
        assert run("c", "%%lean\n#eval twice 21").strip() == "43"
        assert "already been declared" in run("d", "%%lean\ndef twice := 1")
        assert run("d", "%%lean --reset\ndef twice := 1") == ""
