"""What several integration tests share."""

from __future__ import annotations

import ctypes
from collections.abc import AsyncIterator
from pathlib import Path

import llama_cpp
import pytest

from tests.integration.lsp_client import Editor, start_editor
from turnstile_lsp.agents.models.names import LocalModel, resolve
from turnstile_lsp.agents.prover.store import default_file


@pytest.fixture(autouse=True)
def no_kept_proofs(private_places: Path) -> None:
    """No test finds the proofs of another."""
    default_file().unlink(missing_ok=True)


@pytest.fixture(scope="session")
def exact_model(tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """nano-coder with its weights in float32: results then do not depend on what else is in a batch."""
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    path = tmp_path_factory.mktemp("exact") / "nano-coder-f32.gguf"
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = llama_cpp.LLAMA_FTYPE_ALL_F32
    parameters.allow_requantize = True
    assert llama_cpp.llama_model_quantize(model.path.encode(), str(path).encode(), ctypes.byref(parameters)) == 0
    return LocalModel(name=model.name, path=str(path), card=model.card)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a module's editor has open."""
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="session")
def lean_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Lean files are: a Lean serves one folder, and the daemon keeps one warm."""
    return tmp_path_factory.mktemp("lean")


@pytest.fixture(scope="module")
async def shared_editor(workspace: Path) -> AsyncIterator[Editor]:
    """An editor with the real language server, for a module's tests."""
    async with start_editor(workspace) as started:
        yield started


@pytest.fixture
def editor(shared_editor: Editor) -> Editor:
    """The module's editor, as if nothing had been said yet."""
    shared_editor.forget()
    shared_editor.settings = {}
    return shared_editor
