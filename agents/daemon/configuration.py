"""What the daemon reads itself: the table `[daemon]` of the user's file, read again when the file changes."""

from __future__ import annotations

import logging

from turnstile_lsp.agents import places
from turnstile_lsp.agents.settings import DaemonSettings, load

log = logging.getLogger(__name__)


class Configuration:
    """The daemon's settings in force."""

    def __init__(self) -> None:
        self._file = places.config_file().absolute()
        self._stamp: tuple[int, int] | None = None
        self.settings = self._read()

    def reload(self) -> None:
        """Read the file again if it changed since."""
        if self._stamp != self._current_stamp():
            self.settings = self._read()

    def _read(self) -> DaemonSettings:
        self._stamp = self._current_stamp()
        resolved = load(environment={"TURNSTILE_CONFIG": str(self._file)})
        for problem in resolved.problems:
            if problem.name.startswith("daemon.") or not problem.name:
                log.warning("%s", problem.sentence())
        return resolved.settings.daemon

    def _current_stamp(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size)
