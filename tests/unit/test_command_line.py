"""The command line without its daemon: places in files, help, wrong use, tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from turnstile_lsp import __version__
from turnstile_lsp.agents.daemon.messages import ModelStatus, Status
from turnstile_lsp.agents.errors import InvalidRequest
from turnstile_lsp.agents.prover import results
from turnstile_lsp.agents.prover.results import HoleResult, Place
from turnstile_lsp.agents.trust import TrustStore
from turnstile_lsp.command_line.application import application_for
from turnstile_lsp.command_line.complete import line_and_column
from turnstile_lsp.command_line.daemon import described
from turnstile_lsp.command_line.doctor import Finding, show
from turnstile_lsp.command_line.location import Location, parse_location
from turnstile_lsp.command_line.prove import indented, line_offset, replace_file, sentence
from turnstile_lsp.command_line.running import settings_for

LEMMAS = str(Path(__file__).parents[2] / "examples" / "Lemmas.lean")
TEXT = st.text(st.sampled_from("ab é𝔸\x0c\u2028\n"), max_size=40)


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = CliRunner().invoke(application_for(arguments), arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("a.lean", Location(Path("a.lean"))),
        ("a.lean:3", Location(Path("a.lean"), 3)),
        ("a.py:3:7", Location(Path("a.py"), 3, 7)),
        ("C:/a.py:3:7", Location(Path("C:/a.py"), 3, 7)),
    ],
)
def test_locations(argument: str, expected: Location) -> None:
    assert parse_location(argument) == expected


def test_a_file_with_a_colon_in_its_name_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a:3").write_text("")
    assert parse_location(f"{tmp_path}/a:3") == Location(tmp_path / "a:3")


@pytest.mark.parametrize("argument", ["a.py:0", "a.py:1:0", "a.py:-1:2"])
def test_lines_and_columns_count_from_one(argument: str) -> None:
    with pytest.raises(InvalidRequest, match="count from 1"):
        parse_location(argument)


@given(TEXT, st.data())
def test_a_place_and_its_offset_are_inverse(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = line_and_column(text, offset)
    assert Location(Path("x"), line, column).offset(text) == offset


def test_a_line_past_the_end_is_wrong_use_and_a_column_is_the_line_end() -> None:
    assert Location(Path("x"), 1, 99).offset("ab\r\ncd") == 2
    with pytest.raises(InvalidRequest, match="2 lines"):
        Location(Path("x"), 3).offset("ab\ncd")


def test_a_line_stands_for_its_first_character() -> None:
    assert line_offset(Location(Path("x"), 2), "a\n  sorry\n") == 4


@pytest.mark.parametrize(
    ("column", "proof", "shown"),
    [
        (3, "constructor\n  · a\n  · b", "    constructor\n    · a\n    · b"),
        (40, f"have h : a\n{39 * ' '}b\n\n{41 * ' '}c", "    have h : a\n    b\n\n      c"),
        (40, "by\n    a\n      b", "    by\n      a\n        b"),
        (1, "a", "    a"),
        (20, " a", "    a"),
        (20, "\n  a\n    b", "    a\n      b"),
    ],
)
def test_a_proof_is_shown_at_the_left(column: int, proof: str, shown: str) -> None:
    assert indented(proof, column) == shown


def test_no_receipt_is_said() -> None:
    code, output = run("receipts", LEMMAS)
    assert code == 1
    assert "No proof in" in output


def test_help_shows_every_command_in_a_whole_sentence() -> None:
    for arguments in (["--help"], ["daemon", "--help"], ["lean", "--help"]):
        _, *lines = run(*arguments)[1].splitlines()
        assert not [line for line in lines if line.endswith("...")]


def test_the_daemons_state_is_shown_in_words() -> None:
    models = [ModelStatus(model="nano-coder", requests=0, idle_seconds=180.0)]
    found = Status(
        pid=7, package="1", protocol=1, seconds=9, draining=False, clients=1, requests=0, lean_leases=0, models=models
    )
    assert list(described(found)) == [
        "Turnstile 1 runs as process 7 for 9 s.",
        "clients: 0 besides this one; processes: 0 with 0 MB",
        "model nano-coder: idle for 3 min",
    ]


def test_help_shows_examples_and_exit_codes() -> None:
    assert "Exit codes" in run("--help")[1]
    for command in ("complete", "prove", "suggest", "trust", "doctor"):
        code, output = run(command, "--help")
        assert code == 0
        assert f"turnstile {command}" in output.split("Examples:")[1]
    assert run("--version") == (0, f"turnstile {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["prove", "nowhere.lean"], "no file nowhere.lean"),
        (["prove", LEMMAS, "--budget", "-1"], "prove.budget"),
        (["complete", str(Path(__file__))], "Say which line and column"),
        (["complete", str(Path(__file__)) + ":3"], "Say which line and column"),
        (["complete", str(Path(__file__)) + ":0:1"], "count from 1"),
        (["prove", LEMMAS + ":0"], "count from 1"),
        (["suggest", LEMMAS + ":1:-1"], "count from 1"),
        (["minimise", LEMMAS + ":0"], "count from 1"),
        *(([command, f"{__file__}:1"], "no Lean file") for command in ("prove", "suggest", "minimise")),
        *(([command, __file__], "no Lean file") for command in ("verify", "receipts")),
        (["complete", str(Path(__file__)) + ":99999:1"], "so there is no line 99999"),
        (["suggest", str(Path(__file__))], "Say which line"),
        (["suggest", LEMMAS + ":99999"], "so there is no line 99999"),
        (["trust", "/nowhere"], "no folder"),
    ],
)
def test_wrong_use_is_a_sentence_and_exit_code_2(arguments: list[str], words: str) -> None:
    code, output = run(*arguments)
    assert code == 2
    assert words in output
    assert "Traceback" not in output


def test_a_file_that_is_withheld_is_not_completed(tmp_path: Path) -> None:
    (tmp_path / ".turnstileignore").write_text("private.py\n")
    for name in (".env", "private.py"):
        (tmp_path / name).write_text("x = 1\n")
        code, output = run("complete", f"{tmp_path / name}:1:3")
        assert code == 2
        assert "is sent to no model" in output


def test_a_binary_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.lean").write_bytes(b"\0\xff")
    code, output = run("prove", str(tmp_path / "a.lean"))
    assert code == 2
    assert "not UTF-8" in output


def test_the_doctor_names_what_mends(monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = run("doctor", "--json")
    findings = json.loads(output)
    assert code == 0, output
    assert {finding["what"] for finding in findings} >= {"local models", "embedded Lean", "daemon"}
    monkeypatch.setenv("TURNSTILE_COMPLETE_MODEL", "nothing-of-that-name")
    code, output = run("doctor", "--json")
    assert code == 3
    assert "nothing-of-that-name" in output


def test_the_doctor_shows_a_command_as_it_is_typed(capsys: pytest.CaptureFixture[str]) -> None:
    show([Finding(what="x", found="y", mend="pip install 'turnstile-lsp[local]'")])
    assert "[local]" in capsys.readouterr().out


def test_only_the_named_subcommand_is_loaded() -> None:
    loaded = (
        "import sys; from turnstile_lsp.command_line.application import application_for; application_for(['prove'])"
    )
    said = subprocess.run(
        [sys.executable, "-c", f"{loaded}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    modules = set(said.stdout.split())
    assert "turnstile_lsp.command_line.prove" in modules
    assert not {"turnstile_lsp.command_line.complete", "turnstile_lsp.agents.coder", "httpx", "rich"} & modules


def test_trust_and_its_end(tmp_path: Path) -> None:
    assert "is trusted" in run("trust", str(tmp_path))[1]
    assert "no longer" in run("trust", str(tmp_path), "--revoke")[1]


def test_trust_in_a_folder_is_none_in_the_project_above_it(tmp_path: Path) -> None:
    below = tmp_path / "project" / "below"
    below.mkdir(parents=True)
    (tmp_path / "project" / "lakefile.toml").touch()
    (tmp_path / "project" / "turnstile.toml").write_text("[complete]\nmax_tokens = 7\n")
    TrustStore().trust(below)
    resolved, trusted = settings_for(below / "A.lean", trust=False)
    assert not trusted
    assert resolved.settings.complete.max_tokens != 7
    TrustStore().trust(tmp_path / "project")
    resolved, trusted = settings_for(below / "A.lean", trust=False)
    assert trusted
    assert resolved.settings.complete.max_tokens == 7


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.lean"
    file.write_text("changed")
    with pytest.raises(InvalidRequest, match="left alone"):
        replace_file(file, "before", "after")
    assert file.read_text() == "changed"
    replace_file(file, "changed", "after")
    assert file.read_text() == "after"
    assert list(tmp_path.iterdir()) == [file]


def test_a_proof_that_says_nothing_says_so() -> None:
    note = "Its hypotheses contradict each other, so it says nothing."
    result = HoleResult(
        name="t",
        title="t",
        line=1,
        column=3,
        end=Place(line=1, column=8),
        start_offset=2,
        end_offset=7,
        command_start_offset=0,
        command_end_offset=7,
        status=results.Status.PROVED,
        proof="omega",
        finder="portfolio:omega",
        seconds=1,
        message=note,
    )
    assert sentence(result) == f"t: proved in 1.0 s by portfolio:omega. {note}\n    omega"
