"""The engine for a model on an OpenAI-compatible server: vLLM, SGLang, llama-server, DeepSeek's API.

Texts go to `/completions`, messages to `/chat/completions`, both streamed as server-sent events.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.engine.base import Chunk, Description, Excerpt, FimTokens, Request
from turnstile_lsp.agents.engine.special_tokens import neutralise
from turnstile_lsp.agents.engine.validate import validate
from turnstile_lsp.agents.errors import (
    ContextOverflow,
    EngineFailed,
    InvalidRequest,
    ModelNotFound,
    ServerUnreachable,
)
from turnstile_lsp.agents.models.names import RemoteModel
from turnstile_lsp.agents.settings import RemoteOptions

if TYPE_CHECKING:
    import httpx

_BYTES_PER_TOKEN = 2
_LONGEST_EXPLANATION = 300
_FIM = FimTokens(begin="<｜fim▁begin｜>", hole="<｜fim▁hole｜>", end="<｜fim▁end｜>")


class _ServedModel(Struct):
    """An entry of `/models`; vLLM tells `max_model_len`."""

    id: str
    max_model_len: int | None = None


class _ServedModels(Struct):
    data: Sequence[_ServedModel]


class _LogProbability(Struct):
    logprob: float


class _LogProbabilities(Struct):
    """Those of `/completions`, then those of `/chat/completions`."""

    token_logprobs: Sequence[float | None] | None = None
    content: Sequence[_LogProbability] | None = None


class _Delta(Struct):
    content: str | None = None


class _Choice(Struct):
    text: str | None = None
    delta: _Delta | None = None
    logprobs: _LogProbabilities | None = None
    finish_reason: str | None = None


class _Event(Struct):
    choices: Sequence[_Choice] = ()
    error: Any = None


_decode_event = msgspec.json.Decoder(_Event).decode
_decode_models = msgspec.json.Decoder(_ServedModels).decode


class RemoteEngine:
    """An `Engine` over one model of one server. The key is only ever sent to that server, as a bearer token."""

    def __init__(self, model: RemoteModel, options: RemoteOptions | None = None, key: str | None = None) -> None:
        self._model = model
        self._options = options or RemoteOptions()
        self._key = key
        self._client: httpx.AsyncClient | None = None
        self._description: Description | None = None

    async def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `Engine.generate`. The n samples are n requests at once: not every server knows `n`."""
        validate(request)
        self._check_abilities(request)
        samples: asyncio.Queue[Chunk | Exception] = asyncio.Queue()
        tasks = [asyncio.create_task(self._sample(request, index, samples)) for index in range(request.n)]
        unfinished = request.n
        try:
            while unfinished:
                chunk = await samples.get()
                if isinstance(chunk, Exception):
                    raise chunk
                unfinished -= chunk.finish is not None
                yield chunk if unfinished else msgspec.structs.replace(chunk, model=self._model.name)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def tokenize(self, text: str) -> list[int]:
        """An upper estimate: placeholders, one for every two bytes."""
        return [0] * _estimate(text)

    async def describe(self) -> Description:
        """See `Engine.describe`. A server's model is taken to know DeepSeek's FIM tokens unless a card denies it."""
        if self._description is None:
            served = await self._served_model()
            card = self._model.card
            self._description = Description(
                model=self._model.name,
                context_length=(served and served.max_model_len)
                or (card and card.context_length)
                or self._options.context_length,
                fim=_FIM if card is None or card.fim else None,
                log_probabilities=self._options.log_probabilities,
                token_prompts=self._options.token_prompts,
                exact_token_counts=False,
                languages_automatic=card.languages_automatic if card else None,
                confidence_threshold=card.threshold if card else None,
                prefix_tokens=card.prefix_tokens if card else None,
                suffix_tokens=card.suffix_tokens if card else None,
                context_tokens=card.context_tokens if card else None,
            )
        return self._description

    async def close(self) -> None:
        """See `Engine.close`."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    def _check_abilities(self, request: Request) -> None:
        if request.tokens is not None and not self._options.token_prompts:
            raise InvalidRequest(f"{self._model.url} takes text, not tokens.")
        if request.grammar is not None:
            raise InvalidRequest(f"{self._model.url} takes no grammar; use a local model for that.")
        if request.pictures:
            raise InvalidRequest(f"{self._model.name} is not asked about pictures; choose a vision model.")

    async def _sample(self, request: Request, index: int, samples: asyncio.Queue[Chunk | Exception]) -> None:
        try:
            async for chunk in self._stream(request, index):
                samples.put_nowait(chunk)
        except Exception as error:
            samples.put_nowait(error)

    async def _stream(self, request: Request, index: int) -> AsyncGenerator[Chunk, None]:
        path = "completions" if request.messages is None else "chat/completions"
        body = self._body(request, index)
        async with self._connected(), self._open_client().stream("POST", path, json=body) as reply:
            await self._raise_for_status(reply)
            async for line in reply.aiter_lines():
                if not line.startswith("data:"):
                    continue
                data = line.removeprefix("data:").strip()
                chunk = Chunk(index=index, finish="stop") if data == "[DONE]" else self._chunk(data, index)
                if chunk is not None:
                    yield chunk
                    if chunk.finish is not None:
                        return
        raise EngineFailed(f"{self._model.url} broke off its answer; ask again, more briefly if it happens again.")

    def _body(self, request: Request, index: int) -> dict[str, Any]:
        sampling = request.sampling
        body: dict[str, Any] = {
            "model": self._model.name,
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "stream": True,
        }
        if request.messages is not None:
            body["messages"] = [{"role": message.role, "content": message.content} for message in request.messages]
        elif request.pieces is not None:
            body["prompt"] = "".join(map(self._as_text, request.pieces))
        else:
            body["prompt"] = list(request.tokens) if request.tokens is not None else request.text
        if request.stop:
            body["stop"] = list(request.stop)
        if sampling.top_k:
            body["top_k"] = sampling.top_k
        if sampling.seed is not None:
            body["seed"] = sampling.seed + index
        if request.log_probabilities:
            body["logprobs"] = 1 if request.messages is None else True
        return body

    def _as_text(self, piece: int | str | Excerpt) -> str:
        """The server tokenizes it, with special tokens active."""
        if isinstance(piece, Excerpt):
            text, tokens = piece.text, _estimate(piece.text)
            return neutralise(piece.cut(text, len(text) * piece.tokens // tokens) if tokens > piece.tokens else text)
        if isinstance(piece, int):
            raise InvalidRequest(f"{self._model.url} takes text, not tokens.")
        return piece

    def _chunk(self, data: str, index: int) -> Chunk | None:
        try:
            event = _decode_event(data)
        except msgspec.DecodeError as error:
            raise EngineFailed(f"{self._model.url} sent something that is no answer: {error}.") from error
        if event.error is not None:
            raise EngineFailed(f"{self._model.url} failed while it answered: {_shortened(str(event.error))}")
        if not event.choices:
            return None
        choice = event.choices[0]
        text = choice.text if choice.delta is None else choice.delta.content
        finish = None if choice.finish_reason is None else "length" if choice.finish_reason == "length" else "stop"
        return Chunk(index=index, text=text or "", log_probabilities=_log_probabilities(choice.logprobs), finish=finish)

    async def _served_model(self) -> _ServedModel | None:
        async with self._connected():
            reply = await self._open_client().get("models")
            await self._raise_for_status(reply)
        try:
            served = _decode_models(reply.content)
        except msgspec.DecodeError as error:
            raise ServerUnreachable(f"{self._model.url} does not answer as an OpenAI-compatible server.") from error
        return next((model for model in served.data if model.id == self._model.name), None)

    def _open_client(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._model.url,
                headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
                timeout=httpx.Timeout(self._options.read_seconds, connect=self._options.connect_seconds, pool=None),
                trust_env=False,  # another window's proxy or .netrc is none of this request's business
            )
        return self._client

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncGenerator[None, None]:
        """Turns what goes wrong between here and the server into typed errors."""
        import httpx

        url = self._model.url
        try:
            yield
        except httpx.ConnectTimeout as error:
            raise ServerUnreachable(f"{url} does not answer; is the server running and the address right?") from error
        except httpx.TimeoutException as error:
            seconds = self._options.read_seconds
            raise ServerUnreachable(f"{url} sent nothing for {seconds:g} seconds; ask again.") from error
        except httpx.ConnectError as error:
            raise ServerUnreachable(f"{url} cannot be reached ({error}); is the server running?") from error
        except httpx.RequestError as error:
            reason = str(error) or type(error).__name__
            raise EngineFailed(f"The connection to {url} broke ({reason}); ask again.") from error

    async def _raise_for_status(self, reply: httpx.Response) -> None:
        if reply.is_success:
            return
        await reply.aread()
        url, status, said = self._model.url, reply.status_code, _shortened(reply.text)
        if status in (401, 403):
            raise ServerUnreachable(f"{url} refuses the key ({status}); set TURNSTILE_KEY to one that it accepts.")
        if status == 404:
            raise ModelNotFound(f"{url} has no model {self._model.name!r}, or no such path (404): {said}")
        if status == 429:
            wait = reply.headers.get("retry-after")
            raise ServerUnreachable(f"{url} has too much to do (429); ask again {f'in {wait} s' if wait else 'later'}.")
        if status in (400, 413, 422):
            overflow = status == 413 or "context" in said.lower()
            raise (ContextOverflow if overflow else InvalidRequest)(f"{url} refuses the request ({status}): {said}")
        raise ServerUnreachable(f"{url} failed (HTTP {status}): {said}")


def _estimate(text: str) -> int:
    """At least as many as the tokens of `text`, as good as always."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)


def _log_probabilities(said: _LogProbabilities | None) -> Sequence[float]:
    if said is None:
        return ()
    if said.content is not None:
        return [token.logprob for token in said.content]
    return [value for value in said.token_logprobs or () if value is not None]


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_EXPLANATION else text[:_LONGEST_EXPLANATION] + "…"
