"""What files define and import."""

import pytest

from turnstile_lsp.agents.coder.index.definitions import _file, definitions, extent, is_wide
from turnstile_lsp.agents.coder.index.imports import imported, stem
from turnstile_lsp.agents.coder.languages import languages

DEFINED = [
    (
        "Python",
        "class A(B):\n    async def run(self): ...\n    x = 1\nLIMIT: int = 3\nif a == b:\n    pass\n",
        "A run LIMIT",
    ),
    (
        "TypeScript",
        "export default class Q<T> {\n  private push(x: T): void {\n    if (x) {\n  }\n}\nexport const one = 1;\ntype U = 1\n",
        "Q push one U",
    ),
    (
        "Rust",
        "pub(crate) async fn go<T>() {}\nimpl A {\n    pub const fn new() {}\n}\nstatic mut X: u8 = 1;\nmacro_rules! m {}\n",
        "go new X m",
    ),
    (
        "Go",
        "func (s *Server) Serve() error {\n}\nfunc New() *Server {\n}\ntype Server struct {\n}\n",
        "Serve New Server",
    ),
    (
        "Java",
        "public final class Main {\n    private static List<String> names(int n) {\n        return other(n);\n    }\n}\n",
        "Main names",
    ),
    (
        "C#",
        "internal sealed record Point(int X);\nclass A {\n    public override string ToString() => x;\n}\n",
        "Point A ToString",
    ),
    (
        "C",
        "#define MAX 3\nstatic int add(int a, int b)\n{\n    return add(a, b);\n}\ntypedef struct node {\n    int x;\n} node_t;\n",
        "MAX add node node_t",
    ),
    (
        "C++",
        "template <class T> class Box : Base {\n};\nstd::string Box::name() const {\n    if (x) {\n}\n",
        "Box name",
    ),
    ("Ruby", "module M\n  class C\n    def self.make!(a)\n  LIMIT = 3\n", "M C make! LIMIT"),
    (
        "Lean",
        "@[simp] theorem Nat.add_zero' : x := by\nprivate noncomputable def f := 1\nlemma h : p\n",
        "Nat.add_zero' f h",
    ),
    ("Haskell", "module Main where\nfoldr' :: a -> b\ndata T = A | B\n", "Main foldr' T"),
    ("Shell", "build() {\n}\nfunction clean {\n}\nexport HOME_DIR=/x\n", "build clean HOME_DIR"),
    ("SQL", "CREATE TABLE IF NOT EXISTS main.users (\ncreate or replace function total() \n", "users total"),
    ("Elixir", "defmodule Store.Cart do\n  def add(a) do\n", "Store.Cart add"),
    ("Swift", "public func area() -> Int {\nstruct Box {\n", "area Box"),
    ("Perl", "sub greet {\npackage Shop;\n", "greet Shop"),
]


@pytest.mark.parametrize(("language", "text", "names"), DEFINED)
def test_definitions(language: str, text: str, names: str) -> None:
    found = dict(definitions(language, text))
    assert sorted(found) == sorted(names.split())
    assert all(text.startswith(name, offset) for name, offset in found.items())


@pytest.mark.parametrize(
    ("language", "path", "text", "stems"),
    [
        (
            "Python",
            "pkg/a.py",
            "from .b import x\nfrom .. import c\nimport os.path, pkg.d as e\n",
            {"pkg/b", ".", "os/path", "pkg/d"},
        ),
        (
            "TypeScript",
            "src/a.ts",
            "import {x} from './b'\nimport '../c/index.js'\nconst d = require(\"@/d\")\n",
            {"src/b", "c", "d"},
        ),
        ("Rust", "src/a.rs", "use crate::b::C;\nmod d;\n", {"b/C", "b", "src/d", "src/a/d"}),
        ("Go", "main.go", 'import (\n\t"example.org/shop/cart"\n)\n', {"example.org/shop/cart", "shop/cart", "cart"}),
        (
            "Java",
            "A.java",
            "import org.shop.Cart;\nimport static org.shop.Cart.total;\n",
            {"org/shop/Cart", "org/shop", "org/shop/Cart/total"},
        ),
        ("C", "src/a.c", '#include "b.h"\n#include <sys/c.h>\n', {"src/b", "b", "src/sys/c", "sys/c"}),
        ("Lean", "A.lean", "public import Shop.Cart\n", {"Shop/Cart", "Shop"}),
    ],
)
def test_imports(language: str, path: str, text: str, stems: set[str]) -> None:
    assert {name for name, _ in imported(language, path, text)} == stems


@pytest.mark.parametrize(
    ("language", "path", "expected"),
    [
        ("Python", "a/b.py", "a/b"),
        ("Python", "a/__init__.py", "a"),
        ("TypeScript", "a/index.d.ts", "a"),
        ("Rust", "a/mod.rs", "a"),
        ("Go", "a/b.go", "a"),
        ("Python", "__init__.py", "__init__"),
        ("Shell", ".profile", ".profile"),
    ],
)
def test_stems(language: str, path: str, expected: str) -> None:
    assert stem(language, path) == expected


def test_a_definition_is_shown_with_its_first_lines_and_its_closing_bracket() -> None:
    python = ["def f(a,", "      b):", "    return a", "", "", "def g():"]
    assert extent(python, 0) == 3
    c = ["int f(int a)", "{", "    return a;", "}", "int g;"]
    assert extent(c, 0) == 1
    rust = ["fn f() {", "    1", "}", "fn g() {}"]
    assert extent(rust, 0) == 3
    assert extent(["def f():", *["    x"] * 50], 0) == 12


def test_all_languages_of_the_data_file_are_known() -> None:
    known = {language.name for language in languages()} | {"Plain text"}
    file = _file()
    named = {name for language in file.language for name in language.names}
    assert named | set(file.skipped) <= known
    assert file.language[-1].names == []


def test_text_made_by_a_machine_is_told_by_its_long_lines() -> None:
    assert is_wide("x" * 1000)
    assert not is_wide("x = 1\n" * 1000)
