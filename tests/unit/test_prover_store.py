"""The proof store: keys up to names of locals, and files that are broken."""

from pathlib import Path

import pytest

from tests.unit.test_prover_holes import CASES, load
from turnstile_lsp.agents.prover.holes import fill
from turnstile_lsp.agents.prover.store import ProofStore, _tactics

GOAL = "p q : Prop\nh : p ∧ q\n⊢ q ∧ p"
RENAMED = "a b : Prop\nboth : a ∧ b\n⊢ b ∧ a"


@pytest.fixture
def store(tmp_path: Path) -> ProofStore:
    return ProofStore(tmp_path / "data" / "proofs.sqlite")


def test_nothing_is_found_where_nothing_was_kept(store: ProofStore) -> None:
    assert store.find([GOAL]) == []


def test_a_proof_comes_back_under_the_names_of_the_goal(store: ProofStore) -> None:
    store.keep([GOAL], "by\n  exact ⟨h.right, h.left⟩", "portfolio:and")
    assert store.find([RENAMED]) == [("exact ⟨both.right, both.left⟩", "portfolio:and")]
    assert store.find([GOAL]) == [("exact ⟨h.right, h.left⟩", "portfolio:and")]


@pytest.mark.parametrize(
    "other",
    [
        ["p q : Prop\nh : p ∧ q\n⊢ p ∧ q"],
        ["p q : Prop\nh : q ∧ p\n⊢ q ∧ p"],
        [GOAL, GOAL],
        ["⊢ q ∧ p"],
    ],
)
def test_another_goal_has_another_key(store: ProofStore, other: list[str]) -> None:
    store.keep([GOAL], "exact ⟨h.2, h.1⟩", "portfolio:and")
    assert store.find(other) == []


def test_the_latest_comes_first_and_each_once(store: ProofStore) -> None:
    for tactics in ("simp_all", "grind", "simp_all"):
        store.keep([GOAL], tactics, "portfolio:x")
    assert [tactics for tactics, _ in store.find([GOAL])] == ["simp_all", "grind"]


def test_a_broken_file_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "proofs.sqlite"
    file.write_bytes(b"no data base" * 100)
    store = ProofStore(file)
    assert store.find([GOAL]) == []
    store.keep([GOAL], "simp_all", "portfolio:x")
    assert store.find([GOAL])


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = ProofStore(tmp_path / "file" / "proofs.sqlite")  # a folder that cannot be made, whoever runs this
    store.keep([GOAL], "simp_all", "portfolio:x")
    assert store.find([GOAL]) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_tactics_are_read_back_from_every_place(path: Path) -> None:
    document, hole, command_start, case = load(path)
    edit = fill(document, hole, case["tactics"], command_start=command_start)
    again = fill(document, hole, _tactics(edit.replacement.replace("\r\n", "\n")), command_start=command_start)
    assert again.replacement in (edit.replacement, f"({edit.replacement})")
