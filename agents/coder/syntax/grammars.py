"""The grammars of the pack, each with the one query that says what its nodes mean to us.

`queries/NAME.scm` names them by capture: `@comment`, `@string`, `@embedded` (code inside a string), `@identifier`,
`@block` (where statements stand), `@import` (`@import.call` where the language imports by calling something), and
`@definition.KIND` with `@name` and `@body`, each pattern on a line of its own. A grammar without a file is read by the
names of its node types.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import cast

from tree_sitter import Language, Parser, Query, Tree
from tree_sitter_language_pack import SupportedLanguage, get_language

PARSE_SECONDS = 0.1
"""Of computing. A source of a few ten thousand bytes takes a few milliseconds; what takes longer is none of that
language."""

_READ_BYTES = 1 << 20
_OUTLINE = re.compile(r"@(definition|import)\b")
_INHERITS = re.compile(r"; inherits: (\w+)\n")
_GENERIC = (
    ("comment", r"comment$"),
    (
        "string",
        r"^(?!concatenated)(.+_)?(string|char|character|rune|heredoc|regex)(_literal|_lit|_value|_body|_expr)?$",
    ),
    ("embedded", r"interpolation$|substitution$"),
    ("identifier", r"(^|_)(identifier|variable|constant)$"),
    ("block", r"(^|_)(block|body|compound_statement|declaration_list|statements|statement_list)$"),
    ("import", r"^(import|include|using|use|open|require)(_|$)(?!.*(specifier|clause|list|path|attribute|prefix))"),
    ("definition.function", r"(function|method|procedure|macro|subroutine|constructor)_(definition|declaration|item)$"),
    ("definition.class", r"(class|struct|interface|trait|enum|record|object|protocol)_(definition|declaration|item)$"),
    ("definition.module", r"(module|namespace|package)_(definition|declaration|item)$"),
    ("definition.type", r"(type|alias)_(definition|declaration|item)$"),
)


class Grammar:
    """A language's parser and query. Not for two threads at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        language = get_language(cast(SupportedLanguage, name))
        self._parser = Parser(language)
        text = _query_text(name) or _generic_query(language)
        self.query = Query(language, _lines(text, lambda line: "@identifier" not in line))
        self.outline_query = Query(language, _lines(text, lambda line: _OUTLINE.search(line) is not None))
        self.identifier_query = Query(language, _lines(text, lambda line: "@identifier" in line))

    def parse(self, source: bytes, old: Tree | None = None) -> Tree | None:
        """The tree of `source`; `old` is the tree of an earlier one, told of all edits since. None: took too long."""
        deadline = time.process_time() + PARSE_SECONDS

        def read(start: int, _: object) -> bytes:
            return source[start : start + _READ_BYTES]

        def is_late(*_: object) -> bool:
            return time.process_time() > deadline

        try:
            if old is None:
                return self._parser.parse(read, progress_callback=is_late)
            return self._parser.parse(read, old, progress_callback=is_late)
        except ValueError:
            self._parser.reset()
            return None


@cache
def grammar(name: str) -> Grammar | None:
    """The grammar of this name; None where the pack has none."""
    try:
        return Grammar(name)
    except LookupError:
        return None


def _lines(text: str, wanted: Callable[[str], bool]) -> str:
    return "\n".join(line for line in text.splitlines() if wanted(line))


def _query_text(name: str) -> str:
    file = resources.files(__package__) / "queries" / f"{name}.scm"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    inherited = _INHERITS.match(text)
    return (_query_text(inherited[1]) if inherited else "") + text


def _generic_query(language: Language) -> str:
    kinds = {
        kind
        for number in range(language.node_kind_count)
        if language.node_kind_is_visible(number) and language.node_kind_is_named(number)
        if (kind := language.node_kind_for_id(number)) is not None
    }
    return "\n".join(
        f"({kind}) @{capture}" for capture, pattern in _GENERIC for kind in sorted(kinds) if re.search(pattern, kind)
    )
