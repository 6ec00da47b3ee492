"""A Lean file's header: what it imports, read without Lean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

_NAME = r"(?:«[^»\n]*»|[^\W\d][\w'!?₀-₉]*)"
_TOKEN = re.compile(rf"\s+|--[^\n]*|(?P<open>/-)|(?P<word>{_NAME}(?:\.{_NAME})*)")
_COMMENT_EDGE = re.compile(r"/-|-/")


class Import(Struct, frozen=True, kw_only=True):
    """One import, with the fields and names of Lean's `Lean.Import`."""

    module: str
    importAll: bool = False
    isExported: bool = True
    isMeta: bool = False


class Header(Struct, frozen=True, kw_only=True):
    """Imports (with the implicit `Init`) and whether the file begins with `module`; as Lean's `ModuleHeader`."""

    imports: Sequence[Import]
    isModule: bool = False

    def modules(self) -> list[str]:
        """The names of the imported modules."""
        return [each.module for each in self.imports]


def parse(text: str) -> Header:
    """The header of a file. Never fails: it ends where the grammar of headers does."""
    words = list(_words(text))
    is_module = bool(words) and words[0] == "module"
    words = words[is_module:]
    prelude = bool(words) and words[0] == "prelude"
    words = words[prelude:]
    imports = [] if prelude else [Import(module="Init")]
    while words:
        flags: dict[str, Any] = {"isExported": not is_module}
        if words[0] == "public":
            flags["isExported"] = True
            words = words[1:]
        if words[:1] == ["meta"]:
            flags["isMeta"] = True
            words = words[1:]
        if words[:1] != ["import"]:
            break
        words = words[1:]
        if words[:1] == ["all"] and len(words) > 1:
            flags["importAll"] = True
            words = words[1:]
        if not words:
            break
        imports.append(Import(module=words[0], **flags))
        words = words[1:]
    return Header(imports=imports, isModule=is_module)


def _words(text: str) -> Iterator[str]:
    """Names and keywords up to the first other character; comments nest."""
    position = 1 if text.startswith("\ufeff") else 0
    while match := _TOKEN.match(text, position):
        position = match.end()
        if match["open"]:
            depth = 1
            while depth:
                edge = _COMMENT_EDGE.search(text, position)
                if edge is None:
                    return
                depth += 1 if edge[0] == "/-" else -1
                position = edge.end()
        elif match["word"]:
            yield match["word"]
