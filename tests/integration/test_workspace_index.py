"""A real index of real files: kept up to date, asked, damaged, shared."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from turnstile_lsp.agents.coder.context import Snippet
from turnstile_lsp.agents.coder.index import workspace_index
from turnstile_lsp.agents.coder.index.database import database_path
from turnstile_lsp.agents.coder.index.messages import Query
from turnstile_lsp.agents.coder.index.workspace_index import WorkspaceIndex

FILES = {
    "shop/cart.py": "class Cart:\n    def __init__(self):\n        self.lines = []\n\n    def add(self, product, count):\n        self.lines.append((product, count))\n",
    "shop/prices.py": "def price_of(product):\n    return TABLE[product]\n\n\nTABLE = {}\n",
    "shop/__init__.py": "",
    "other/prices.py": "def price_of(thing):\n    return 0\n",
    "tests/long_test.py": "def check_shipping_rates(parcel, carrier):\n    assert carrier.rate(parcel) == parcel.weight * 3\n",
    "web/cart.ts": "export function price_of(product: string): number {\n  return 1;\n}\n",
    "notes.txt": "price_of is a function\n",
    ".gitignore": "build/\n",
    "build/generated.py": "def generated_thing():\n    pass\n",
    ".env": "price_of=1\n",
    "secret.py": 'API_KEY = "abcd1234efgh5678"\n\n\ndef connect_to_bank():\n    password = "correct-horse"\n    return password\n',
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def open_index() -> Iterator[Callable[[Path], WorkspaceIndex]]:
    opened: list[WorkspaceIndex] = []

    def make(folder: Path) -> WorkspaceIndex:
        opened.append(WorkspaceIndex(folder))
        return finish(opened[-1])

    yield make
    for index in opened:
        index.close()


def finish(index: WorkspaceIndex) -> WorkspaceIndex:
    while index.step():
        pass
    return index


def ask(
    index: WorkspaceIndex, before: str, *, path: str = "shop/order.py", language: str = "Python", head: str = ""
) -> list[Snippet]:
    return index.retrieve(Query(folder=str(index.folder), path=path, language=language, before=before, head=head))


def paths(snippets: list[Snippet]) -> list[str]:
    return [snippet.path for snippet in snippets]


OpenIndex = Callable[[Path], WorkspaceIndex]


def test_definitions_of_names_near_the_cursor_come_first(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    head = "from shop.cart import Cart\nfrom shop.prices import price_of\n"
    first, second = ask(index, head + "\n\ndef total():\n    cart = Cart()\n    return price_of(", head=head)[:2]
    assert (first.path, first.line, first.text) == (
        "shop/prices.py",
        0,
        "def price_of(product):\n    return TABLE[product]",
    )
    assert second.path == "shop/cart.py"
    assert second.text.startswith("class Cart:\n    def __init__(self):")


def test_an_imported_file_wins_over_one_close_by(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    head = "import other.prices\n"
    assert paths(ask(index, head + "x = price_of(", head=head))[0] == "other/prices.py"
    assert paths(ask(index, "x = price_of("))[0] == "shop/prices.py"
    assert paths(ask(index, "let x = price_of(", path="web/a.ts", language="TypeScript"))[0] == "web/cart.ts"


@pytest.mark.parametrize(
    ("before", "path", "first"),
    [
        ("x = pri", "shop/order.py", "shop/prices.py"),
        ("import other.prices\nx = price_", "shop/order.py", "other/prices.py"),
        ("x = price_", "apart/order.py", None),
        ("x = pr", "shop/order.py", None),
        ("x = pri", "shop/prices.py", None),
        ("x = \U0010ffffpri\0", "shop/order.py", None),
    ],
)
def test_a_name_that_is_begun_is_found_in_what_is_imported_or_close_by(
    workspace: Path, open_index: OpenIndex, before: str, path: str, first: str | None
) -> None:
    assert next(iter(paths(ask(open_index(workspace), before, path=path))), None) == first


def test_similar_text_is_found_by_its_rare_words(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    assert "tests/long_test.py" in paths(ask(index, "def rate(carrier, parcel, weight):\n    "))


def test_what_is_excluded_or_secret_is_never_found(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    assert ask(index, "generated_thing(") == []
    found = ask(index, "connect_to_bank(")[0]
    assert found.text == "def connect_to_bank():\n\n    return password"
    everything = "\n".join(snippet.text for snippet in ask(index, "API_KEY password price_of product connect_to_bank "))
    assert "abcd1234" not in everything
    assert "correct-horse" not in everything


@pytest.mark.parametrize("where", [".", ".."])
def test_what_is_withheld_since_it_was_indexed_is_never_found(
    workspace: Path, open_index: OpenIndex, where: str
) -> None:
    open_index(workspace).close()
    (workspace / where / ".turnstileignore").write_text("shop/\n")
    index = WorkspaceIndex(workspace)  # which has not looked yet
    assert set(paths(ask(index, "x = price_of("))) == {"other/prices.py"}
    index.close()


def test_what_the_cursors_surroundings_show_is_not_repeated(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    found = ask(index, FILES["shop/prices.py"] + "x = price_of(", path="shop/prices.py")
    assert "shop/prices.py" not in paths(found)
    assert len(set(paths(found))) == len(found)


def test_changes_act_at_once(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    (workspace / "shop/prices.py").write_text("# moved\n\n\ndef price_of(product, day):\n    return 2\n")
    index.changed(["shop/prices.py"])
    finish(index)
    assert ask(index, "x = price_of(")[0] == Snippet("shop/prices.py", "def price_of(product, day):\n    return 2", 3)
    shutil.rmtree(workspace / "shop")
    index.changed(["shop"])
    finish(index)
    assert paths(ask(index, "x = price_of(")) == ["other/prices.py"]
    (workspace / "shop/new").mkdir(parents=True)
    (workspace / "shop/new/late.py").write_text("def late_arrival():\n    pass\n")
    index.changed(["shop"])
    finish(index)
    assert paths(ask(index, "late_arrival(")) == ["shop/new/late.py"]
    (workspace / ".turnstileignore").write_text("late.py\n")
    index.changed([".turnstileignore"])
    finish(index)
    assert ask(index, "late_arrival(") == []


def test_what_changed_while_nobody_looked_is_seen_at_the_next_start(workspace: Path, open_index: OpenIndex) -> None:
    open_index(workspace).close()
    (workspace / "other/prices.py").unlink()
    (workspace / "shop/prices.py").write_text("def price_now():\n    return 1\n")
    index = open_index(workspace)
    assert ask(index, "x = price_of(") == []
    assert paths(ask(index, "x = price_now(")) == ["shop/prices.py"]
    assert index.status().problem is None


def test_files_opened_lately_rank_higher(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    assert paths(ask(index, "x = price_of(", path="main.py"))[0] == "other/prices.py"
    index.used("shop/prices.py")
    assert paths(ask(index, "x = price_of(", path="main.py"))[0] == "shop/prices.py"
    index.close()
    with closing(sqlite3.connect(database_path(workspace))) as connection, connection:
        connection.execute("UPDATE files SET used = used - ? WHERE used > 0", (30 * 86400 * 10**9,))
    index = open_index(workspace)
    assert paths(ask(index, "x = price_of(", path="main.py"))[0] == "other/prices.py", "a month ago is not lately"


@pytest.mark.parametrize("damage", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000, b""])
def test_a_damaged_file_is_made_anew_and_said(workspace: Path, open_index: OpenIndex, damage: bytes) -> None:
    open_index(workspace).close()
    database_path(workspace).write_bytes(damage)
    index = open_index(workspace)
    assert paths(ask(index, "x = price_of("))[0] == "shop/prices.py"
    assert (index.status().problem is not None) == bool(damage)


def test_a_file_that_is_damaged_inside_is_made_anew(workspace: Path, open_index: OpenIndex) -> None:
    open_index(workspace).close()
    path = database_path(workspace)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    index = open_index(workspace)
    ask(index, "x = price_of(")
    finish(index)
    assert paths(ask(index, "x = price_of("))[0] == "shop/prices.py"
    assert "made anew" in (index.status().problem or "")


def test_strange_files_do_no_harm(workspace: Path, open_index: OpenIndex) -> None:
    (workspace / "loop").symlink_to(workspace, target_is_directory=True)
    (workspace / "shop/self").symlink_to(workspace / "shop/self")
    (workspace / "leak.py").symlink_to(workspace / ".env")
    (workspace / "binary.py").write_bytes(b"def in_binary():\n\0\0\0")
    (workspace / "minified.js").write_text("function in_minified(){}" + "x;" * 100_000)
    (workspace / "latin.py").write_bytes(b"def caf\xe9_of_latin():\n    pass\n")
    (workspace / "huge.py").write_bytes(b"def in_huge():\n    pass\n" + b"# text\n" * 200_000)
    (workspace / os.fsdecode(b"name\xff.py")).write_text("def in_badly_named():\n    pass\n")
    (workspace / "crlf.py").write_bytes(b"def in_crlf(a):\r\n    return a\r\n")
    outside = workspace.parent / "outside"
    outside.mkdir()
    (outside / "linked.py").write_text("def in_linked():\n    pass\n")
    (workspace / "link").symlink_to(outside, target_is_directory=True)
    (workspace / "long_line.py").write_text(
        "x = 1\n" * 500 + "# " + "import " * 5000 + "\ndef in_long_line():\n    pass\n"
    )
    os.mkfifo(workspace / "pipe.py")
    (workspace / "unreadable.py").write_text("def in_unreadable(): pass\n")
    (workspace / "unreadable.py").chmod(0)
    (workspace / "empty").mkdir()
    index = open_index(workspace)
    for name in ("in_binary", "in_minified", "in_huge", "in_badly_named"):
        assert ask(index, f"{name}(") == ask(index, f"{name}(", language="JavaScript") == []
    assert paths(ask(index, "x = price_of(")).count("shop/prices.py") == 1
    assert ask(index, "in_crlf(")[0].text == "def in_crlf(a):\n    return a"
    assert ask(index, "in_long_line(")[0].line == 501
    for path in (
        "leak.py",
        "loop",
        "pipe.py",
        "link/linked.py",
        "../outside/linked.py",
        "link",
        "binary.py",
        "\0",
        "x" * 5000,
        "",
    ):
        index.changed([path])
        finish(index)
    assert paths(ask(index, "x = price_of("))[0] == "shop/prices.py"
    assert ask(index, "in_linked(") == []


def test_a_file_deleted_between_index_and_question_is_left_out(workspace: Path, open_index: OpenIndex) -> None:
    index = open_index(workspace)
    (workspace / "shop/prices.py").unlink()
    (workspace / "tests/long_test.py").write_text("\n")
    found = ask(index, "x = price_of(product)\ncheck_shipping_rates(carrier, parcel)")
    assert not {"shop/prices.py", "tests/long_test.py"} & set(paths(found))


def test_a_folder_that_vanishes_or_never_was(workspace: Path, open_index: OpenIndex, tmp_path: Path) -> None:
    assert ask(open_index(tmp_path / "nowhere"), "x") == []
    index = WorkspaceIndex(workspace)
    index.step()
    shutil.rmtree(workspace)
    finish(index)
    assert index.status().ready
    index.close()


def test_a_second_process_reads_what_the_first_writes_and_takes_over(workspace: Path, open_index: OpenIndex) -> None:
    program = """
        import sys
        from pathlib import Path
        from turnstile_lsp.agents.coder.index.workspace_index import WorkspaceIndex
        index = WorkspaceIndex(Path(sys.argv[1]))
        while index.step():
            pass
        print("ready", flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(workspace)]
    first = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdin
    assert first.stdout
    assert first.stdout.readline() == "ready\n"
    second = open_index(workspace)
    assert paths(ask(second, "x = price_of("))[0] == "shop/prices.py"
    first.kill()
    first.communicate()
    (workspace / "shop/prices.py").unlink()
    finish(second)
    assert paths(ask(second, "x = price_of(")) == ["other/prices.py"]


def test_of_too_many_files_the_first_are_followed_until_some_are_excluded(
    workspace: Path, open_index: OpenIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace_index, "MOST_FILES", 5)
    index = open_index(workspace)
    assert index.status().files == 5
    assert "Only the first 5 files" in (index.status().problem or "")
    assert str(workspace) in index.folders
    (workspace / ".turnstileignore").write_text("*.py\n")
    index.changed([".turnstileignore"])
    finish(index)
    assert index.status().problem is None


def test_a_folder_with_a_hundred_thousand_files_is_taken_in_short_steps(tmp_path: Path, open_index: OpenIndex) -> None:
    for number in range(1000):
        (tmp_path / f"f{number}.dat").touch()
    for folder in range(99):
        (tmp_path / f"d{folder}").mkdir()
        for number in range(1000):
            os.link(tmp_path / f"f{number}.dat", tmp_path / f"d{folder}" / f"f{number}.dat")
    index = WorkspaceIndex(tmp_path)
    steps = 1
    while index.step():
        steps += 1
    assert index.status().files == 100_000
    assert steps > 50
    index.close()
