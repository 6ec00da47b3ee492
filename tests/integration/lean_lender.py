"""The test run's one warm Lean, lent to the prover as a pool would."""

from __future__ import annotations

from turnstile_lsp.agents.lean.base import Session, Toolchain


class Lender:
    """A `Lean` with one session, which outlives its borrowers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def session(self, toolchain: Toolchain, imports: str, *, judge: bool = True) -> Session:
        return self._session
