"""Names of definitions, as tactics behind them must say them."""

from __future__ import annotations

from tests.warm_lean import WarmLean
from turnstile_lsp.agents.lean.base import LeanMessage
from turnstile_lsp.agents.prover.signatures import Signature
from turnstile_lsp.agents.prover.surroundings import EXPORTED, surroundings

DEFINITION = "def {0} (n : Nat) : Nat := n\n"
INSERT = "def insert (n : Nat) (ns : List Nat) : List Nat := n :: ns\n"
GOAL = "⊢ insert 1 [] = [1]"


async def errors(lean: WarmLean, text: str) -> list[LeanMessage]:
    elaboration = await lean.elaborate(f"set_option maxErrors 1000\n{text}")
    return [message for command in elaboration.commands for message in command.messages if message.severity == "error"]


async def test_lean_takes_exported_names_in_full_alone(lean_session: WarmLean) -> None:
    names = sorted(EXPORTED)
    definitions = "".join(DEFINITION.format(name) for name in names)
    use = "example : _root_.{0} 1 = (1 : Nat) := by simp only [{1}]\n"
    short = definitions + "".join(use.format(name, name) for name in names)
    assert len({message.start for message in await errors(lean_session, short)}) >= len(names)
    full = definitions + "".join(use.format(name, f"_root_.{name}") for name in names)
    assert not await errors(lean_session, full)


async def definitions_of(lean: WarmLean, text: str) -> list[str]:
    elaboration = await lean.elaborate(text)
    return list(surroundings(text, elaboration.commands, [GOAL]).definitions)


async def test_such_a_name_is_used_in_full_outside_of_namespaces(lean_session: WarmLean) -> None:
    inside = f"namespace N\nsection\n{INSERT}end\n"
    assert await definitions_of(lean_session, INSERT) == ["_root_.insert"]
    assert await definitions_of(lean_session, f"section\n{INSERT}") == ["_root_.insert"]
    assert await definitions_of(lean_session, inside) == ["insert"]
    assert await definitions_of(lean_session, f"namespace N\nend N\n{INSERT}") == ["_root_.insert"]
    assert not await errors(lean_session, f"{inside}example : insert 1 [] = [1] := by simp [insert]\n")


async def test_a_name_means_the_same_behind_its_namespace(lean_session: WarmLean) -> None:
    twice = "namespace A.B\n{0}def twice (n : Nat) : Nat := n + n\n"
    goal = "⊢ twice 1 = 2"
    for text, name in (
        (twice.format(""), "twice"),
        (twice.format("protected "), "A.B.twice"),
        (twice.format("") + "namespace C\n", "twice"),
        (twice.format("") + "end A.B\nnamespace D\n", "A.B.twice"),
        (twice.format("") + "end B\nend A\n", "A.B.twice"),
        (twice.format("/-- section two -/\n") + "end A.B\n", "A.B.twice"),
        ("namespace A\nnamespace B\ndef twice (n : Nat) : Nat := n + n\nend A.B\n", "A.B.twice"),
        ("noncomputable section\n" + twice.format("") + "end A.B\n", "A.B.twice"),
    ):
        elaboration = await lean_session.elaborate(text)
        assert surroundings(text, elaboration.commands, [goal]).definitions == [name]
        assert not await errors(lean_session, f"{text}example : {name} 1 = 2 := by simp [{name}]\n")


async def test_what_stands_in_a_where_is_a_definition_too(lean_session: WarmLean) -> None:
    text = (
        "def total (ns : List Nat) : Nat := go 0 ns\nwhere\n  go (sum : Nat) : List Nat → Nat\n"
        "    | [] => sum\n    | n :: ns => go (sum + n) ns\n"
    )
    around = surroundings(text, (await lean_session.elaborate(text)).commands, ["⊢ total [1] = 1"])
    assert around.definitions == ["total.go", "total"]
    assert around.recursive == ["total.go"]
    assert around.signatures["total.go"] == Signature((), ("Nat", "List Nat"), "Nat", matched=(1,))
    assert not await errors(lean_session, f"{text}example : total [1] = 1 := by simp [total.go, total]\n")
