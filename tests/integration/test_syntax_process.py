"""The real syntax process behind its client: in step with documents, in time, and back after it was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest
import pytest_asyncio
from lsprotocol.types import Position, Range, TextDocumentContentChangePartial, TextDocumentContentChangeWholeDocument

from turnstile_lsp.agents.coder.syntax.base import NO_SYNTAX, Kind, SyntaxContext
from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess
from turnstile_lsp.lsp_server.text_document import Splice, TextDocument

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENT = 20.0
FUNCTION = "def f{0}(a):\n    b = a + {0}\n    return b\n\n\n"


class Editor:
    """Documents that tell a syntax process of their edits, as the language server has them do."""

    def __init__(self, process: SyntaxProcess) -> None:
        self.process = process
        self.documents: dict[str, TextDocument] = {}

    def open(self, uri: str, text: str, language: str = "python") -> None:
        document = self.documents[uri] = TextDocument(uri, text, language_id=language)

        def tell(splice: Splice | None) -> None:
            if splice is None:
                self.process.replaced(uri)
            else:
                self.process.change(uri, *splice)

        document.on_splice = tell
        self.process.open(uri, language, uri, document)

    def type(self, uri: str, line: int, column: int, text: str) -> None:
        where = Range(Position(line, column), Position(line, column))
        self.documents[uri].apply_change(TextDocumentContentChangePartial(range=where, text=text))

    async def context(self, uri: str, line: int, column: int) -> SyntaxContext:
        """The context at a place, asked until the process has started."""
        give_up = time.monotonic() + PATIENT
        while time.monotonic() < give_up:
            if (found := await self.process.at(uri, (line, column)).context()) is not None:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError("no answer")


@asynccontextmanager
async def editor_with(process: SyntaxProcess) -> AsyncIterator[Editor]:
    yield Editor(process)
    await process.stop()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def editor() -> AsyncIterator[Editor]:
    async with editor_with(SyntaxProcess(deadline=PATIENT)) as shared:
        yield shared


async def test_it_follows_what_is_typed(editor: Editor) -> None:
    editor.open("a.py", "import os\n\n\nclass A:\n    def first(self):\n        pass\n")
    editor.type("a.py", 5, 12, "\n        self.fi")
    found = await editor.context("a.py", 6, 15)
    assert found.grammar == "python"
    assert [(scope.kind, scope.name) for scope in found.scopes] == [("class", "A"), ("function", "first")]
    assert (found.kind, found.within) == (Kind.LINE, "code")
    editor.type("a.py", 6, 15, "('x")
    assert (await editor.context("a.py", 6, 18)).within == "string"
    editor.documents["a.py"].apply_change(TextDocumentContentChangeWholeDocument("def g():\n    # no"))
    assert (await editor.context("a.py", 1, 8)).within == "comment"


async def test_it_says_where_a_completion_stops(editor: Editor) -> None:
    editor.open("b.c", "int f() {\n  \n}\n", "c")
    await editor.context("b.c", 1, 2)
    stop = await editor.process.at("b.c", (1, 2)).stop("return 1;\n}\n\nint g() {\n  return 2;\n}")
    assert stop == len("return 1;")


async def test_what_is_selected_in_a_completion_list_is_as_good_as_typed(editor: Editor) -> None:
    editor.open("c.py", "value = 1\nprint(va)\n")
    await editor.context("c.py", 0, 0)
    found = await editor.process.at("c.py", (1, 6), (1, 8), "'value").context()
    assert found
    assert found.within == "string"


async def test_outlines_and_imports_come_when_there_is_time(editor: Editor) -> None:
    text = (
        "import os\nfrom a import b\n\n\ndef helper(a: int) -> str:\n    return a\n\n\n"
        + FUNCTION.format(1)
        + "helper()\n"
    )
    editor.open("d.py", text)
    line = text.count("\n") - 1
    await editor.context("d.py", line, 8)
    await asyncio.sleep(0.2)
    found = await editor.context("d.py", line, 8)
    assert list(found.imports) == ["import os", "from a import b"]
    assert (found.definitions[0].name, found.definitions[0].signature) == ("helper", "def helper(a: int) -> str")
    assert found.identifiers[0] == "helper"


@pytest.mark.parametrize(
    "text",
    ["", "\0\x01\x02" * 1000, "\ud83d", "x = '\udc80'\r\ny = ", "(" * 20_000, "é汉😋\u2028" * 100, "\r\r\n\n\r"],
    ids=["empty", "binary", "half a pair", "half a pair in a string", "brackets", "wide", "line ends"],
)
async def test_any_text_is_answered(editor: Editor, text: str) -> None:
    editor.open("any.py", text)
    line = len(editor.documents["any.py"].lines) - 1
    await editor.process.at("any.py", (line, 0)).context()
    editor.type("any.py", line, 0, "\nx = 1\n")
    await editor.process.at("any.py", (line, 0), (line, 0), "\ud83d").context()
    await editor.process.at("any.py", (line + 1, 3)).stop("1\ny = 2")
    editor.open("fine.py", "x = \n")
    assert (await editor.context("fine.py", 0, 4)).kind == Kind.LINE


async def test_a_place_outside_the_document_is_answered(editor: Editor) -> None:
    editor.open("short.py", "x = 1\n")
    await editor.context("short.py", 10**6, 10**6)


async def test_a_document_that_is_closed_or_has_no_grammar_has_no_syntax(editor: Editor) -> None:
    editor.open("e.py", "x = 1\n")
    editor.process.close("e.py")
    assert editor.process.at("e.py", (0, 0)) is NO_SYNTAX
    editor.open("e.txt", "x = 1\n", "plaintext")
    assert editor.process.at("e.txt", (0, 0)) is NO_SYNTAX
    assert await NO_SYNTAX.context() is None
    assert await NO_SYNTAX.stop("x") is None


async def test_200_000_lines_are_as_quick_as_few() -> None:
    """Not timed; the tree is of a few hundred lines around the cursor, however long the document is."""
    async with editor_with(SyntaxProcess(deadline=PATIENT)) as editor:
        editor.open("long.py", "".join(FUNCTION.format(number) for number in range(40_000)))
        line = 5 * 30_000 + 1
        found = await editor.context("long.py", line, 4)
        assert [scope.name for scope in found.scopes] == ["f30000"]
        assert max(found.cuts_before) < 40_000
        editor.type("long.py", line, 4, "c = 1\n    ")
        editor.type("long.py", 0, 0, "import os\n")
        assert [scope.name for scope in (await editor.context("long.py", line + 2, 4)).scopes] == ["f30000"]
        assert editor.process.process_id
        assert psutil.Process(editor.process.process_id).memory_info().rss < 300 * 2**20


async def test_ten_megabytes_on_one_line_are_answered(editor: Editor) -> None:
    editor.open("wide.py", "x = [" + "1, " * 3_500_000)
    await editor.process.at("wide.py", (0, 5_000_000)).context()
    editor.type("wide.py", 0, 5_000_000, "2, ")
    editor.process.close("wide.py")
    editor.open("f.py", "def f():\n    \n")
    assert (await editor.context("f.py", 1, 4)).kind == Kind.BLOCK


async def test_the_loop_is_free_while_400_000_lines_are_opened() -> None:
    async with editor_with(SyntaxProcess(deadline=PATIENT)) as editor:
        editor.open("first.py", "x = \n")
        await editor.context("first.py", 0, 4)
        document = TextDocument("long.py", FUNCTION.format(1) * 80_000, language_id="python")
        editor.process.open("long.py", "python", "long.py", document)
        turns, answered = 0, asyncio.ensure_future(editor.process.at("long.py", (399_000, 4)).context())
        while not answered.done():
            await asyncio.sleep(0)
            turns += 1
        assert await answered
        assert turns > 100


async def test_a_late_answer_is_dropped() -> None:
    async with editor_with(SyntaxProcess(deadline=0)) as editor:
        editor.open("a.py", "x = \n")
        await asyncio.sleep(0.2)
        assert editor.process.process_id
        assert await editor.process.at("a.py", (0, 4)).context() is None


async def test_killed_it_comes_back_with_the_documents(editor: Editor) -> None:
    editor.open("k.py", "def kept():\n    \n")
    await editor.context("k.py", 1, 4)
    first = editor.process.process_id
    assert first
    waiting = asyncio.create_task(editor.process.ask("index.status", b""))
    os.kill(first, signal.SIGSTOP)
    await asyncio.sleep(0)
    os.kill(first, signal.SIGKILL)
    assert await waiting is None
    editor.type("k.py", 1, 4, "x = 1\n    ")
    found = await editor.context("k.py", 2, 4)
    assert [scope.name for scope in found.scopes] == ["kept"]
    assert editor.process.process_id != first


async def test_a_document_on_which_a_grammar_never_ends_costs_only_its_own_syntax() -> None:
    """COBOL's scanner runs for ever on this one."""
    async with editor_with(SyntaxProcess(deadline=PATIENT)) as editor:
        editor.open("a.py", "x = \n")
        await editor.context("a.py", 0, 4)
        first = editor.process.process_id
        editor.open("a.cob", "a b(c) { d: \"e\" } # f\n<g h='i'>\n  j = [k]\n</g>\nend\n", "cobol")
        give_up = time.monotonic() + 3 * PATIENT
        while editor.process.at("a.cob", (0, 0)) is not NO_SYNTAX and time.monotonic() < give_up:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        assert editor.process.at("a.cob", (0, 0)) is NO_SYNTAX
        assert (await editor.context("a.py", 0, 4)).kind == Kind.LINE
        assert editor.process.process_id != first


