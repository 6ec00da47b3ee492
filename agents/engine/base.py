"""One interface to every language model: llama.cpp, a remote server, transformers.

Front ends and agents see only this module; which engine answers shows in `Description` and `Chunk.model` alone.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from enum import IntEnum
from typing import Protocol, TypeVar

from msgspec import Struct

_STEPS = 4

Units = TypeVar("Units", list[int], str)


class Priority(IntEnum):
    """Interactive requests go before search requests; explicit ones (a manual trigger) are interactive too."""

    INTERACTIVE = 0
    SEARCH = 1


class Message(Struct, frozen=True, kw_only=True):
    """One turn of a chat; `role` is "system", "user" or "assistant"."""

    role: str
    content: str


class Sampling(Struct, frozen=True, kw_only=True):
    """How tokens are drawn. Temperature 0 is greedy. `max_tokens` bounds each of the n samples; no end token is drawn
    among the first `min_tokens`, where the engine can see to that (a server is not asked to)."""

    max_tokens: int = 128
    min_tokens: int = 0
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None


class Excerpt(Struct, frozen=True, kw_only=True):
    """User text in a prompt: special tokens in it do not act. At most `tokens` tokens of it are used, the last ones if
    `keep_end`, else the first."""

    text: str
    tokens: int
    keep_end: bool = False

    def cut(self, units: Units, most: int) -> Units:
        """At most `most` of the text's tokens or characters. A kept end begins at multiples of a quarter of `most`, so
        that the KV cache can be used again while the text grows."""
        if not self.keep_end or len(units) <= most:
            return units[:most]
        step = max(1, most // _STEPS)
        return units[-(-(len(units) - most) // step) * step :]


class Request(Struct, frozen=True, kw_only=True):
    """A prompt (exactly one of `pieces`, `tokens`, `text`, `messages`) and how to continue it.

    `pieces`: special tokens, by id or by their text, and `Excerpt`s, in order, behind the model's BOS, if it has one.
    `text` is tokenized with the model's special tokens active. `tokens` are used as given.
    `stop`: the answer ends before the first of these strings. `n`: samples that share the prompt's KV cache.
    `log_probabilities`: whether chunks carry the natural log-probability of each sampled token.
    `unasked`: nobody waits for it; it gives way (`Superseded`) to the same client's next interactive request for another
    prompt.
    `grammar`: GBNF. `pictures`: encoded image files, for vision models. `reference`: texts that the answer may repeat,
    likelier ones first; they make it come faster, never other.
    """

    pieces: Sequence[int | str | Excerpt] | None = None
    tokens: Sequence[int] | None = None
    text: str | None = None
    messages: Sequence[Message] | None = None
    sampling: Sampling = Sampling()
    stop: Sequence[str] = ()
    n: int = 1
    log_probabilities: bool = False
    grammar: str | None = None
    priority: Priority = Priority.INTERACTIVE
    unasked: bool = False
    pictures: Sequence[bytes] = ()
    reference: Sequence[str] = ()


class Timings(Struct, frozen=True, kw_only=True):
    """What a request cost. `prompt_reused` tokens came from the KV cache, `prompt_decoded` were computed, `generated`
    were sampled over all n. `verifications` batches held drafts of the answer, `drafted` tokens in all, of which
    `accepted` were right. Milliseconds are the engine's own computing time, queueing excluded."""

    prompt_reused: int = 0
    prompt_decoded: int = 0
    generated: int = 0
    verifications: int = 0
    drafted: int = 0
    accepted: int = 0
    prompt_milliseconds: float = 0.0
    generate_milliseconds: float = 0.0
    queued_milliseconds: float = 0.0


class Chunk(Struct, frozen=True, kw_only=True):
    """A piece of sample `index` (0 ≤ index < n). The last chunk of a sample has `finish`: "stop" (end token or stop
    string) or "length". `tokens` and `log_probabilities` are of the tokens that make up the answer, of equal length
    where the engine knows them; the token that ended it (the end token, or the one that completes a stop) is not among
    them: the last chunk has its log-probability as `end_log_probability` (None where unknown). A chunk may hold several
    tokens, and no text yet where a stop string may have begun.
    The very last chunk of a request carries `timings` (where known) and `model`, the name to show."""

    index: int = 0
    text: str = ""
    tokens: Sequence[int] = ()
    log_probabilities: Sequence[float] = ()
    finish: str | None = None
    end_log_probability: float | None = None
    timings: Timings | None = None
    model: str | None = None


class FimTokens(Struct, frozen=True, kw_only=True):
    """The fill-in-the-middle tokens of a model trained with them: by id, or by text where the ids are a server's."""

    begin: int | str
    hole: int | str
    end: int | str


class Description(Struct, frozen=True, kw_only=True):
    """What a model can do. `model`: the name to show. `token_prompts`: `Request.tokens` is accepted.
    `exact_token_counts`: False where `tokenize` merely estimates. `bos`: the begin-of-sequence token, if any.
    The rest comes from the model's card: `languages_automatic`: languages in which ghost text may show unasked
    (None: all); `confidence_threshold`: confidence below which unasked ghost text stays hidden (None: show all);
    `prefix_tokens`, `suffix_tokens`, `context_tokens` (for pieces of other files): prompt budgets (None: choose by
    context length)."""

    model: str
    context_length: int
    fim: FimTokens | None = None
    bos: int | None = None
    log_probabilities: bool = True
    token_prompts: bool = True
    exact_token_counts: bool = True
    languages_automatic: Sequence[str] | None = None
    confidence_threshold: float | None = None
    prefix_tokens: int | None = None
    suffix_tokens: int | None = None
    context_tokens: int | None = None


class Engine(Protocol):
    """A language model that can be asked from asyncio."""

    def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Stream the answer. Closing the generator (`contextlib.aclosing`), or cancelling the task that waits for its
        next chunk, stops the computation at once.

        Raises `InvalidRequest`, `ContextOverflow`, `ModelNotFound`, `BadModelFile`, `EngineFailed`.
        """
        ...

    async def tokenize(self, text: str) -> list[int]:
        """Tokens of user text: special tokens inside it are *not* parsed, no BOS is added. Where the engine cannot
        tokenize (`exact_token_counts` False) the ids are placeholders and the count an upper estimate."""
        ...

    async def describe(self) -> Description:
        """What the model can do; loads it if it is not loaded."""
        ...

    async def close(self) -> None:
        """Free everything; idempotent."""
        ...
