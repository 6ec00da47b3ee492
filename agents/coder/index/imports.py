"""Imports resolved to files, by the names of the files alone.

A file's *stem* is how imports may name it: its path without the extension; that of its folder for `__init__.py`,
`index.ts`, `mod.rs` and for every Go file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from turnstile_lsp.agents.coder.index.definitions import imports

_OF_FOLDER = ("__init__", "index", "mod")


def stem(language: str, path: str) -> str:
    """How imports name a file."""
    folder, _, name = path.rpartition("/")
    name = name.split(".", 1)[0] if not name.startswith(".") else name
    if language == "Go" or (name in _OF_FOLDER and folder):
        return folder
    return f"{folder}/{name}" if folder else name


def imported(language: str, path: str, text: str) -> Iterator[tuple[str, bool]]:
    """The stems that a file at `path` with this text may import, each with whether it is exact (relative to the
    workspace folder) or may stand deeper in it."""
    folder = path.rpartition("/")[0]
    style, names = imports(language, text)
    for name in names:
        if style == "python":
            yield from _python(folder, name)
        elif style == "relative":
            yield from _relative(folder, name)
        elif style == "include":
            without_suffix = re.sub(r"\.\w+$", "", name)
            yield posixpath.normpath(posixpath.join(folder, without_suffix)), True
            yield without_suffix.lstrip("./"), False
        elif style == "rust":
            yield from _rust(path, name)
        elif style == "go":
            parts = name.split("/")
            yield from (("/".join(parts[start:]), True) for start in range(len(parts)))
        else:
            yield from _dotted(name)


def _python(folder: str, names: str) -> Iterator[tuple[str, bool]]:
    for name in names.split(","):
        module = name.split(" as ")[0].strip()
        dots = len(module) - len(module.lstrip("."))
        parts = module.lstrip(".").replace(".", "/")
        if dots:
            yield posixpath.normpath(posixpath.join(folder, "../" * (dots - 1), parts)), True
        elif parts:
            yield parts, False


def _relative(folder: str, name: str) -> Iterator[tuple[str, bool]]:
    without_suffix = re.sub(r"\.(?:[cm]?[jt]sx?|vue|svelte)$", "", name)
    if name.startswith("."):
        target = posixpath.normpath(posixpath.join(folder, without_suffix))
        yield re.sub(r"/index$", "", target), True
    else:
        yield re.sub(r"^[@~]/", "", without_suffix), False


def _rust(path: str, name: str) -> Iterator[tuple[str, bool]]:
    folder = path.rpartition("/")[0]
    parts = name.split("::")
    if len(parts) == 1:  # mod name;
        yield f"{folder}/{name}".lstrip("/"), True
        yield f"{stem('Rust', path)}/{name}", True
        return
    root, *rest = parts
    for length in range(len(rest), 0, -1):
        inside = "/".join(rest[:length])
        if root == "crate":
            yield inside, False
        else:
            base = folder if root == "self" else posixpath.dirname(folder)
            yield f"{base}/{inside}".lstrip("/"), True


def _dotted(name: str) -> Iterator[tuple[str, bool]]:
    parts = [part for part in name.split(".") if part]
    if parts:
        yield "/".join(parts), False
    if len(parts) > 1:  # a member of the file
        yield "/".join(parts[:-1]), False
