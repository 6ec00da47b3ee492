"""Proofs in files checked again by a real Lean, and receipts replayed, as a reader of a pull request does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.integration.test_prover import TOOLCHAIN, run
from turnstile_lsp.agents.lean.base import Judgement, Session
from turnstile_lsp.agents.prover.receipts import Receipt, ReceiptStore
from turnstile_lsp.agents.prover.verify import Checked, verify_file, verify_receipts

FILE = """theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry

theorem unfinished (n : Nat) : n = n + 0 := by sorry

theorem both (a b : Nat) (h : a = b) : b = a ∧ a = b := ⟨sorry, by sorry⟩
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReceiptStore:
    monkeypatch.setenv("TURNSTILE_DATA_DIR", str(tmp_path))
    return ReceiptStore()


async def checked(session: Session, text: str, store: ReceiptStore) -> dict[str | None, Checked]:
    return {each.name: each async for each in verify_file(session, text, store)}


async def replayed(session: Session, text: str, receipts: list[Receipt]) -> list[Judgement]:
    return [each.judgement async for each in verify_receipts(session, TOOLCHAIN, text, receipts)]


async def test_what_was_proved_here_is_verified_and_has_receipts(lean_session: Session, store: ReceiptStore) -> None:
    finished = await run(lean_session, FILE, offsets=[FILE.index("swap"), FILE.index("both")])
    found = await checked(lean_session, finished.text, store)
    assert {name: each.judgement for name, each in found.items()} == {
        "swap": Judgement.VERIFIED,
        "unfinished": Judgement.REJECTED,
        "both": Judgement.VERIFIED,
    }
    assert [len(found[name].receipts) for name in ("swap", "unfinished", "both")] == [1, 0, 2]
    assert "sorry" in found["unfinished"].reason

    receipts = store.within(finished.text)
    assert [receipt.name for receipt in receipts] == ["swap", "both", "both"]
    assert not any(receipt.language_model for receipt in receipts)
    assert await replayed(lean_session, finished.text, receipts) == [Judgement.VERIFIED] * 3
    above = "def one := 1\n" + finished.text
    assert await replayed(lean_session, above, receipts) == [Judgement.REJECTED] * 3
    for changed in ("lean", "imports", "options"):
        others = [msgspec.structs.replace(receipt, **{changed: "another"}) for receipt in receipts]
        assert await replayed(lean_session, finished.text, others) == [Judgement.UNDETERMINED] * 3


async def test_a_command_that_still_has_a_hole_gets_no_receipt(lean_session: Session, store: ReceiptStore) -> None:
    finished = await run(lean_session, FILE, offsets=[FILE.index("⟨sorry") + 1])
    assert store.within(finished.text) == []


async def test_a_forged_receipt_verifies_nothing(lean_session: Session, store: ReceiptStore) -> None:
    honest = (await run(lean_session, FILE, offsets=[FILE.index("swap")])).text
    (receipt,) = store.within(honest)
    lie = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by admit"
    forged = msgspec.structs.replace(receipt, command=lie, end=len(lie))
    text = FILE.replace(FILE.splitlines()[0], lie)
    assert await replayed(lean_session, text, [forged]) == [Judgement.REJECTED]


@pytest.mark.parametrize(
    ("text", "judgement"),
    [
        ("theorem t (n : Nat) : n + 0 = n := by\n  simp\n", Judgement.VERIFIED),
        ("example : 2 + 2 = 4 := rfl\n", Judgement.VERIFIED),
        ("theorem t : 1 = 2 := by\n  simp\n", Judgement.REJECTED),
        ("theorem t (p : Prop) : p → p := by\n  exact?\n", Judgement.REJECTED),
        ("axiom cheat (p : Prop) : p\ntheorem t : 1 = 2 := cheat _\n", Judgement.VERIFIED),
        ("theorem t : ∀ n : Nat, n = n\n  | 0 => rfl\n  | _ + 1 => rfl\n", Judgement.UNDETERMINED),
    ],
)
async def test_files_are_verified_lemma_by_lemma(
    lean_session: Session, store: ReceiptStore, text: str, judgement: Judgement
) -> None:
    (found,) = (await checked(lean_session, text, store)).values()
    assert found.judgement is judgement, found.reason
    assert ("cheat" in found.axioms) == ("cheat" in text)


async def test_what_is_open_besides_theorems_is_told(lean_session: Session, store: ReceiptStore) -> None:
    text = (
        "mutual\ntheorem a : ∀ n : Nat, 0 + n = n\n  | 0 => rfl\n  | n + 1 => sorry\n"
        "theorem b : ∀ n : Nat, n + 0 = n\n  | _ => rfl\nend\n"
        "def f : {n : Nat // 2 < n} := ⟨3, sorry⟩\ndef g : Nat := 3\n"
        "mutual\ntheorem c : 1 = 2 := rfl\ntheorem d : 1 = 1 := rfl\nend\n"
    )
    found = [each async for each in verify_file(lean_session, text, store)]
    assert [(each.name, each.line, each.judgement) for each in found] == [
        ("a", 1, Judgement.REJECTED),
        ("f", 8, Judgement.REJECTED),
        ("c", 10, Judgement.REJECTED),
    ]
    assert [each.reason.partition(":")[0] for each in found] == [
        "It is not finished",
        "It is not finished",
        "It has an error",
    ]
