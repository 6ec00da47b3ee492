"""The training loop: resumable, one checkpoint file, a log line now and then."""

import json
import os
import signal
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tools.train_nano_coder.corpus import SourceFile
from tools.train_nano_coder.model import NanoCoder
from tools.train_nano_coder.recipe import ARCHITECTURE, SCHEDULE, SEED, WORK_FOLDER
from tools.train_nano_coder.samples import Batch, Sampler
from tools.train_nano_coder.tokenizer import load_tokenizer

CHECKPOINT: Path = WORK_FOLDER / "checkpoint.pt"
LOG: Path = WORK_FOLDER / "train.jsonl"
SAVE_SECONDS = 120
LOG_STEPS = 20
MOMENTUM = 0.95


class Muon(torch.optim.Optimizer):
    """Momentum made orthogonal by Newton-Schulz steps (Jordan et al. 2024), for stacks of matrices too."""

    def __init__(self, parameters: list[nn.Parameter], lr: float) -> None:
        super().__init__(parameters, {"lr": lr, "initial_lr": lr})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                momentum = state.setdefault("momentum", torch.zeros_like(parameter))
                momentum.lerp_(parameter.grad, 1 - MOMENTUM)
                update = orthogonal(parameter.grad.lerp(momentum, MOMENTUM))
                scale = max(1.0, parameter.shape[-2] / parameter.shape[-1]) ** 0.5
                parameter.mul_(1 - group["lr"] * 0.05)
                parameter.add_(update, alpha=-group["lr"] * scale)


def orthogonal(matrix: Tensor) -> Tensor:
    """The nearest semi-orthogonal matrix, approximately; works on the last two dimensions."""
    tall = matrix.shape[-2] > matrix.shape[-1]
    x = matrix.mT if tall else matrix
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.mT if tall else x


def optimizers(model: NanoCoder) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for embeddings, routers and norms."""
    matrices, others = [], []
    for name, parameter in model.named_parameters():
        inside = parameter.ndim >= 2 and "embed" not in name and ".gate.weight" not in name
        (matrices if inside else others).append(parameter)
    adam = torch.optim.AdamW(others, lr=SCHEDULE.other_rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    for group in adam.param_groups:
        group["initial_lr"] = group["lr"]
    return [Muon(matrices, SCHEDULE.matrix_rate), adam]


def backward(model: NanoCoder, batches: list[Batch]) -> list[float]:
    """Accumulates gradients of the weighted mean; returns each batch's own weighted loss in nats a token."""
    total = sum(batch.weights.sum().item() for batch in batches)
    means = []
    for batch in batches:
        logits = model.logits(batch.inputs)
        losses = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="none")
        loss = (losses * batch.weights.flatten()).sum()
        (loss / total + SCHEDULE.balance_weight / len(batches) * model.balance()).backward()
        means.append(loss.item() / batch.weights.sum().item())
    return means


def train(files: list[SourceFile]) -> None:
    """Trains up to the schedule's last step, from the checkpoint if there is one; SIGTERM ends it with a checkpoint."""
    terminated: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: terminated.append(number))
    torch.manual_seed(SEED)
    sampler = Sampler([file for file in files if file.split == "train"], load_tokenizer(files))
    model = NanoCoder(ARCHITECTURE)
    both = optimizers(model)
    step = 0
    if CHECKPOINT.exists():
        state = torch.load(CHECKPOINT)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(both, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        step = state["step"]
    saved_at = started = time.monotonic()
    losses: list[list[float]] = []
    while step < SCHEDULE.steps and not terminated:
        for optimizer in both:
            for group in optimizer.param_groups:
                group["lr"] = group["initial_lr"] * SCHEDULE.rate(step)
        losses.append(backward(model, sampler.batches(step)))
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in both:
            optimizer.step()
            optimizer.zero_grad()
        step += 1
        if step % LOG_STEPS == 0:
            report(step, losses, model, time.monotonic() - started)
            losses, started = [], time.monotonic()
        if time.monotonic() - saved_at > SAVE_SECONDS:
            save(model, both, step)
            saved_at = time.monotonic()
    save(model, both, step)


def report(step: int, losses: list[list[float]], model: NanoCoder, seconds: float) -> None:
    plain, fim = (sum(column) / len(losses) for column in zip(*losses, strict=True))
    line = {
        "step": step,
        "plain_loss": round(plain, 4),
        "weighted_fim_loss": round(fim, 4),
        "balance": round(model.balance().item(), 3),
        "tokens_per_second": round(len(losses) * SCHEDULE.tokens_per_step / seconds),
    }
    print(json.dumps(line), flush=True)
    with LOG.open("a") as log:
        log.write(json.dumps(line) + "\n")


def save(model: NanoCoder, both: list[torch.optim.Optimizer], step: int) -> None:
    state = {
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in both],
        "step": step,
    }
    partial = CHECKPOINT.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, CHECKPOINT)
