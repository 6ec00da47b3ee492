"""What the syntax says of a place (‸), in many languages."""

from __future__ import annotations

import pytest

from turnstile_lsp.agents.coder.syntax.base import SyntaxContext
from turnstile_lsp.agents.coder.syntax.context import context_at
from turnstile_lsp.agents.coder.syntax.document import Document
from turnstile_lsp.agents.coder.syntax.grammars import grammar
from turnstile_lsp.agents.coder.syntax.stop import stop_of


def opened(name: str, marked: str) -> tuple[Document, int]:
    """A document whose outlines are known, and the offset of its ‸."""
    found = grammar(name)
    assert found
    document = Document(found)
    document.append(marked.replace("‸", "").encode())
    while document.step(also_stale=True):
        pass
    return document, len(marked[: marked.index("‸")].encode())


def context(name: str, marked: str) -> SyntaxContext:
    document, offset = opened(name, marked)
    found = context_at(document, *document.tree_at(offset))
    assert found
    return found


@pytest.mark.parametrize(
    ("name", "marked", "kind"),
    [
        ("python", "def f(x):\n    ‸\n\ny = 1\n", "block"),
        ("python", "def f(x):‸\n", "block"),
        ("python", 'def f(x):\n    """What it does."""\n    ‸\n\ny = 1\n', "block"),
        ("python", "class A:\n    ‸\n", "block"),
        ("python", "for x in y:\n    ‸\n", "block"),
        ("python", "def f(x):\n    ‸\n    return x\n", "line"),
        ("python", "def f(x):\n    y = 1\n    ‸\n", "line"),
        ("python", "def f(x):\n‸\n", "line"),
        ("python", "x = ‸\n", "line"),
        ("python", "x = f(‸)\n", "line"),
        ("python", "x = f(a‸, b)\n", "token"),
        ("python", "x = ‸a\n", "token"),
        ("python", "fo‸o = 1\n", "nothing"),
        ("python", "# what‸\n", "nothing"),
        ("python", "# what\n‸\n", "line"),
        ("python", "x = 'a‸'\n", "nothing"),
        ("python", "x = 'a‸\n", "nothing"),
        ("python", "x = 'a'‸\n", "line"),
        ("python", 'x = """\nabc‸\n"""\n', "nothing"),
        ("python", "x = f'{a.‸}'\n", "line"),
        ("python", "x = {'a': ‸}\n", "line"),
        ("javascript", "function f() {\n  ‸\n}\n", "block"),
        ("javascript", "f(() => {‸});\n", "block"),
        ("javascript", "f((x) => {\n  ‸\n});\n", "block"),
        ("python", "x = {'a':\n      ‸}\n", "line"),
        ("javascript", "const a = `b${c.‸}`;\n", "line"),
        ("javascript", "const a = `b‸`;\n", "nothing"),
        ("javascript", "const a = /b‸/;\n", "nothing"),
        ("javascript", "/* a ‸ */\n", "nothing"),
        ("javascript", "/* a */ ‸\n", "line"),
        ("typescript", "interface A {\n  ‸\n}\n", "block"),
        ("tsx", "const a = <b>{‸}</b>;\n", "token"),
        ("rust", "fn f<'a>(x: &'a str) {\n    let y = ‸\n}\n", "line"),
        ("rust", "fn f() {\n    // no‸\n}\n", "nothing"),
        ("rust", "impl A {\n    fn f() {\n        ‸\n    }\n}\n", "block"),
        ("go", "func f() {\n\tif x {\n\t\t‸\n\t}\n}\n", "block"),
        ("go", "var x = `a\n‸`\n", "nothing"),
        ("java", "class A {\n    void f() {\n        ‸\n    }\n}\n", "block"),
        ("java", "class A {\n    /** what ‸ */\n}\n", "nothing"),
        ("c", "int f(void) {\n    ‸\n}\n", "block"),
        ("c", "#include <a‸>\n", "nothing"),
        ("cpp", "namespace a {\nclass B {\n  ‸\n};\n}\n", "block"),
        ("cpp", 'auto a = R"(b‸)";\n', "nothing"),
        ("csharp", "class A\n{\n    void F()\n    {\n        ‸\n    }\n}\n", "block"),
        ("csharp", 'var a = $"b{c‸}";\n', "line"),
        ("ruby", "def f(a)\n  ‸\nend\n", "block"),
        ("ruby", '"a#{b.‸}"\n', "line"),
        ("ruby", "# a‸\n", "nothing"),
        ("php", "<?php\nfunction f() {\n  ‸\n}\n", "block"),
        ("php", "<?php\n$a = 'b‸';\n", "nothing"),
        ("lua", "function f(a)\n  ‸\nend\n", "block"),
        ("lua", "if a then\n  ‸\nend\n", "block"),
        ("lua", "--[[ a ‸ ]]\n", "nothing"),
        ("bash", "f() {\n  ‸\n}\n", "block"),
        ("bash", 'echo "a $(b ‸)"\n', "line"),
        ("bash", "echo 'a‸'\n", "nothing"),
        ("kotlin", "fun f() {\n    ‸\n}\n", "block"),
        ("swift", "func f() {\n    ‸\n}\n", "block"),
        ("scala", "object A {\n  ‸\n}\n", "block"),
        ("julia", "# a‸\n", "nothing"),
        ("haskell", "-- a‸\n", "nothing"),
        ("haskell", 'f = "a‸"\n', "nothing"),
        ("elixir", '# a‸\nx = "b"\n', "nothing"),
        ("ocaml", "(* a ‸ *)\n", "nothing"),
        ("toml", 'a = "b‸"\n', "nothing"),
        ("yaml", "a: ‸\n", "line"),
        ("sql", "-- a‸\n", "nothing"),
        ("css", "a {\n  ‸\n}\n", "block"),
        ("fortran", "! a‸\n", "nothing"),
    ],
)
def test_what_is_worth_completing(name: str, marked: str, kind: str) -> None:
    assert context(name, marked).kind == kind


