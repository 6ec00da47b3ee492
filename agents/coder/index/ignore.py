"""Which files of a workspace are looked at: not those that `.gitignore`, `.turnstileignore` or their nature excludes."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec
from watchfiles import DefaultFilter

from turnstile_lsp.agents.coder.index.secrets import is_secret_file

GIT, OWN = ".gitignore", ".turnstileignore"
_LARGEST_IGNORE_FILE = 256 * 1024
_NEVER = frozenset(DefaultFilter.ignore_dirs)


class Ignore:
    """The ignore files of one workspace folder, each read when a path beside or below it is first asked about.

    Paths are relative to the folder, with "/". What `.turnstileignore` excludes, no `.gitignore` brings back.
    """

    def __init__(self, folder: Path) -> None:
        self._rules = (_Rules(folder, GIT), _Rules(folder, OWN))
        self._folders: dict[str, bool] = {"": False}

    def excludes(self, path: str) -> bool:
        """Whether a file is excluded: itself, or by a folder that it is in."""
        return (
            self.excludes_folder(_parent(path))
            or is_secret_file(path)
            or any(rules.match(_parent(path), path) for rules in self._rules)
        )

    def excludes_folder(self, path: str) -> bool:
        """The same for a folder; "" is the workspace folder itself."""
        excluded = self._folders.get(path)
        if excluded is None:
            parent = _parent(path)
            excluded = self._folders[path] = (
                self.excludes_folder(parent)
                or PurePosixPath(path).name in _NEVER
                or is_secret_file(f"{path}/")
                or any(rules.match(parent, f"{path}/") for rules in self._rules)
            )
        return excluded


class Withheld:
    """The files that must not be sent to any model, though the user may have them open: they hold secrets by their name, or
    a `.turnstileignore` in a folder above excludes them. Each of those is read once."""

    def __init__(self) -> None:
        self._rules = _Rules(Path(os.sep), OWN)

    def __contains__(self, file: Path) -> bool:
        path = os.path.abspath(file).lstrip(os.sep)
        parts = path.split(os.sep)
        folders = ["/".join(parts[:length]) for length in range(1, len(parts))]
        return is_secret_file(path) or any(
            self._rules.match(_parent(name), name if name == path else f"{name}/") for name in [*folders, path]
        )


class _Rules:
    """All ignore files of one name below a folder. As in git, those deeper down win over those above."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._chains: dict[str, list[tuple[int, GitIgnoreSpec]]] = {}

    def match(self, parent: str, path: str) -> bool:
        for base, spec in self._chain(parent):
            verdict = spec.check_file(path[base:]).include
            if verdict is not None:
                return verdict
        return False

    def _chain(self, folder: str) -> list[tuple[int, GitIgnoreSpec]]:
        """What holds in a folder, the deepest first, each with the length of the path that it stands in."""
        chain = self._chains.get(folder)
        if chain is None:
            above = self._chain(_parent(folder)) if folder else []
            lines = _lines(self._folder / folder / self._name)
            base = len(folder) + 1 if folder else 0
            chain = self._chains[folder] = [(base, GitIgnoreSpec.from_lines(lines)), *above] if lines else above
        return chain


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _lines(path: Path) -> list[str]:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_IGNORE_FILE:
            return []
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#") and _is_pattern(line)]


def _is_pattern(line: str) -> bool:
    """A line that is no pattern must not spoil the rest of the file."""
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
