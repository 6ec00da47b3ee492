"""Drawing tokens from logits, by llama.cpp's own samplers."""

from __future__ import annotations

import math
import secrets

import llama_cpp.llama_cpp as library
import numpy as np

from turnstile_lsp.agents.engine.base import Sampling
from turnstile_lsp.agents.engine.llama_cpp.context import Context
from turnstile_lsp.agents.engine.llama_cpp.model import Model
from turnstile_lsp.agents.errors import InvalidRequest


class Sampler:
    """The sampler chain of one answer: no end token at first, grammar, then temperature, top-k, top-p and the draw, as OpenAI's API means it.

    Answer `index` of several draws with the seed `sampling.seed + index`, so that each can be had again alone.
    """

    def __init__(self, model: Model, sampling: Sampling, grammar: str | None, index: int) -> None:
        self._chain = library.llama_sampler_chain_init(library.llama_sampler_chain_default_params())
        self._bans_end = sampling.min_tokens
        if self._bans_end:
            biases = [library.llama_logit_bias(token, -math.inf) for token in model.end_tokens]
            array = (library.llama_logit_bias * len(biases))(*biases)
            self._add(library.llama_sampler_init_logit_bias(model.vocabulary_size, len(biases), array))
        if grammar is not None:
            sampler = library.llama_sampler_init_grammar(model.vocabulary, grammar.encode(), b"root")
            if not sampler:
                self.close()
                raise InvalidRequest("The grammar is not valid GBNF, or has no rule `root`.")
            self._add(sampler)
        if sampling.temperature == 0:
            self._add(library.llama_sampler_init_greedy())
            return
        self._add(library.llama_sampler_init_temp(sampling.temperature))
        if sampling.top_k:
            self._add(library.llama_sampler_init_top_k(sampling.top_k))
        if sampling.top_p < 1:
            self._add(library.llama_sampler_init_top_p(sampling.top_p, 1))
        seed = secrets.randbits(32) if sampling.seed is None else sampling.seed + index
        self._add(library.llama_sampler_init_dist(seed & 0xFFFFFFFF))

    def _add(self, sampler: object) -> None:
        library.llama_sampler_chain_add(self._chain, sampler)

    def sample(self, context: Context, row: int) -> int:
        """The next token, by the logits of token `row` of the context's last batch."""
        token = int(library.llama_sampler_sample(self._chain, context.handle, row))
        if self._bans_end:
            self._bans_end -= 1
            if not self._bans_end:
                library.llama_sampler_free(library.llama_sampler_chain_remove(self._chain, 0))
        return token

    def close(self) -> None:
        if self._chain:
            library.llama_sampler_free(self._chain)
            self._chain = None


def log_probability(context: Context, row: int, token: int) -> float:
    """The natural log-probability that the model itself (temperature 1) gives `token` at `row`."""
    logits = context.logits(row)
    largest = logits.max()
    return float(logits[token] - largest - np.log(np.exp(logits - largest).sum()))
