"""Which folders the user trusts: only in those a project's Lake, its Lean and its settings file are used.

The store is a small JSON file of resolved folder names in the data folder, readable by the user alone.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from turnstile_lsp.agents import places
from turnstile_lsp.agents.errors import TurnstileError

FILE_NAME = "trusted-folders.json"


class TrustNotSaved(TurnstileError):
    """The list of trusted folders could not be written."""


class TrustStore:
    """The user's trusted folders. Read anew at each question, so a change acts in all running programs at once."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or places.data_folder() / FILE_NAME

    def folders(self) -> list[Path]:
        """The trusted folders; empty when none was ever trusted or the file is damaged."""
        try:
            return [Path(name) for name in msgspec.json.decode(self._file.read_bytes(), type=list[str])]
        except (OSError, msgspec.DecodeError):
            return []

    def is_trusted(self, path: Path) -> bool:
        """Whether a file or folder is a trusted folder or lies in one (links resolved)."""
        resolved = path.resolve()
        return any(resolved.is_relative_to(folder) for folder in self.folders())

    def trust(self, folder: Path) -> None:
        """Trust a folder and all below it. Raises `TrustNotSaved`."""
        self._save({*self.folders(), folder.resolve()})

    def distrust(self, folder: Path) -> None:
        """Take a folder off the list. Raises `TrustNotSaved`."""
        self._save(set(self.folders()) - {folder.resolve()})

    def _save(self, folders: set[Path]) -> None:
        body = msgspec.json.encode(sorted(str(folder) for folder in folders))
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._file.parent, delete=False) as new:
                new.write(body)
            os.replace(new.name, self._file)
        except OSError as error:
            message = f"The list of trusted folders {self._file} cannot be written ({error.strerror})."
            raise TrustNotSaved(message) from error
