"""The corpus: Python's standard library, split by whole files into training and held-out parts."""

import hashlib
import json
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.train_nano_coder.recipe import HELD_OUT_PERCENT, MODEL_FOLDER

MANIFEST = MODEL_FOLDER / "manifest.json"
# Tables written by programs, data that is not Python 3, and what differs from build to build.
EXCLUDED_FOLDERS = {"site-packages", "__pycache__", "encodings", "pydoc_data", "data", "encoded_modules"}
EXCLUDED_PREFIXES = ("_sysconfigdata", "bad", "badsyntax")
TEST_FOLDERS = {"test", "tests", "idle_test"}


@dataclass(frozen=True)
class SourceFile:
    path: str
    text: str
    sha256: str
    split: str

    @property
    def is_test(self) -> bool:
        return bool(TEST_FOLDERS & set(PurePosixPath(self.path).parts))


def split_of(path: str) -> str:
    """``train`` or ``held_out``. A module and its tests share a split, so no test tells of a held-out module."""
    parts = [part.removeprefix("test_") for part in PurePosixPath(path).parts if part not in TEST_FOLDERS]
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return "held_out" if int.from_bytes(digest[:8], "big") % 100 < HELD_OUT_PERCENT else "train"


def read_library() -> list[SourceFile]:
    """All usable files of the running interpreter's standard library, sorted by path, each content once."""
    root = Path(sysconfig.get_path("stdlib"))
    files: dict[str, SourceFile] = {}
    for file in sorted(root.rglob("*.py")):
        relative = file.relative_to(root)
        if EXCLUDED_FOLDERS & set(relative.parts) or file.name.startswith(EXCLUDED_PREFIXES):
            continue
        data = file.read_bytes()
        try:
            text = data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
        if "\r" in text or "\0" in text or not text.strip():
            continue
        path = relative.as_posix()
        digest = hashlib.sha256(data).hexdigest()
        files.setdefault(digest, SourceFile(path, text, digest, split_of(path)))
    return list(files.values())


def manifest_of(files: list[SourceFile]) -> list[dict[str, str]]:
    return [{"path": file.path, "sha256": file.sha256, "split": file.split} for file in files]


def write_manifest(files: list[SourceFile]) -> None:
    rows = ",\n".join(json.dumps(row) for row in manifest_of(files))
    MANIFEST.parent.mkdir(parents=True, exist_ok=True)
    MANIFEST.write_text(f"[\n{rows}\n]\n")


def load_corpus() -> list[SourceFile]:
    """The library's files, checked against the manifest (which the first run writes).

    Raises SystemExit when this interpreter's library is another one.
    """
    files = read_library()
    if not MANIFEST.exists():
        write_manifest(files)
    if json.loads(MANIFEST.read_text()) != manifest_of(files):
        raise SystemExit(
            "This Python's standard library is not the one in manifest.json. "
            "Run with the Python version that the model card names, or delete the manifest to start anew."
        )
    return files


@dataclass(frozen=True)
class Line:
    """A line's offsets in its text: ``start <= indent < end``, the line break stands at ``end``."""

    start: int
    indent: int
    end: int


def code_lines(text: str) -> Iterator[Line]:
    """Lines that are neither blank nor only a comment and hold at least two characters."""
    start = 0
    for raw in text.split("\n"):
        body = raw.lstrip(" \t")
        stripped = raw.rstrip()
        indent = start + len(raw) - len(body)
        end = start + len(stripped)
        if end - indent >= 2 and not body.startswith("#"):
            yield Line(start, indent, end)
        start += len(raw) + 1
