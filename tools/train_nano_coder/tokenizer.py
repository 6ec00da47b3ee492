"""A byte-level BPE tokenizer with deepseek-coder's pre-tokenizer and special tokens."""

from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from tools.train_nano_coder.corpus import SourceFile
from tools.train_nano_coder.recipe import ARCHITECTURE, WORK_FOLDER

BOS = "<｜begin▁of▁sentence｜>"
EOS = "<｜end▁of▁sentence｜>"
FIM_BEGIN = "<｜fim▁begin｜>"
FIM_HOLE = "<｜fim▁hole｜>"
FIM_END = "<｜fim▁end｜>"
SPECIAL_TOKENS = [BOS, EOS, FIM_BEGIN, FIM_HOLE, FIM_END]
TOKENIZER_FILE: Path = WORK_FOLDER / "tokenizer.json"
# As in llama.cpp's LLAMA_VOCAB_PRE_TYPE_DEEPSEEK_CODER.
PRE_TOKENIZER_REGEXES = [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", r"\p{N}"]


def train_tokenizer(files: list[SourceFile]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    splits = [pre_tokenizers.Split(Regex(regex), "isolated") for regex in PRE_TOKENIZER_REGEXES]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [*splits, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=ARCHITECTURE.vocab_size,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((file.text for file in files if file.split == "train"), trainer)
    return tokenizer


def load_tokenizer(files: list[SourceFile]) -> Tokenizer:
    """The tokenizer of the work folder, trained first if there is none."""
    if not TOKENIZER_FILE.exists():
        TOKENIZER_FILE.parent.mkdir(parents=True, exist_ok=True)
        train_tokenizer(files).save(str(TOKENIZER_FILE))
    tokenizer: Tokenizer = Tokenizer.from_file(str(TOKENIZER_FILE))
    # Special tokens written in source code are text, not commands.
    tokenizer.encode_special_tokens = True
    return tokenizer
