"""Writes the model's card (data), its README (words) and the licence notice."""

import hashlib
import os
import platform
import shutil
import sysconfig
from pathlib import Path

import gguf

from tools.train_nano_coder.corpus import MANIFEST, SourceFile
from tools.train_nano_coder.evaluate import Figures, Proportion
from tools.train_nano_coder.model import NanoCoder
from tools.train_nano_coder.recipe import ARCHITECTURE, CARD, EVALUATION, MODEL_FOLDER, SCHEDULE, SEED

README_TEMPLATE = Path(__file__).parent / "README.template.md"


def write_notice() -> None:
    """The licence of the Python standard library, which the model was trained on."""
    shutil.copyfile(Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", MODEL_FOLDER / "LICENSE-PSF.txt")


def write_card(model: Path, figures: Figures, agreement: float, steps: int) -> None:
    def table(p: Proportion) -> str:
        return f"{{ value = {p.value}, low = {p.low}, high = {p.high}, n = {p.n} }}"

    CARD.parent.mkdir(parents=True, exist_ok=True)
    CARD.write_text(
        f"""# Written by `python -m tools.train_nano_coder`.
name = "nano-coder"
file = "{os.path.relpath(model, CARD.parent)}"
sha256 = "{hashlib.sha256(model.read_bytes()).hexdigest()}"
licence = "MIT; trained on the Python {platform.python_version()} standard library (PSF-2.0)"
source = "trained in this repository, see ../nano-coder/README.md"
context_length = {ARCHITECTURE.max_position_embeddings}
fim = true
languages_automatic = ["python"]
threshold = {figures.threshold}
prefix_tokens = {EVALUATION.prefix_tokens}
suffix_tokens = {EVALUATION.suffix_tokens}
context_tokens = 0

[figures]
held_out_loss_plain = {figures.held_out_loss_plain}
held_out_loss_fim = {figures.held_out_loss_fim}
exact_match = {table(figures.exact_match)}
shown_exact = {table(figures.shown_exact)}
shown_share = {table(figures.shown_share)}
logit_agreement = {agreement:.1e}
training_tokens = {steps * SCHEDULE.tokens_per_step}
"""
    )


def write_readme(model: Path, files: list[SourceFile], figures: Figures, agreement: float, steps: int) -> None:
    def words(p: Proportion) -> str:
        return f"{100 * p.value:.1f} % (95 % interval {100 * p.low:.1f}–{100 * p.high:.1f} %, n = {p.n:,})"

    phases = ", then ".join(f"{phase.shortest_prefix}–{phase.longest_prefix}" for phase in SCHEDULE.phases)
    parameters = sum(tensor.n_elements for tensor in gguf.GGUFReader(model).tensors)
    shared = {
        "architecture": ARCHITECTURE,
        "evaluation": EVALUATION,
        "figures": figures,
        "schedule": SCHEDULE,
        "phases": phases,
        "python": platform.python_version(),
        "seed": SEED,
        "manifest": MANIFEST.name,
        "parameters": f"{parameters / 1e6:.2f} million",
        "active": f"{active_parameters() / 1e6:.2f} million",
        "megabytes": f"{model.stat().st_size / 1e6:.1f} MB",
        "tokens": f"{steps * SCHEDULE.tokens_per_step / 1e6:.1f} million",
        "steps": steps,
        "agreement": f"{agreement:.1g}",
        "train_files": sum(file.split == "train" for file in files),
        "held_out_files": sum(file.split == "held_out" for file in files),
        "exact_match": words(figures.exact_match),
        "shown_exact": words(figures.shown_exact),
        "shown_share": words(figures.shown_share),
    }
    (MODEL_FOLDER / "README.md").write_text(README_TEMPLATE.read_text().format(**shared))


def active_parameters() -> int:
    """Parameters that take part in one token: those of the chosen and the shared experts, and all the rest."""
    a = ARCHITECTURE
    total = sum(parameter.numel() for parameter in NanoCoder(a).parameters())
    idle = (a.n_routed_experts - a.num_experts_per_tok) * 3 * a.hidden_size * a.moe_intermediate_size
    return total - (a.num_hidden_layers - a.first_k_dense_replace) * idle
