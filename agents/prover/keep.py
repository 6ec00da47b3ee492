"""What a job leaves behind of the proofs that it made: entries of the proof store, and receipts."""

from __future__ import annotations

from collections.abc import Sequence

from turnstile_lsp.agents.lean.base import Toolchain
from turnstile_lsp.agents.prover.draft import Target, with_edits
from turnstile_lsp.agents.prover.edits import shift
from turnstile_lsp.agents.prover.holes import Edit
from turnstile_lsp.agents.prover.receipts import ReceiptStore, receipt
from turnstile_lsp.agents.prover.results import HoleResult, ProveRequest
from turnstile_lsp.agents.prover.store import ProofStore


def keep(
    request: ProveRequest,
    toolchain: Toolchain,
    targets: Sequence[Target],
    results: Sequence[HoleResult],
    edits: Sequence[Edit],
) -> None:
    """Keep the proofs among `results` (one for each target), which stand in the document as `edits`. A command that still
    has holes gets no receipt."""
    proofs, receipts = ProofStore(), ReceiptStore()
    text = with_edits(request.text, edits)
    open_holes = _open_holes(targets, results)
    for target, result in zip(targets, results, strict=True):
        if result.proof is None or result.finder is None:
            continue
        if target.hole.goals:
            proofs.keep(target.hole.goals, result.proof, result.finder.removeprefix("store:"))
        if target.index not in open_holes:
            place = range(shift(target.command.start, edits), shift(target.command.end, edits))
            start = shift(target.hole.start, edits)
            receipts.keep(receipt(request, toolchain, result, target.hole.goals, text, place, start))


def _open_holes(targets: Sequence[Target], results: Sequence[HoleResult]) -> set[int]:
    """The commands that have a hole left."""
    last = {target.index: result for target, result in zip(targets, results, strict=True)}
    unproved = {target.index for target, result in zip(targets, results, strict=True) if result.proof is None}
    return unproved | {index for index, result in last.items() if result.remaining}
