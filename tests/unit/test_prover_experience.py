"""What worked before: kinds of goals, counts, and files that are not there."""

from __future__ import annotations

from pathlib import Path

from turnstile_lsp.agents.prover.experience import Experience, gain, kind_of


def test_goals_alike_are_of_one_kind() -> None:
    assert kind_of("n m : Nat\n⊢ n + m = m + n") == kind_of("k : Nat\n⊢ k * 2 = k + k") == "= Nat"
    assert kind_of("p : Prop\n⊢ ∀ (n : Nat), n = n → p") == "∀ Nat Prop"
    assert kind_of("α : Type\nxs : List α\n⊢ xs = [] ∨ 0 < xs.length") == "∨ List"
    assert kind_of("") == ""


def test_what_worked_most_comes_first(tmp_path: Path) -> None:
    counts = Experience(tmp_path / "deep" / "experience.sqlite")
    assert counts.worked("= Nat") == {}
    counts.note([("= Nat", "rfl"), ("= Nat", "omega"), ("∨", "left")])
    counts.note([("= Nat", "omega")])
    assert list(counts.worked("= Nat").items()) == [("omega", 2), ("rfl", 1)]
    assert 0 < gain(counts.worked("= Nat"), "rfl") < gain(counts.worked("= Nat"), "omega") <= 1
    assert gain(counts.worked("= Nat"), "left") == 0


def test_a_file_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    counts = Experience(tmp_path / "file" / "experience.sqlite")
    counts.note([("= Nat", "rfl")])
    assert counts.worked("= Nat") == {}
    (tmp_path / "damaged.sqlite").write_bytes(b"not a database at all" * 100)
    assert Experience(tmp_path / "damaged.sqlite").worked("= Nat") == {}


def test_nothing_is_counted_without_a_file() -> None:
    counts = Experience(None)
    counts.note([("= Nat", "omega")])
    assert counts.worked("= Nat") == {}