@pytest.mark.parametrize(
    ("name", "marked", "scopes"),
    [
        ("python", "class A:\n    def f(self) -> int:\n        x = 1\n        ‸\n", ["class A", "def f(self) -> int"]),
        ("python", "def f(a):\n    return a + ‸\n", ["def f(a)"]),
        ("python", "def f(a):\n    return a\n\n‸\n", []),
        ("python", "def f(a):\n    return a\n\nclass B:\n    x = 1\n    ‸\n", ["class B"]),
        ("javascript", "class A {\n  m(a) {\n    return ‸\n  }\n}\n", ["class A", "m(a)"]),
        ("javascript", "function f() {\n}\n  ‸\n", []),
        ("typescript", "export class A<T> extends B {\n  private m(a: T): void {\n    ‸\n  }\n}\n",
         ["class A<T> extends B", "private m(a: T): void"]),
        ("rust", "impl<T> A<T> {\n    fn f(&self) -> u8 {\n        ‸\n    }\n}\n", ["impl<T> A<T>", "fn f(&self) -> u8"]),
        ("go", "func (a *A) F(b int) string {\n\t‸\n}\n", ["func (a *A) F(b int) string"]),
        ("java", "public class A extends B {\n    int f(int a) throws C {\n        ‸\n    }\n}\n",
         ["public class A extends B", "int f(int a) throws C"]),
        ("c", "static char *f(int a) {\n    ‸\n}\n", ["static char *f(int a)"]),
        ("cpp", "namespace n {\nint A::f() const {\n    ‸\n}\n}\n", ["namespace n", "int A::f() const"]),
        ("csharp", "namespace N {\n  class A : B {\n    int F() {\n      ‸\n    }\n  }\n}\n",
         ["namespace N", "class A : B", "int F()"]),
        ("ruby", "module M\n  class A < B\n    def f(a)\n      ‸\n    end\n  end\nend\n", ["module M", "class A < B", "def f(a)"]),
        ("php", "<?php\nclass A {\n  public function f($a) {\n    ‸\n  }\n}\n", ["class A", "public function f($a)"]),
        ("lua", "local function f(a)\n  ‸\nend\n", ["local function f(a)"]),
        ("bash", "f() {\n  ‸\n}\n", ["f()"]),
        ("kotlin", "class A : B {\n    fun f(a: Int): Int {\n        ‸\n    }\n}\n", ["class A : B", "fun f(a: Int): Int"]),
        ("swift", "struct A {\n    func f(a: Int) -> Int {\n        ‸\n    }\n}\n", ["struct A", "func f(a: Int) -> Int"]),
    ],
)  # fmt: skip
def test_the_scopes_of_a_place(name: str, marked: str, scopes: list[str]) -> None:
    assert [scope.signature for scope in context(name, marked).scopes] == scopes


def test_scopes_that_begin_far_above_are_found_by_their_indentation() -> None:
    methods = "".join(f"    def m{number}(self):\n        return {number}\n\n" for number in range(3000))
    found = context("python", f"class Old:\n    pass\n\n\nclass Long(Base):\n{methods}    def last(self):\n        ‸\n")
    assert [scope.signature for scope in found.scopes] == ["class Long(Base)", "def last(self)"]
    assert found.scopes[0].distance > 50_000


@pytest.mark.parametrize(
    ("name", "marked", "imports"),
    [
        ("python", "import os\nfrom a import (\n    b,\n)\n‸", ["import os", "from a import ( b, )"]),
        ("javascript", "import a from 'b';\nconst c = require('d');\nconst e = f('g');\n‸",
         ["import a from 'b';", "const c = require('d');"]),
        ("rust", "use std::fs;\n‸", ["use std::fs;"]),
        ("go", 'package a\nimport "fmt"\n‸', ['import "fmt"']),
        ("java", "import a.b;\n‸", ["import a.b;"]),
        ("c", "#include <a.h>\n‸", ["#include <a.h>"]),
        ("csharp", "using System;\n‸", ["using System;"]),
        ("ruby", "require 'a'\nputs 'b'\n‸", ["require 'a'"]),
        ("php", "<?php\nuse A\\B;\n‸", ["use A\\B;"]),
        ("lua", "local a = require('b')\nlocal c = d('e')\n‸", ["local a = require('b')"]),
        ("bash", ". a.sh\nsource b.sh\necho c\n‸", [". a.sh", "source b.sh"]),
    ],
)  # fmt: skip
def test_the_imports_of_a_file(name: str, marked: str, imports: list[str]) -> None:
    assert list(context(name, marked).imports) == imports


