"""One way to name a model."""

from pathlib import Path

import pytest

from turnstile_lsp.agents.engine.create import create
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.engine.options import EngineOptions
from turnstile_lsp.agents.engine.remote import RemoteEngine
from turnstile_lsp.agents.errors import InvalidRequest, ModelNotFound
from turnstile_lsp.agents.models.names import LocalModel, RemoteModel, resolve


def test_a_card() -> None:
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    assert model.name == "nano-coder"
    assert model.card
    assert model.card.fim
    assert Path(model.path).is_file()


def test_a_file_is_taken_from_the_folder_it_is_named_in(tmp_path: Path) -> None:
    model = resolve("models/../Coder.GGUF", tmp_path)
    assert model == LocalModel(name="Coder", path=str(tmp_path / "Coder.GGUF"))
    absolute = resolve(str(tmp_path / "x.gguf"), Path("/elsewhere"))
    assert absolute == LocalModel(name="x", path=str(tmp_path / "x.gguf"))


@pytest.mark.parametrize("url", ["http://localhost:8000/v1", "https://api.example.org/beta/v1"])
def test_a_server(url: str) -> None:
    assert resolve(f"{url}#org/model") == RemoteModel(name="org/model", url=url)
    assert resolve(f" {url}/#org/model ") == RemoteModel(name="org/model", url=url)


def test_a_server_of_a_model_with_a_card() -> None:
    model = resolve("http://localhost:1/v1#nano-coder")
    assert model.card
    assert model.card.name == "nano-coder"


@pytest.mark.parametrize(
    "name",
    [
        "http://localhost:8000/v1",
        "http://localhost:8000#m",
        "http:///v1#m",
        "http://host/v1?key=1#m",
        "https://host/v1#",
    ],
)
def test_what_is_no_server_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="/v1"):
        resolve(name)


def test_a_key_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidRequest, match="TURNSTILE_KEY") as caught:
        resolve("https://user:secret@host/v1#m")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "gpt", "nano-coder.bin"])
def test_an_unknown_name_lists_what_can_be_named(name: str) -> None:
    with pytest.raises(ModelNotFound, match=r"nano-coder.*\.gguf.*URL#name"):
        resolve(name)


def test_each_kind_has_its_engine() -> None:
    assert isinstance(create(resolve("nano-coder"), options=EngineOptions()), LlamaCppEngine)
    assert isinstance(create(resolve("http://localhost:1/v1#m"), options=EngineOptions()), RemoteEngine)
