"""Receipts: what they say, and where a proof stands in a command."""

from pathlib import Path

import pytest

from turnstile_lsp.agents.lean.base import Judgement, Toolchain
from turnstile_lsp.agents.prover.receipts import Receipt, ReceiptStore, imports_digest, receipt
from turnstile_lsp.agents.prover.results import HoleResult, Place, ProveRequest, Status
from turnstile_lsp.agents.prover.verify import Checked, disclosure, proof_range

TOOLCHAIN = Toolchain(command=("lean",), version="4.28.0")
TEXT = "theorem t : 1 = 1 := by\n  rfl\n"


def made(finder: str = "portfolio:rfl", model: str | None = None) -> Receipt:
    result = HoleResult(
        name="t",
        title="t",
        line=1,
        column=22,
        end=Place(line=1, column=27),
        start_offset=21,
        end_offset=26,
        command_start_offset=0,
        command_end_offset=26,
        status=Status.PROVED,
        proof="by\n  rfl",
        finder=finder,
        axioms=["propext"],
    )
    return receipt(ProveRequest(text="", model=model), TOOLCHAIN, result, ["⊢ 1 = 1"], TEXT, range(0, 29), 21)


def test_a_receipt_says_where_the_proof_stands() -> None:
    found = made()
    assert found.command[found.start : found.end] == "by\n  rfl"
    assert found.statement == "⊢ 1 = 1"


@pytest.mark.parametrize(
    ("finder", "by_model"),
    [
        ("portfolio:rfl", False),
        ("search:symbolic", False),
        ("model:deepseek", True),
        ("search:deepseek", True),
        ("store:model:deepseek", True),
        ("store:portfolio:rfl", False),
    ],
)
def test_whether_a_language_model_took_part(finder: str, by_model: bool) -> None:
    found = made(finder, "nano-coder")
    assert found.language_model is by_model
    assert (found.model, found.model_hash is not None) == (("nano-coder", True) if by_model else (None, False))


def test_receipts_are_found_by_their_command(tmp_path: Path) -> None:
    store, one = ReceiptStore(tmp_path / "receipts.sqlite"), made()
    assert store.find(one.command) == []
    store.keep(one)
    assert store.find(one.command) == [one]
    assert store.find(one.command.replace("\n", "\r\n")) == [one]
    assert store.within("import Foo\n" + TEXT) == [one]
    assert store.within("theorem u : True := trivial\n") == []


def test_a_damaged_store_gives_none_and_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "receipts.sqlite"
    file.write_bytes(b"?" * 5000)
    assert ReceiptStore(file).find("x") == []
    ReceiptStore(file).keep(made())
    assert ReceiptStore(file).find(made().command)


def test_imported_files_count(tmp_path: Path) -> None:
    toolchain = Toolchain(command=("lean",), version="4.28.0", lean_path=[str(tmp_path)])
    text = "public import Foo.Bar\n\ntheorem t : 1 = 1 := rfl\n"
    before = imports_digest(text, toolchain)
    (tmp_path / "Foo").mkdir()
    (tmp_path / "Foo" / "Bar.olean").write_bytes(b"1")
    first = imports_digest(text, toolchain)
    (tmp_path / "Foo" / "Bar.olean").write_bytes(b"2")
    assert len({before, first, imports_digest(text, toolchain)}) == 3


@pytest.mark.parametrize(
    ("command", "proof"),
    [
        ("theorem t : 1 = 1 := rfl", "rfl"),
        ("theorem t (n : Nat := 3) : n = n := by\n  rfl\n", "by\n  rfl"),
        ('theorem t : "a := b" = "a := b" := rfl', "rfl"),
        ("theorem t : True /- := -/ := -- :=\n  trivial", "trivial"),
        ("theorem t (n : Nat) : P n := by\n  simp [t (n - 1)]\ntermination_by n", "by\n  simp [t (n - 1)]"),
        ("theorem t : ∀ n : Nat, n = n\n  | 0 => rfl\n  | _ + 1 => rfl", None),
        ("theorem t : True :=", None),
    ],
)
def test_where_a_proof_stands(command: str, proof: str | None) -> None:
    place = proof_range(command)
    assert (None if place is None else command[place.start : place.stop].lstrip("-:= \n")) == proof


def test_the_disclosure_names_models_and_axioms() -> None:
    ours = Checked(name="t", line=1, judgement=Judgement.VERIFIED, axioms=["propext"], receipts=[made("model:m", "m")])
    other = Checked(name="u", line=2, judgement=Judgement.REJECTED, reason="no")
    text = disclosure([ours, other])
    assert "1 of 2" in text
    assert "propext" in text
    assert "A language model took part in 1 of them: m." in text
    assert "No language model" in disclosure(
        [Checked(name="t", line=1, judgement=Judgement.VERIFIED, receipts=[made()])]
    )


def test_the_disclosure_counts_proofs_not_holes() -> None:
    both = [made(), made("model:m", "m")]
    text = disclosure([Checked(name="t", line=1, judgement=Judgement.VERIFIED, receipts=both)])
    assert "Turnstile found 1 of them (model 1, portfolio 1)." in text
    assert "A language model took part in 1 of them: m." in text
