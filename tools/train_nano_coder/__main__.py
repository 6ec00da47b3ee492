"""``python -m tools.train_nano_coder [train|finish]``: from the corpus to the card, in one command.

``train`` alone stops after training, ``finish`` starts from the latest checkpoint (training may still run).
"""

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

from tools.train_nano_coder import card, evaluate, export
from tools.train_nano_coder.corpus import SourceFile, load_corpus
from tools.train_nano_coder.recipe import MODEL_FOLDER
from tools.train_nano_coder.train import train
from tools.train_nano_coder.verify import verify

MODEL = MODEL_FOLDER / "nano-coder.gguf"


def finish(files: list[SourceFile]) -> None:
    """Converts the checkpoint, checks the conversion, measures what ships and describes it."""
    export.export_hf()
    export.convert("f32", export.GGUF_F32)
    agreement = verify(files)
    export.convert("q8_0", MODEL)
    figures = evaluate.evaluate(files, MODEL)
    card.write_notice()
    card.write_card(MODEL, figures, agreement, export.exported_steps())
    card.write_readme(MODEL, files, figures, agreement, export.exported_steps())


def main(arguments: list[str]) -> None:
    stages = {"train": train, "finish": finish}
    if unknown := set(arguments) - set(stages):
        raise SystemExit(
            f"Unknown stage {', '.join(sorted(unknown))}. Choose among {', '.join(stages)}, or give none for all."
        )
    files = load_corpus()
    for name, stage in stages.items():
        if not arguments or name in arguments:
            stage(files)


if __name__ == "__main__":
    main(sys.argv[1:])
