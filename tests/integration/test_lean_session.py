"""Sessions on a real Lean: documents, holes, places, edits, bad input."""

from __future__ import annotations

import random

import pytest

from tests.warm_lean import WarmLean
from turnstile_lsp.agents.errors import ImportsMissing, InvalidRequest
from turnstile_lsp.agents.lean.base import Candidate, Command, Elaboration, Hole, Judgement

PLACES = """/-- With a comment, 𝔸 and é. -/
theorem term (p q : Prop) (h : p ∧ q) : q ∧ p := sorry
theorem tactic (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry -- a comment
theorem bare (p : Prop) (h : p) : p := by

theorem inlined (n : Nat) : 0 + n = n := (by sorry)
example : True ∧ 1 = 1 := by
  constructor
  · sorry
  case right => sorry
theorem steps (a b c : Nat) (h : a = b) (g : b = c) : a = c := calc
  a = b := sorry
  _ = c := by sorry
theorem wrong (n : Nat) : n = n + 0 := by
  have h : n + 0 = n := by
    exact foo
  omega
structure Positive where
  value : Nat
  positive : 0 < value
instance : Inhabited Positive where
  default := { value := 1, positive := by sorry }
def data : Nat := sorry
"""


def text_of(text: str, part: Command | Hole) -> str:
    return text[part.start : part.end]


def holes_of(elaboration: Elaboration) -> list[Hole]:
    return [hole for command in elaboration.commands for hole in command.holes]


def fill(text: str, command: Command, hole: Hole, replacement: str) -> Candidate:
    return Candidate(
        command=text_of(text, command),
        start=hole.start - command.start,
        end=hole.end - command.start,
        replacement=replacement,
    )


async def test_commands_have_their_kind_name_and_range(lean_session: WarmLean) -> None:
    elaboration = await lean_session.elaborate(PLACES)
    assert [(command.kind, command.name) for command in elaboration.commands] == [
        ("theorem", "term"),
        ("theorem", "tactic"),
        ("theorem", "bare"),
        ("theorem", "inlined"),
        ("example", None),
        ("theorem", "steps"),
        ("theorem", "wrong"),
        ("structure", "Positive"),
        ("instance", None),
        ("def", "data"),
    ]
    first = elaboration.commands[0]
    assert text_of(PLACES, first).startswith("/-- With")
    assert text_of(PLACES, first).endswith(":= sorry")
    assert PLACES[first.name_start : first.name_end] == "term"


async def test_holes_are_found_where_they_stand(lean_session: WarmLean) -> None:
    holes = holes_of(await lean_session.elaborate(PLACES))
    assert [(hole.kind, text_of(PLACES, hole)) for hole in holes] == [
        ("term", "sorry"),
        ("tactic", "sorry"),
        ("by", ""),
        ("tactic", "sorry"),
        ("tactic", "sorry"),
        ("tactic", "sorry"),
        ("term", "sorry"),
        ("tactic", "sorry"),
        ("by", "\n    exact foo"),
        ("tactic", "sorry"),
        ("term", "sorry"),
    ]
    assert holes[0].goals == ["p q : Prop\nh : p ∧ q\n⊢ q ∧ p"] == holes[1].goals
    assert [hole.goals[0].splitlines()[-1] for hole in holes[2:]] == [
        "⊢ p",
        "⊢ 0 + n = n",
        "⊢ True",
        "⊢ 1 = 1",
        "⊢ a = b",
        "⊢ b = c",
        "⊢ n + 0 = n",
        "⊢ 0 < 1",
        "⊢ Nat",
    ]
    assert [hole.is_proposition for hole in holes] == [True] * 10 + [False]
    assert PLACES[holes[2].start - 2 : holes[2].start] == "by"
    assert holes[4].column == 4


async def test_line_ends_of_the_file_do_not_matter(lean_session: WarmLean) -> None:
    with_returns = PLACES.replace("\n", "\r\n")
    expected = await lean_session.elaborate(PLACES)
    elaboration = await lean_session.elaborate(with_returns)
    assert [text_of(with_returns, command).replace("\r\n", "\n") for command in elaboration.commands] == [
        text_of(PLACES, command) for command in expected.commands
    ]
    assert [(hole.goals, hole.column) for hole in holes_of(elaboration)] == [
        (hole.goals, hole.column) for hole in holes_of(expected)
    ]
    command = elaboration.commands[1]
    verdict = await lean_session.check(
        command.state, fill(with_returns, command, command.holes[0], "exact\r\n    ⟨h.2, h.1⟩")
    )
    assert verdict.judgement is Judgement.VERIFIED


async def test_a_state_knows_what_stands_before_its_command(lean_session: WarmLean) -> None:
    text = (
        "namespace Foo\nvariable {p q : Prop} (h : p ∧ q)\ninclude h\nopen Nat in\n"
        "theorem first : q ∧ p := by sorry\nend Foo\ntheorem first : True := by sorry\n"
    )
    elaboration = await lean_session.elaborate(text)
    command = next(command for command in elaboration.commands if command.name == "first")
    assert command.kind == "theorem"
    for replacement, judgement in (("exact ⟨h.2, h.1⟩", Judgement.VERIFIED), ("exact h", Judgement.REJECTED)):
        verdict = await lean_session.check(command.state, fill(text, command, command.holes[0], replacement))
        assert verdict.judgement is judgement, verdict.reason


