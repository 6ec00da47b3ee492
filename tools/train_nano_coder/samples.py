"""Training rows: plain text and fill-in-the-middle (PSM order), half of each."""

import random
from dataclasses import dataclass
from itertools import pairwise

import torch
from tokenizers import Tokenizer

from tools.train_nano_coder.corpus import SourceFile, code_lines
from tools.train_nano_coder.recipe import SCHEDULE, SEED, Phase
from tools.train_nano_coder.tokenizer import BOS, EOS, FIM_BEGIN, FIM_END, FIM_HOLE

CHARACTERS_PER_TOKEN = 8  # more than any window needs, so that truncation happens in tokens
CHARACTERS_PER_CUT = 30
LIBRARY_WEIGHT = 2.5  # the library itself is seen more often than its test suites


@dataclass(frozen=True)
class Row:
    """Token ids and the weight of each as a target."""

    ids: list[int]
    weights: list[float]


@dataclass(frozen=True)
class Batch:
    """``inputs`` and ``targets`` are (rows, length); ``weights`` is 0 on padding."""

    inputs: torch.Tensor
    targets: torch.Tensor
    weights: torch.Tensor


class Sampler:
    """Draws the batch of a step; a step's batch depends on the seed and the step alone."""

    def __init__(self, files: list[SourceFile], tokenizer: Tokenizer) -> None:
        self.files = [(file, lines) for file in files if (lines := list(code_lines(file.text)))]
        self.file_weights = [len(file.text) * (1.0 if file.is_test else LIBRARY_WEIGHT) for file, _ in self.files]
        self.tokenizer = tokenizer
        self.bos, self.eos, self.fim_begin, self.fim_hole, self.fim_end = (
            tokenizer.token_to_id(token) for token in (BOS, EOS, FIM_BEGIN, FIM_HOLE, FIM_END)
        )

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def encode_in_pieces(self, rng: random.Random, text: str) -> list[int]:
        """Tokens of text cut at random characters, as a cursor cuts it: words go on after half a word."""
        cuts = sorted(rng.sample(range(len(text)), len(text) // CHARACTERS_PER_CUT))
        return [token for a, b in pairwise([0, *cuts, len(text)]) for token in self.encode(text[a:b])]

    def batches(self, step: int) -> list[Batch]:
        """The plain and the FIM rows of a step, half of its tokens each."""
        phase = SCHEDULE.phase(step)
        length = SCHEDULE.row_length
        rng = random.Random(f"{SEED} {step}")
        rows = SCHEDULE.tokens_per_step // length // 2
        plain = [self.plain_document(rng, length) for _ in range(rows)]
        fim = [self.fim_row(rng, phase, length) for _ in range(rows)]
        return [self.stack(plain, length), self.stack(fim, length)]

    def stack(self, rows: list[Row], length: int) -> Batch:
        ids = torch.full((len(rows), length + 1), self.eos)
        weights = torch.zeros(len(rows), length)
        for number, row in enumerate(rows):
            ids[number, : len(row.ids)] = torch.tensor(row.ids)
            weights[number, : len(row.ids) - 1] = torch.tensor(row.weights[1:])
        return Batch(ids[:, :-1], ids[:, 1:], weights)

    def plain_document(self, rng: random.Random, length: int) -> Row:
        """A window of at most ``length + 1`` tokens from the start of a line on."""
        file, lines = rng.choices(self.files, self.file_weights)[0]
        start = rng.choice(lines).start
        window = file.text[start : start + CHARACTERS_PER_TOKEN * length]
        ids = [self.bos, *self.encode_in_pieces(rng, window)]
        if start + len(window) == len(file.text):
            ids.append(self.eos)
        ids = ids[: length + 1]
        return Row(ids, [1.0] * len(ids))

    def fim_row(self, rng: random.Random, phase: Phase, length: int) -> Row:
        """FIM documents one after the other, the last one cut off."""
        row = Row([], [])
        while len(row.ids) <= length:
            document = self.fim_document(rng, phase)
            row = Row(row.ids + document.ids, row.weights + document.weights)
        return Row(row.ids[: length + 1], row.weights[: length + 1])

    def fim_document(self, rng: random.Random, phase: Phase) -> Row:
        """A hole with the text around it. The lengths of the three parts say nothing of one another, else the model
        would learn where the middle ends from them."""
        file, lines = rng.choices(self.files, self.file_weights)[0]
        text = file.text
        start, end = self.hole(rng, file, lines)
        prefix_room = rng.randint(phase.shortest_prefix, phase.longest_prefix)
        suffix_room = rng.randint(0, prefix_room // 4)
        middle = [*self.encode(text[start:end]), self.eos][: SCHEDULE.longest_middle]
        suffix = self.encode(text[end : end + CHARACTERS_PER_TOKEN * suffix_room])[:suffix_room]
        prefix = self.encode(text[max(0, start - CHARACTERS_PER_TOKEN * prefix_room) : start])[-prefix_room:]
        ids = [self.bos, self.fim_begin, *prefix, self.fim_hole, *suffix, self.fim_end]
        weights = [1.0] * len(ids) + [SCHEDULE.middle_weight] * len(middle)
        return Row(ids + middle, weights)

    def hole(self, rng: random.Random, file: SourceFile, lines: list) -> tuple[int, int]:
        """Offsets of a middle: mostly the rest of a line, sometimes more lines or a span inside one."""
        number = rng.randrange(len(lines))
        line = lines[number]
        start = line.indent if rng.random() < 0.1 else rng.randrange(line.indent, line.end)
        kind = rng.random()
        if kind < 0.8:
            return start, line.end
        if kind < 0.85:
            return start, rng.randrange(start, line.end) + 1
        return start, lines[min(number + rng.randint(1, 4), len(lines) - 1)].end
