"""Proofs made shorter in the editor."""

from __future__ import annotations

from collections.abc import Sequence

from turnstile_lsp.agents.daemon.client import Daemon
from turnstile_lsp.agents.prover.edits import Located
from turnstile_lsp.agents.prover.results import HoleResult, ProveRequest
from turnstile_lsp.lsp_server.proof_run import Run, Stopped
from turnstile_lsp.lsp_server.text_document import Edit


class Minimising(Run):
    """One `turnstile.minimise`."""

    async def locate(self) -> str:
        """The theorem that the cursor is in."""
        await super().locate()
        return f"Minimising {self._declaration.title}" if self._declaration else "Minimising"

    async def _put_in(
        self, daemon: Daemon, request: ProveRequest, results: Sequence[HoleResult], edits: list[Edit]
    ) -> Sequence[HoleResult]:
        """A proof that stays as it is makes no edit."""
        changed = [each for each in results if each.proof != self._text[each.start_offset : each.end_offset]]
        await super()._put_in(daemon, request, changed, edits)
        return results

    async def _check_again(
        self, daemon: Daemon, request: ProveRequest, proved: Sequence[HoleResult], places: Sequence[Located]
    ) -> Sequence[HoleResult] | None:
        raise Stopped("What stands above the theorem was changed meanwhile, so its proof was left as it is.")
