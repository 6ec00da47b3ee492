"""What the llama.cpp engine says before it starts anything."""

import os
import sys
from pathlib import Path

import psutil
import pytest

from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine, default_threads
from turnstile_lsp.agents.errors import LocalModelsNotInstalled
from turnstile_lsp.agents.models.names import LocalModel, resolve


async def test_without_the_extra_it_says_how_to_get_local_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    engine = LlamaCppEngine(model)
    with pytest.raises(LocalModelsNotInstalled) as caught:
        await engine.describe()
    assert caught.value.mend == "pip install 'turnstile-lsp[local]'"
    assert caught.value.mend in caught.value.message
    await engine.close()


@pytest.mark.parametrize(
    ("size", "cores", "allowed", "threads"),
    [(10**6, 8, 8, 1), (10**9, 8, 16, 8), (10**9, 8, 2, 2), (10**9, None, 4, 4)],
)
def test_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, cores: int | None, allowed: int, threads: int
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: cores)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(allowed)))
    model = tmp_path / "model.gguf"
    with model.open("wb") as file:
        file.truncate(size)
    assert default_threads(model) == threads
