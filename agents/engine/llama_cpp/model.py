"""A model file in llama.cpp: its vocabulary and what it says of itself."""

from __future__ import annotations

import ctypes
import itertools
import re
import sys
from collections import deque
from collections.abc import Sequence
from functools import cached_property, lru_cache, partial

import llama_cpp.llama_cpp as library

from turnstile_lsp.agents.engine.base import Excerpt, FimTokens, Message
from turnstile_lsp.agents.engine.llama_cpp.frames import Loaded
from turnstile_lsp.agents.engine.llama_cpp.speculation import Lookup, References, Runs
from turnstile_lsp.agents.engine.special_tokens import neutralise
from turnstile_lsp.agents.errors import BadModelFile, InvalidRequest
from turnstile_lsp.agents.settings import LocalOptions

LONGEST_TEXT = 4 * 2**20
LINES_KEPT = 4096
DEFAULT_CONTEXT_LENGTH = 16384
_WARNING = 3
_LINE = re.compile(r"[^\n]*\n(?:[^\S\n]*(?:\n|\Z))*|[^\n]+")
_EXAMPLES = ("a = f(b) \n", "\t}\n", "    b;\n", "(c)\n", '  "é\n', "7\n\n", " \r\n")

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
        self._speculates = options.speculate and self.can_share
        self._references = References(self.user_tokens)
        self._pieces: dict[int, bytes] = {}
        self._line_tokens = lru_cache(LINES_KEPT)(partial(self._tokenize, bos=False, special=False))

    def describe(self) -> Loaded:
        """What the file says of itself."""

        begin = library.llama_vocab_fim_pre(self.vocabulary)
        hole = library.llama_vocab_fim_suf(self.vocabulary)
        end = library.llama_vocab_fim_mid(self.vocabulary)
        has_fim = min(begin, hole, end) >= 0
        return Loaded(
            context_length=self.context_length,
            bos=self._bos,
            fim=FimTokens(begin=begin, hole=hole, end=end) if has_fim else None,
        )

    def prompt(self, pieces: Sequence[int | str | Excerpt]) -> list[int]:
        """The tokens of `Request.pieces`. Raises `InvalidRequest` for a token that the model does not have."""
        tokens = [] if self._bos is None else [self._bos]
        for piece in pieces:
            if isinstance(piece, Excerpt):
                tokens += piece.cut(self.user_tokens(piece.text), piece.tokens)
            else:
                tokens += [piece] if isinstance(piece, int) else self._tokenize(piece, bos=False, special=True)
        self.check(tokens)
        return tokens

    def lookup(self, prompt: Sequence[int], reference: Sequence[str]) -> Lookup | None:
        """Drafts for the answer to `prompt`, which goes on from the hole where there is one; None where they are off."""
        if not self._speculates:
            return None
        hole = library.llama_vocab_fim_suf(self.vocabulary)
        end = prompt.index(hole) if hole in prompt else len(prompt)
        return Lookup(prompt[:end], [Runs(prompt[end:]), *self._references.of(reference)])

    def check(self, tokens: Sequence[int]) -> None:
        """Raises `InvalidRequest` unless the vocabulary has all `tokens`."""
        if not all(0 <= token < self.vocabulary_size for token in tokens):
            raise InvalidRequest("The prompt holds a token that is not in the model's vocabulary.")

    def text_tokens(self, text: str) -> list[int]:
        """The tokens of a prompt: special tokens in `text` act, and a BOS goes in front if the file says so."""
        return self._tokenize(text, bos=True, special=True)

    def user_tokens(self, text: str) -> list[int]:
        """The tokens of user text: special tokens in it do not act.

        llama.cpp takes 0.7 ms for 1,000 characters. Where lines do not touch each other, as in the vocabularies of code
        models, only lines that were not seen lately are tokenized.
        """
        if not self._lines_apart:
            return self._tokenize(text, bos=False, special=False)
        return [token for line in _LINE.findall(text) for token in self._line_tokens(line)]

    @cached_property
    def _bos(self) -> int | None:
        """The token that prompts begin with, unless the file says that they do not."""
        token, said = library.llama_vocab_bos(self.vocabulary), ctypes.create_string_buffer(8)
        library.llama_model_meta_val_str(self.handle, b"tokenizer.ggml.add_bos_token", said, len(said))
        return token if token >= 0 and said.value != b"false" else None

    @cached_property
    def _lines_apart(self) -> bool:
        """Whether a line, with the blank ones after it, has the same tokens alone as in a text."""
        return all(
            self._tokenize(line + after, bos=False, special=False)
            == [*self._line_tokens(line), *self._line_tokens(after)]
            for line, after in itertools.product(_EXAMPLES, _EXAMPLES[:-1])
        )

    def _tokenize(self, text: str, *, bos: bool, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        if len(data) > LONGEST_TEXT:
            raise InvalidRequest(
                f"A text of {len(data):,} bytes is too long to tokenize; {LONGEST_TEXT:,} is the most."
            )
        room = len(data) + 8
        tokens = (library.llama_token * room)()
        count = library.llama_tokenize(self.vocabulary, data, len(data), tokens, room, bos, special)
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
