"""All logits of a GGUF in llama.cpp, as exactly as it computes them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from llama_cpp import GGML_TYPE_F32, Llama

from turnstile_lsp.agents.engine.base import Excerpt


class Runner:
    """A model file with a float32 KV cache and no flash attention."""

    def __init__(self, file: Path, context_length: int = 512) -> None:
        self.llama = Llama(
            str(file), n_ctx=context_length, n_batch=context_length, n_threads=1, n_threads_batch=1,
            logits_all=True, type_k=GGML_TYPE_F32, type_v=GGML_TYPE_F32, flash_attn=False, verbose=False,
        )  # fmt: skip

    def encode(self, text: str) -> list[int]:
        """Tokens of user text: special tokens in it are not parsed."""
        return self.llama.tokenize(text.encode(), add_bos=False, special=False) if text else []

    def encode_pieces(self, pieces: Sequence[int | str | Excerpt]) -> list[int]:
        """Tokens of a request's pieces."""
        tokens = [self.llama.token_bos()]
        for piece in pieces:
            assert not isinstance(piece, str)
            tokens += [piece] if isinstance(piece, int) else piece.cut(self.encode(piece.text), piece.tokens)
        return tokens

    def logits(self, ids: list[int]) -> np.ndarray:
        """(positions, vocabulary) logits."""
        self.llama.reset()
        self.llama.eval(ids)
        return self.llama.scores[: len(ids)].copy()

    def cross_entropy(self, ids: list[int], start: int) -> np.ndarray:
        """Nats of each token from index ``start`` on."""
        logits = self.logits(ids[:-1])[start - 1 :].astype(np.float64)
        largest = logits.max(axis=-1)
        normalizers = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=-1))
        result: np.ndarray = normalizers - logits[np.arange(len(ids) - start), ids[start:]]
        return result
