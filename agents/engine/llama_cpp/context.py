"""A llama.cpp context: sequences, what of them is in the KV cache, and batches that can be aborted."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence as AnySequence
from typing import Any

import llama_cpp.llama_cpp as library
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from turnstile_lsp.agents.engine.llama_cpp.model import Model
from turnstile_lsp.agents.errors import EngineFailed
from turnstile_lsp.agents.settings import LocalOptions

_CACHE_TYPES = {"f16": library.GGML_TYPE_F16, "f32": library.GGML_TYPE_F32}
_NO_ROOM, _ABORTED = 1, 2


class Abort:
    """A flag that llama.cpp reads between two operations of a graph.

    The callback is the C library's `strlen` over a two-byte buffer: "" lets the batch go on, "\\1" ends it. A
    callback in Python would have to take the interpreter's lock at every operation: milliseconds beside a busy thread.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(b"\0", 2)
        self._callback = ctypes.cast(ctypes.CDLL(None).strlen, library.ggml_abort_callback)

    def attach(self, handle: object) -> None:
        library.llama_set_abort_callback(handle, self._callback, ctypes.cast(self._buffer, ctypes.c_void_p))

    def set(self) -> None:
        self._buffer[0] = b"\1"

    def clear(self) -> None:
        self._buffer[0] = b"\0"


class CachedSequence:
    """One of a context's sequences; `tokens` are those whose keys and values are in the cache."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.tokens: list[int] = []
        self.taken = False
        self.used_at = 0


class Addition(Struct):
    """Tokens that a batch adds to a sequence; after the batch, the logits of its last `outputs` tokens are in rows
    `row` to `row + outputs - 1`."""

    sequence: CachedSequence
    tokens: AnySequence[int]
    outputs: int = 1
    row: int = -1


class Context:
    """`sequences` sequences in one cache of `length` tokens; equal beginnings are stored once."""

    def __init__(
        self, model: Model, options: LocalOptions, threads: int, abort: Abort, *, length: int, sequences: int
    ) -> None:
        parameters = library.llama_context_default_params()
        parameters.n_ctx = length
        parameters.n_batch = parameters.n_ubatch = self.batch_length = min(options.ubatch, length)
        parameters.n_seq_max = sequences
        parameters.kv_unified = True  # without it a copy of a part of a sequence ends the process
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.type_k = parameters.type_v = _CACHE_TYPES[options.cache_type]
        parameters.flash_attn_type = int(options.flash_attention)
        parameters.no_perf = True
        self.handle = library.llama_init_from_model(model.handle, parameters)
        if not self.handle:
            raise EngineFailed(
                f"There is not enough memory for a context of {length:,} tokens; set a smaller context_length."
            )
        abort.attach(self.handle)
        self.length = length
        self.decoded = 0
        self.aborted = 0
        self.sequences = [CachedSequence(number) for number in range(sequences)]
        self._model = model
        self._memory = library.llama_get_memory(self.handle)
        self._clock = 0
        self._allocate_batch()

    def _allocate_batch(self) -> None:
        n = self.batch_length
        self._token = np.zeros(n, np.int32)
        self._position = np.zeros(n, np.int32)
        self._sequence = np.zeros(n, np.int32)
        self._output = np.zeros(n, np.int8)
        ones = np.ones(n, np.int32)
        pointers = np.arange(n, dtype=np.uintp) * self._sequence.itemsize + self._sequence.ctypes.data
        self._kept_alive = (ones, pointers)

        def pointer(array: NDArray[Any], kind: Any) -> Any:
            return ctypes.cast(array.ctypes.data, ctypes.POINTER(kind))

        self._batch = library.llama_batch(
            n_tokens=0,
            token=pointer(self._token, library.llama_token),
            pos=pointer(self._position, library.llama_pos),
            n_seq_id=pointer(ones, ctypes.c_int32),
            seq_id=pointer(pointers, ctypes.POINTER(library.llama_seq_id)),
            logits=pointer(self._output, ctypes.c_int8),
        )

    def take(self, prompt: AnySequence[int]) -> CachedSequence | None:
        """A free sequence that holds as much of `prompt` as the cache has, but not its last token, whose logits are
        wanted. None if all are taken. What is shared with another sequence costs neither time nor room."""
        free = [sequence for sequence in self.sequences if not sequence.taken]
        if not free:
            return None
        best = max(self.sequences, key=lambda sequence: _common_prefix(sequence.tokens, prompt))
        length = min(_common_prefix(best.tokens, prompt), len(prompt) - 1)
        target = best if not best.taken and length >= len(best.tokens) - 1 else min(free, key=lambda s: s.used_at)
        if target is not best:
            self._cut(target, 0)
            if self._model.can_share:
                library.llama_memory_seq_cp(self._memory, best.number, target.number, 0, length)
                target.tokens = best.tokens[:length]
        self._cut(target, length)
        self._clock += 1
        target.taken, target.used_at = True, self._clock
        return target

    def release(self, sequence: CachedSequence) -> None:
        """Frees the sequence for others; its tokens stay cached until their room is needed."""
        sequence.taken = False

    def decode(self, additions: AnySequence[Addition]) -> bool:
        """Compute one batch of at most `batch_length` tokens. False: it was aborted, and nothing has changed.

        Raises `EngineFailed` where llama.cpp fails; the cache is then empty.
        """
        self._fill(additions)
        while (code := library.llama_decode(self.handle, self._batch)) == _NO_ROOM and self._evict():
            pass
        if code == _ABORTED:
            self.aborted += 1
            return False
        if code:
            self._clear()
            raise EngineFailed(f"llama.cpp failed to compute a batch (code {code}); ask again.")
        self.decoded += self._batch.n_tokens
        for addition in additions:
            addition.sequence.tokens += addition.tokens
        return True

    def forget(self, sequence: CachedSequence, tokens: int) -> None:
        """Take the last `tokens` out of a sequence: drafts that were wrong."""
        self._cut(sequence, len(sequence.tokens) - tokens)

    def logits(self, row: int) -> NDArray[np.float32]:
        """The logits (one per token of the vocabulary) of token `row` of the last batch; valid until the next one."""
        pointer = library.llama_get_logits_ith(self.handle, row)
        return np.ctypeslib.as_array(pointer, (self._model.vocabulary_size,))

    def _fill(self, additions: AnySequence[Addition]) -> None:
        end = 0
        self._output[:] = 0
        for addition in additions:
            start, end = end, end + len(addition.tokens)
            first = len(addition.sequence.tokens)
            self._token[start:end] = addition.tokens
            self._position[start:end] = range(first, first + len(addition.tokens))
            self._sequence[start:end] = addition.sequence.number
            addition.row = end - addition.outputs
            self._output[addition.row : end] = 1
        self._batch.n_tokens = end

    def _cut(self, sequence: CachedSequence, length: int) -> None:
        if len(sequence.tokens) > length and not library.llama_memory_seq_rm(self._memory, sequence.number, length, -1):
            library.llama_memory_seq_rm(self._memory, sequence.number, -1, -1)
            length = 0
        del sequence.tokens[length:]

    def _evict(self) -> bool:
        idle = [sequence for sequence in self.sequences if sequence.tokens and not sequence.taken]
        if not idle:
            return False
        self._cut(min(idle, key=lambda sequence: sequence.used_at), 0)
        return True

    def _clear(self) -> None:
        library.llama_memory_clear(self._memory, True)
        for sequence in self.sequences:
            sequence.tokens.clear()


def _common_prefix(a: AnySequence[int], b: AnySequence[int]) -> int:
    for length, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return length
    return min(len(a), len(b))