def test_what_the_file_says_of_the_names_near_a_place() -> None:
    found = context("python", "def far():\n    pass\n\n\ndef near(a: int = 1) -> str:\n    pass\n\n\nx = near(‸)\n")
    assert list(found.identifiers[:2]) == ["near", "x"]
    assert [(one.kind, one.signature, one.line) for one in found.definitions[:2]] == [
        ("function", "def near(a: int = 1) -> str", 4),
        ("variable", "x = near()", 8),
    ]


def test_cuts_are_at_the_ends_of_statements() -> None:
    before, after = "a = 'é😋'\r\ndef f():\r\n    b = 1\r\n    ", "\r\n    c = 2\r\n\r\nd = 3\r\n"
    found = context("python", f"{before}‸{after}")
    assert [before[len(before) - cut :].split("\r\n")[0] for cut in found.cuts_before] == [
        "    b = 1",
        "def f():",
        "a = 'é😋'",
    ]
    assert [after[:cut].split("\r\n")[-1] for cut in found.cuts_after] == ["    c = 2", "d = 3"]


@pytest.mark.parametrize(
    ("name", "marked", "text", "kept"),
    [
        ("python", "def f():\n    ‸\n\nx = 1\n", "return 1\n\n\ndef g():\n    pass", "return 1"),
        ("python", "def f():\n    x = ‸\n\nx = 1\n", "g(\n        1,\n    )\n    return 3", "g(\n        1,\n    )"),
        ("python", "def f():\n    if x‸\n\nx = 1\n", ":\n        a()\n    return 3", ":\n        a()"),
        ("python", "def f():\n    ‸\n\nx = 1\n", "return 1\n", None),
        ("python", "def f():\n    ‸\n", "x = (1,\n\n\ndef g():", None),
        ("python", "é = '😋'\ndef f():\n    ‸\n", "return 'é😋'\n\n\ndef g():\n    pass", "return 'é😋'"),
        ("c", "int f() {\n  ‸\n}\n", "return 1;\n}\n\nint g() {\n  return 2;\n}", "return 1;"),
        ("c", "int f() {\n  ‸\n", "return 1;\n}\n\nint g() {\n  return 2;\n}", "return 1;\n}"),
        ("c", "int f() {\n  if (x)‸\n}\n", " {\n    a();\n  }\n  b();", " {\n    a();\n  }"),
        ("cpp", "void f() {\n  ‸\n}\n", "g();\n}\n\nvoid h() {\n}", "g();"),
        ("javascript", "f(function() {\n  ‸\n});\n", "return 1;\n});\n\ng();", "return 1;"),
        ("javascript", "const a = ‸\n", "{\n  b: 1,\n};\nconst c = 2;", "{\n  b: 1,\n};"),
        (
            "javascript",
            "class A {\n  ‸\n}\n",
            "f() {\n    return 1;\n  }\n}\n\nclass B {}\n",
            "f() {\n    return 1;\n  }",
        ),
        ("typescript", "interface A {\n  ‸\n}\n", "a: string;\n}\n\ninterface B {}", "a: string;"),
        ("rust", "fn f() {\n    match x {\n        ‸\n    }\n}\n", "1 => 2,\n    }\n}\nfn g() {}", "1 => 2,"),
        ("go", "func f() {\n\t‸\n}\n", "return 1\n}\n\nfunc g() {\n}", "return 1"),
        ("java", "class A {\n  void f() {\n    ‸\n  }\n}\n", "g();\n  }\n\n  void h() {\n  }", "g();"),
        ("csharp", "class A\n{\n  void F()\n  {\n    ‸\n  }\n}\n", "G();\n  }\n\n  void H() {\n  }", "G();"),
        ("ruby", "def f\n  ‸\nend\n", "a\nend\n\ndef g\n  b\nend", "a"),
        ("lua", "function f()\n  ‸\nend\n", "return 1\nend\n\nfunction g()\nend", "return 1"),
        ("php", "<?php\nfunction f() {\n  ‸\n}\n", "return 1;\n}\n\nfunction g() {\n}", "return 1;"),
        ("bash", "f() {\n  ‸\n}\n", "echo 1\n}\n\ng() {\n  echo\n}", "echo 1"),
    ],
)
def test_where_a_completion_stops(name: str, marked: str, text: str, kept: str | None) -> None:
    document, offset = opened(name, marked)
    stop = stop_of(*document.tree_at(offset), text.encode())
    assert (None if stop is None else text[:stop]) == kept
