"""llama.cpp and the trainer must agree: same tokens, same logits."""

import random

import numpy as np
import torch

from tools.train_nano_coder.corpus import SourceFile
from tools.train_nano_coder.export import GGUF_F32, exported_model
from tools.train_nano_coder.recipe import SCHEDULE, SEED
from tools.train_nano_coder.runner import Runner
from tools.train_nano_coder.samples import Sampler
from tools.train_nano_coder.tokenizer import FIM_BEGIN, load_tokenizer

TOLERANCE = 1e-3
ROWS = 12
PHASE = SCHEDULE.phases[-1]


def verify(files: list[SourceFile]) -> float:
    """The largest difference of logits over some held-out rows.

    Raises SystemExit when tokens differ or logits differ by more than the tolerance.
    """
    held_out = [file for file in files if file.split == "held_out"]
    tokenizer = load_tokenizer(files)
    sampler = Sampler(held_out, tokenizer)
    runner = Runner(GGUF_F32)
    for text in [*(file.text[:2000] for file in held_out), f"s = '{FIM_BEGIN}'", "\tü 漢字 🙂\x0b\n\n  1234"]:
        if runner.encode(text) != sampler.encode(text):
            raise SystemExit(f"llama.cpp and the trainer tokenize differently: {text!r}")
    model = exported_model()
    rng = random.Random(SEED)
    largest = 0.0
    for row in range(ROWS):
        ids = sampler.fim_document(rng, PHASE).ids if row % 2 else sampler.plain_document(rng, 250).ids
        with torch.no_grad():
            expected = model.logits(torch.tensor([ids]))[0].numpy()
        largest = max(largest, float(np.abs(runner.logits(ids) - expected).max()))
    if not largest <= TOLERANCE:
        raise SystemExit(f"Logits of llama.cpp and the trainer differ by {largest:.2g}, more than {TOLERANCE}.")
    return largest
