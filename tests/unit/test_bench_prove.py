"""Sets of problems, the folder of results, and the figures."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover.problems import Problem, read_set
from turnstile_lsp.agents.prover.results import Status
from turnstile_lsp.agents.prover.sampling import pass_at
from turnstile_lsp.command_line.bench import application
from turnstile_lsp.command_line.bench_results import Outcome, Results, Run, pass_curve

RUN = Run(
    digest="d",
    split=None,
    budget=5.0,
    samples=None,
    stages=["portfolio"],
    algorithm=None,
    model=None,
    lean="4.28.0",
    turnstile="1",
)


@pytest.mark.parametrize("end", [":= by\n", ":=", ":= by sorry", ":= by\n  sorry\n", ":= sorry"])
def test_every_published_ending_becomes_a_document_with_a_hole(end: str) -> None:
    text = Problem(name="t", formal_statement=f"theorem t : 1 = 1 {end}", header="import Mathlib\n\n").document()
    assert text == "import Mathlib\n\ntheorem t : 1 = 1 := by\n  sorry\n"


def test_a_set_is_read_by_split(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    rows = [
        {"name": name, "formal_statement": "theorem t : True := by\n", "split": name[0], "more": 1} for name in "ab"
    ]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    assert [problem.name for problem in read_set(file).problems] == ["a", "b"]
    assert [problem.name for problem in read_set(file, "b").problems] == ["b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}\n", ":1 is no problem"),
        ("not json\n", ":1 is no problem"),
        ('{"name": "a", "formal_statement": ""}\n' * 2, ":2: the name a comes twice"),
        ("\n", "no problem to try"),
        ("\ufeff\n", "no problem to try"),
    ],
)
def test_a_bad_set_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(text)
    with pytest.raises(InvalidRequest, match=said):
        read_set(file)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_set(tmp_path / "missing.jsonl")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "either --budget SECONDS or --samples N"),
        (("--budget", "3", "--samples", "4"), "either --budget SECONDS or --samples N"),
        (("--budget", "0"), "prove.budget"),
        (("--budget", "3", "--algorithm", "beam"), "choose among best-first, rmaxts, uct, ucb1, single-pass"),
        (("--samples", "3", "--algorithm", "best-first"), "give a --budget"),
        (("--samples", "3", "--stages", "search"), "leave out --stages"),
        (("--budget", "3", "--split", "valid"), "its splits are: test"),
    ],
)
def test_a_wrong_use_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"name": "a", "formal_statement": "theorem a : True := by", "split": "test"}\n')
    result = CliRunner().invoke(application, ["--set", str(file), *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [file]


@given(st.integers(1, 7), st.data())
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(samples: int, data: st.DataObject) -> None:
    correct, k = data.draw(st.integers(0, samples)), data.draw(st.integers(1, samples))
    draws = list(itertools.combinations(range(samples), k))
    assert pass_at(k, samples, correct) == pytest.approx(sum(min(draw) < correct for draw in draws) / len(draws))


def test_the_curve_ends_at_all_samples() -> None:
    outcomes = [Outcome(name="a", status=Status.PROVED, correct=3), Outcome(name="b", status=Status.UNPROVED)]
    run = replace(RUN, budget=None, samples=6, algorithm="single-pass")
    assert pass_curve(outcomes, run) == [(1, 0.25), (2, pytest.approx(0.4)), (4, 0.5), (6, 0.5)]


def test_a_search_has_solved_what_it_found_by_then() -> None:
    outcomes = [
        Outcome(name="a", status=Status.PROVED, samples=3, correct=1),
        Outcome(name="b", status=Status.UNPROVED, samples=5, correct=0),
    ]
    run = replace(RUN, budget=None, samples=5, algorithm="rmaxts")
    assert pass_curve(outcomes, run) == [(1, 0), (2, 0), (4, 0.5), (5, 0.5)]


def test_a_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    Results(tmp_path, RUN).add(Outcome(name="a", status=Status.PROVED, seconds=1.0, finder="portfolio:simp"))
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"name": "b", "sta')  # killed while it wrote
    again = Results(tmp_path, RUN)
    assert again.done == {"a"}
    again.add(Outcome(name="b", status=Status.UNPROVED))
    assert Results(tmp_path, RUN).done == {"a", "b"}
    summary = again.write_summary()
    assert (summary["problems"], summary["solved"], summary["stages"]) == (2, 1, {"portfolio": 1})
    assert (tmp_path / "solved.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "summary.json").read_text())["solved_by_seconds"] == [[1.0, 1]]


def test_a_damaged_folder_is_said(tmp_path: Path) -> None:
    Results(tmp_path, RUN)
    (tmp_path / "results.jsonl").write_text("no result\n")
    with pytest.raises(InvalidRequest, match="is damaged"):
        Results(tmp_path, RUN)


def test_another_run_does_not_go_on_there(tmp_path: Path) -> None:
    Results(tmp_path, replace(RUN, budget=7.0))  # nothing was run: nothing is mixed
    Results(tmp_path, RUN).add(Outcome(name="a", status=Status.PROVED))
    with pytest.raises(InvalidRequest, match="another run"):
        Results(tmp_path, replace(RUN, budget=6.0))
