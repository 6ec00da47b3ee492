"""How engines run. Part of a request's settings: the same model with other options is another engine."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class LocalOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """llama.cpp's. `threads`: None for one per physical core, or one where the model is small. `context_length`:
    tokens of prompt and answer of one request (None: the model's, 16,384 at most). `search_sequences` answers are
    computed at once in a cache of `search_context_length` tokens (None: twice `context_length`). `ubatch`: tokens
    computed in one go; smaller ones cancel sooner, larger ones read prompts faster. `gpu_layers`: -1 for all, where
    the library was built for a GPU.
    """

    threads: int | None = None
    context_length: int | None = None
    search_sequences: int = 16
    search_context_length: int | None = None
    ubatch: int = 512
    cache_type: Literal["f16", "f32"] = "f16"
    flash_attention: bool = False
    gpu_layers: int = -1


class RemoteOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An OpenAI-compatible server's. Times in seconds: to connect, and between two pieces of an answer.
    `context_length`: used where the server does not tell. `token_prompts`: it takes token ids as prompts.
    `log_probabilities`: it gives them (llama-cpp-python's does so when started with `--logits_all true`)."""

    connect_seconds: float = 5.0
    read_seconds: float = 120.0
    context_length: int = 4096
    token_prompts: bool = False
    log_probabilities: bool = False


class EngineOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of every kind of engine."""

    local: LocalOptions = LocalOptions()
    remote: RemoteOptions = RemoteOptions()