async def test_it_ends_with_the_front_end() -> None:
    """Also where that is killed in a way it cannot hear of."""
    program = (
        "import asyncio\n"
        "from turnstile_lsp.agents.coder.syntax.client import SyntaxProcess\n"
        "async def main():\n"
        "    process = SyntaxProcess()\n"
        "    process.start()\n"
        "    while process.process_id is None: await asyncio.sleep(0.01)\n"
        "    print(process.process_id, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout
    child = psutil.Process(int(await parent.stdout.readline()))
    await asyncio.sleep(0.5)
    parent.kill()
    await parent.wait()
    await asyncio.to_thread(psutil.wait_procs, [child], PATIENT)
    assert not child.is_running()


async def test_it_is_less_urgent_than_its_front_end(editor: Editor) -> None:
    editor.open("n.py", "x = \n")
    await editor.context("n.py", 0, 4)
    assert editor.process.process_id
    assert os.getpriority(os.PRIO_PROCESS, editor.process.process_id) > os.getpriority(os.PRIO_PROCESS, 0)


async def test_the_front_end_loads_no_grammar() -> None:
    program = (
        "import turnstile_lsp.lsp_server.session, sys; print([name for name in sys.modules if 'tree_sitter' in name])"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said.decode().strip() == "[]"


async def test_nothing_is_waited_for_where_there_is_no_grammar() -> None:
    process = SyntaxProcess(deadline=PATIENT)
    Editor(process).open("notes.unknown", "import os\n", "no-such-language")
    async with asyncio.timeout(PATIENT / 4):
        assert await process.read("notes.unknown", (0, 0)) is NO_SYNTAX
    await process.stop()
