"""The fixture library: compiled once into the cache, then imported through LEAN_PATH by a session and its gate."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.lean_compilation import compiled
from tests.minilib import compiled_minilib
from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.lean.base import Candidate, Command, Judgement
from turnstile_lsp.agents.lean.embedded import installed
from turnstile_lsp.agents.lean.session import LeanSession
from turnstile_lsp.agents.lean.toolchain import discover

PLAIN = """import Minilib
open Minilib

theorem left (m n : Nat) : m ≤ m ⊔ₙ n := le_larger_left m n
theorem rising : ascending! [1, 2, 3] := by simp [Ascending]
example (xs : List Nat) : ‖xs ++ []‖ = ‖xs‖ := by simp
example : larger 2 2 = 2 := larger_of_le (Nat.le_refl 2)
theorem assoc (a b c : Nat) : a ⊔ₙ (b ⊔ₙ c) = a ⊔ₙ b ⊔ₙ c := by sorry
theorem falling : ascending! [1, 2, 1] := by sorry
"""
MODULE = """module
public import Minilib

public section

theorem one : Minilib.Ascending [1] := trivial
theorem two : 2 ⊔ₙ 2 = 2 := by sorry
#check ‖[1]‖
"""


@pytest.fixture
async def session() -> AsyncIterator[LeanSession]:
    environment = {**os.environ, "LEAN_PATH": str(await compiled_minilib())}
    lean = LeanSession(await discover(None, PLAIN, environment=environment, trusted=False))
    yield lean
    await lean.close()


async def test_a_session_checks_files_that_import_it(session):
    elaboration = await session.elaborate(PLAIN)
    errors = [message.text for message in elaboration.messages() if message.severity == "error"]
    assert errors == ["Unknown identifier `larger_of_le`"], "a private lemma stays private, all else is there"
    *_, assoc, falling = elaboration.commands
    assert await _judge(session, PLAIN, assoc, "larger_cases") is Judgement.VERIFIED
    assert await _judge(session, PLAIN, assoc, "simp") is Judgement.REJECTED
    assert await _judge(session, PLAIN, falling, "simp [Ascending]") is Judgement.REJECTED

    elaboration = await session.elaborate(MODULE)
    errors = [message.text for message in elaboration.messages() if message.severity == "error"]
    assert set(errors) == {"expected token"}, "scoped notation needs its namespace open, all else is there"
    (two,) = [command for command in elaboration.commands if command.name == "two"]
    assert await _judge(session, MODULE, two, "exact Minilib.larger_self 2") is Judgement.VERIFIED
    assert await _judge(session, MODULE, two, "exact Minilib.larger_self 3") is Judgement.REJECTED


async def test_compiling_again_is_only_a_look():
    library = await compiled_minilib()
    before = {path: path.stat().st_mtime_ns for path in library.rglob("*")}
    assert await compiled_minilib() == library
    assert {path: path.stat().st_mtime_ns for path in library.rglob("*")} == before


async def test_a_module_with_an_error_is_told_and_nothing_is_kept(tmp_path):
    embedded = installed()
    assert embedded
    with pytest.raises(LeanFailed, match="Wrong"):
        await compiled(embedded.command, {"Wrong": "module\ntheorem t : 1 = 2 := rfl\n"}, tmp_path)
    assert not list(tmp_path.iterdir())


async def _judge(session: LeanSession, text: str, command: Command, proof: str) -> Judgement:
    (hole,) = command.holes
    candidate = Candidate(
        command=text[command.start : command.end],
        start=hole.start - command.start,
        end=hole.end - command.start,
        replacement=proof,
    )
    return (await session.check(command.state, candidate)).judgement
