"""The lists of syntax that a proof may and may not use."""

from __future__ import annotations

import re

import pytest

from turnstile_lsp.agents.lean import driver


def listed(name: str) -> list[str]:
    """The lines of a list, without remarks."""
    text = (driver.FOLDER / name).read_text(encoding="utf-8")
    (lines,) = re.findall(r'r"\n(.*?)\n"', text, re.DOTALL)
    return [line for line in lines.split("\n") if not line.startswith("#")]


def test_allowed_kinds_are_in_order_and_told_once() -> None:
    kinds = listed("allowed_kinds.lean")
    assert kinds == sorted(set(kinds))
    assert all(kind == kind.strip() and kind for kind in kinds)


@pytest.mark.parametrize(
    "kind",
    [
        "Lean.Parser.Tactic.runTac",
        "Lean.byElab",
        "Lean.includeStr",
        "Lean.Parser.Term.unsafe",
        "Lean.Parser.Term.dbgTrace",
        "Lean.Parser.Tactic.dbgTrace",
        "Lean.Parser.Tactic.nativeDecide",
        "Lean.Parser.Tactic.bvDecide",
        "Lean.Parser.Tactic.bvCheck",
        "Lean.Parser.Tactic.tacticAdmit",
        "Lean.Parser.Tactic.tacticSorry",
        "Lean.Parser.Term.sorry",
        "Lean.Parser.Tactic.Grind.sorry",
        "Lean.Parser.Tactic.tacticStop_",
        "Lean.Parser.Tactic.sleep",
        "Lean.Parser.Tactic.traceMessage",
        "Lean.Parser.Term.attributes",
        "Lean.Parser.Term.whereDecls",
        "Lean.Parser.Term.quot",
        "Lean.Parser.Tactic.Grind.setOption",
    ],
)
def test_programs_and_ways_to_give_up_are_not_allowed(kind: str) -> None:
    assert kind not in listed("allowed_kinds.lean")


def test_no_command_is_allowed_but_what_open_is_made_of() -> None:
    commands = [kind for kind in listed("allowed_kinds.lean") if kind.startswith("Lean.Parser.Command.")]
    assert all(kind.startswith("Lean.Parser.Command.open") and kind != "Lean.Parser.Command.open" for kind in commands)


def test_refused_syntax_is_a_kind_or_a_word() -> None:
    assert all(line and " " not in line for line in listed("refused_kinds.lean"))