async def test_a_module_file(lean_session: WarmLean) -> None:
    text = (
        "module\n\npublic import Init.Data.List.Basic\n\npublic section\n\n"
        "theorem shown (xs : List Nat) : (xs ++ []).length = xs.length := by sorry\n\nend\n"
        "theorem hidden (n : Nat) : n ≤ n + 1 := by sorry\n"
    )
    elaboration = await lean_session.elaborate(text)
    assert text[: elaboration.header_end].startswith("module")
    assert not elaboration.header_messages
    for name, proof in (("shown", "simp"), ("hidden", "omega")):
        command = next(command for command in elaboration.commands if command.name == name)
        verdict = await lean_session.check(command.state, fill(text, command, command.holes[0], proof))
        assert verdict.judgement is Judgement.VERIFIED, verdict.reason


async def test_a_syntax_error_above_spoils_only_its_command(lean_session: WarmLean) -> None:
    text = "theorem broken : 1 = := by\n  ) foo\n\ntheorem fine : 1 = 1 := by sorry\n"
    elaboration = await lean_session.elaborate(text)
    broken, fine = elaboration.commands
    assert text_of(text, broken) == "theorem broken : 1 = := by\n  ) foo"
    assert any(message.severity == "error" for message in broken.messages)
    assert [hole.goals for hole in fine.holes] == [["⊢ 1 = 1"]]


async def test_unchanged_commands_keep_their_states(lean_session: WarmLean) -> None:
    lemmas = [f"theorem t{n} : {n} = {n} := by sorry\n" for n in range(6)]
    before = await lean_session.elaborate("".join(lemmas))
    lemmas[4] = "theorem t4 : True := by sorry\n"
    after = await lean_session.elaborate("".join(lemmas))
    states_before = [command.state for command in before.commands]
    states_after = [command.state for command in after.commands]
    assert states_after[:5] == states_before[:5]
    assert not set(states_after[5:]) & set(states_before)
    command = after.commands[4]
    verdict = await lean_session.check(command.state, fill("".join(lemmas), command, command.holes[0], "trivial"))
    assert verdict.judgement is Judgement.VERIFIED
    with pytest.raises(InvalidRequest, match="older text"):
        await lean_session.check(states_before[5], fill("".join(lemmas), command, command.holes[0], "trivial"))


async def test_a_document_may_be_elaborated_as_far_as_a_place(lean_session: WarmLean) -> None:
    text = "-- as far as a place\n" + "".join(f"theorem t{n} : {n} = {n} := sorry\n" for n in range(60))
    part = await lean_session.elaborate(text, until=text.index("t3 "))
    assert not part.complete
    assert "t3" in [command.name for command in part.commands]
    assert len(part.commands) < 60
    whole = await lean_session.elaborate(text)
    assert whole.complete
    assert len(whole.commands) == 60
    assert list(whole.commands[: len(part.commands)]) == list(part.commands)
    assert (await lean_session.elaborate(text, until=10**9)).complete


async def test_edits_give_what_a_fresh_elaboration_gives(lean_session: WarmLean) -> None:
    """The commands that are not elaborated again are the right ones."""
    chance = random.Random(7)
    pieces = [
        "theorem a : 1 = 1 := rfl",
        "def f := 2",
        "#check f",
        " + 1",
        "example : f = 2 := by",
        "\n",
        "/- c -/",
        "end",
    ]
    text = "def f := 1\n\nexample : f = 1 := by\n  rfl\n\n#eval f\n"
    for _ in range(25):
        at = chance.randrange(len(text) + 1)
        cut = chance.choice([0, 0, 1, 5])
        text = text[:at] + chance.choice(pieces) + text[at + cut :]
        edited = await lean_session.elaborate(text)
        await lean_session.elaborate("import Init.Core\n")
        fresh = await lean_session.elaborate(text)
        for mine, theirs in zip(edited.commands, fresh.commands, strict=True):
            assert (mine.start, mine.end, mine.messages, mine.holes) == (
                theirs.start,
                theirs.end,
                theirs.messages,
                theirs.holes,
            ), text


@pytest.mark.parametrize("text", ["", "\n", "-- nothing\n", "import Init.Core\n"])
async def test_documents_without_commands(lean_session: WarmLean, text: str) -> None:
    assert (await lean_session.elaborate(text)).commands == []


async def test_missing_imports_are_named(lean_session: WarmLean) -> None:
    with pytest.raises(ImportsMissing, match="Mathlib") as raised:
        await lean_session.elaborate("import Mathlib\n\ntheorem t : True := by sorry\n")
    assert raised.value.mend
    with pytest.raises(ImportsMissing, match="Nowhere"):
        await lean_session.elaborate("import Init.Core\nimport Nowhere.Foo\n")
    assert (await lean_session.elaborate("#eval 1\n")).commands


@pytest.mark.parametrize(
    "text",
    ["theorem \0", "\ufefftheorem", "x" * 20_000_000, "half \ud800"],
    ids=["binary", "byte order mark", "20 MB", "surrogate"],
)
async def test_what_is_no_lean_file_is_refused(lean_session: WarmLean, text: str) -> None:
    with pytest.raises(InvalidRequest):
        await lean_session.elaborate(text)


async def test_a_place_outside_the_command_is_refused(lean_session: WarmLean) -> None:
    elaboration = await lean_session.elaborate("theorem t : True := by sorry\n")
    with pytest.raises(InvalidRequest):
        await lean_session.check(elaboration.commands[0].state, Candidate(command="ab", start=1, end=3, replacement=""))


async def test_two_callers_at_once(lean_session: WarmLean) -> None:
    import asyncio

    first, second = "theorem t : 1 = 1 := by sorry\n", "theorem t : 2 = 2 := by sorry\n"
    one, two = await asyncio.gather(lean_session.elaborate(first), lean_session.elaborate(second))
    assert one.commands[0].holes[0].goals == ["⊢ 1 = 1"]
    assert two.commands[0].holes[0].goals == ["⊢ 2 = 2"]
