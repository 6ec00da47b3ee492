"""A model file in llama.cpp: its vocabulary and what it says of itself."""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from collections.abc import Sequence
from functools import cached_property

import llama_cpp.llama_cpp as library

from turnstile_lsp.agents.engine.base import Message
from turnstile_lsp.agents.engine.llama_cpp.frames import Loaded
from turnstile_lsp.agents.engine.special_tokens import neutralise
from turnstile_lsp.agents.errors import BadModelFile, InvalidRequest
from turnstile_lsp.agents.settings import LocalOptions

LONGEST_TEXT = 4 * 2**20
DEFAULT_CONTEXT_LENGTH = 16384
_WARNING = 3

recent_messages: deque[str] = deque(maxlen=8)


def _log(level: int, text: bytes, _: ctypes.c_void_p) -> None:
    if level >= _WARNING:
        line = text.decode("utf-8", "replace")
        recent_messages.append(line.strip())
        sys.stderr.write(line)


_log_callback = library.llama_log_callback(_log)


class Model:
    """A loaded model. Its methods may be called from any thread."""

    def __init__(self, path: str, options: LocalOptions) -> None:
        library.llama_log_set(_log_callback, ctypes.c_void_p(0))
        library.llama_backend_init()
        parameters = library.llama_model_default_params()
        parameters.n_gpu_layers = options.gpu_layers
        self.handle = library.llama_model_load_from_file(path.encode(), parameters)
        if not self.handle:
            raise BadModelFile(
                f"llama.cpp cannot load {path}: {'; '.join(recent_messages) or 'it gave no reason'}. "
                "The file may be cut short or of an architecture that this llama.cpp does not know; fetch it again."
            )
        self.vocabulary = library.llama_model_get_vocab(self.handle)
        self.vocabulary_size = library.llama_vocab_n_tokens(self.vocabulary)
        trained_length = library.llama_model_n_ctx_train(self.handle)
        self.context_length = min(trained_length, options.context_length or DEFAULT_CONTEXT_LENGTH)
        # A recurrent state has no parts: such a model can go on from a whole sequence only.
        self.can_share = not (
            library.llama_model_is_recurrent(self.handle) or library.llama_model_is_hybrid(self.handle)
        )
        self._pieces: dict[int, bytes] = {}

    def describe(self) -> Loaded:
        """What the file says of itself."""

        def known(token: int) -> int | None:
            return token if token >= 0 else None

        return Loaded(
            context_length=self.context_length,
            bos=known(library.llama_vocab_bos(self.vocabulary)),
            fim_begin=known(library.llama_vocab_fim_pre(self.vocabulary)),
            fim_hole=known(library.llama_vocab_fim_suf(self.vocabulary)),
            fim_end=known(library.llama_vocab_fim_mid(self.vocabulary)),
        )

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """The tokens of `text`. `special`: special tokens in it act, and the model's BOS goes in front."""
        data = text.encode("utf-8", "replace")
        if len(data) > LONGEST_TEXT:
            raise InvalidRequest(
                f"A text of {len(data):,} bytes is too long to tokenize; {LONGEST_TEXT:,} is the most."
            )
        room = len(data) + 8
        tokens = (library.llama_token * room)()
        count = library.llama_tokenize(self.vocabulary, data, len(data), tokens, room, special, special)
        return tokens[:count]

    def piece(self, token: int) -> bytes:
        """The bytes that `token` stands for; empty for a control token."""
        piece = self._pieces.get(token)
        if piece is None:
            buffer = ctypes.create_string_buffer(256)
            length = library.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, False)
            if length < 0:
                buffer = ctypes.create_string_buffer(-length)
                length = library.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, False)
            piece = self._pieces[token] = buffer.raw[:length]
        return piece

    @cached_property
    def end_tokens(self) -> frozenset[int]:
        """The tokens that end an answer."""
        return frozenset(
            token for token in range(self.vocabulary_size) if library.llama_vocab_is_eog(self.vocabulary, token)
        )

    def chat_prompt(self, messages: Sequence[Message]) -> str:
        """`messages` in the model's own chat template, up to where the assistant's answer begins."""
        template = library.llama_model_chat_template(self.handle, None)
        if template is None:
            raise InvalidRequest(
                "This model has no chat template; give it a text to go on from, or choose a chat model."
            )
        chat = (library.llama_chat_message * len(messages))(
            *(library.llama_chat_message(m.role.encode(), neutralise(m.content).encode("utf-8", "replace"))
              for m in messages)
        )  # fmt: skip
        room = 1024 + 2 * sum(len(m.content.encode("utf-8", "replace")) + len(m.role) for m in messages)
        buffer = ctypes.create_string_buffer(room)
        length = library.llama_chat_apply_template(template, chat, len(messages), True, buffer, room)
        if not 0 <= length <= room:
            raise InvalidRequest("llama.cpp does not know this model's chat template; give it a text to go on from.")
        return buffer.raw[:length].decode("utf-8", "replace")
