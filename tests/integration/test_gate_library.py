"""Proofs that use a compiled library, which exports its theorems without their proofs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.lean_compilation import compiled, modules_of
from tests.minilib import compiled_minilib
from tests.warm_lean import embedded_toolchain
from turnstile_lsp.agents import places
from turnstile_lsp.agents.lean.base import Candidate, Judgement, Verdict
from turnstile_lsp.agents.lean.session import LeanSession

LIBRARY = Path(__file__).parents[1] / "data" / "gate" / "library"
HEADER = "import Minilib\nimport Unfinished\nopen Minilib\n"


async def library_folders() -> tuple[str, str]:
    """`minilib` and the library that uses it, compiled, for LEAN_PATH."""
    minilib = await compiled_minilib()
    environment = {**os.environ, "LEAN_PATH": str(minilib)}
    modules, cache = modules_of(LIBRARY, ("Unfinished",)), places.cache_folder() / "lean" / "compiled"
    library = await compiled(embedded_toolchain().command, modules, cache, environment=environment)
    return str(minilib), str(library)


@pytest.mark.timeout(400)
async def test_library_theorems_are_followed_to_their_axioms() -> None:
    session = LeanSession(embedded_toolchain(lean_path=await library_folders()))
    state = (await session.elaborate(HEADER)).end_state

    async def verdict(statement: str, proof: str) -> Verdict:
        command = f"theorem t {statement} := sorry"
        start = len(command) - len("sorry")
        candidate = Candidate(command=command, start=start, end=len(command), replacement=proof)
        return await session.check(state, candidate)

    try:
        finished = await verdict("(n : Nat) : larger n n = n", "larger_self n")
        by_tactic = await verdict("(m n : Nat) : m ≤ m ⊔ₙ n", "by larger_cases")
        by_choice = await verdict("(p : Prop) [Nonempty p] : p", "Unfinished.byChoice p")
        by_axiom = await verdict(": 4 = 3", "Unfinished.byOwn")
        unfinished = await verdict(": 2 = 1", "Unfinished.through")
    finally:
        await session.close()
    assert (finished.judgement, finished.axioms) == (Judgement.VERIFIED, [])
    assert by_tactic.judgement is Judgement.VERIFIED
    assert (by_choice.judgement, by_choice.axioms) == (Judgement.VERIFIED, ["Classical.choice"])
    assert (by_axiom.judgement, by_axiom.axioms) == (Judgement.VERIFIED, ["Unfinished.own"])
    assert (unfinished.judgement, unfinished.unfinished) == (Judgement.UNDETERMINED, ["Unfinished.base"])
