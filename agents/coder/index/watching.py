"""Files that change, seen without an editor's help."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from watchfiles import watch

logger = logging.getLogger(__name__)


class Watcher:
    """Watches folders, not what is below them, from a thread of its own: a link to the root of the disk, or a folder
    of a hundred thousand packages that no index holds, is not followed. `take` never waits."""

    def __init__(self, folders: Sequence[str]) -> None:
        self.folders = folders
        self._paths: dict[str, None] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def take(self) -> list[str]:
        """Absolute paths of files and folders that were made, changed or removed since the last call."""
        with self._lock:
            paths = list(self._paths)
            self._paths.clear()
        return paths

    def close(self) -> None:
        """Watch no longer; idempotent."""
        self._stop.set()

    def _run(self) -> None:
        try:
            changes = watch(
                *self.folders, watch_filter=None, stop_event=self._stop, recursive=False, debounce=200,
                raise_interrupt=False, ignore_permission_denied=True,
            )  # fmt: skip
            for batch in changes:
                with self._lock:
                    self._paths.update((path, None) for _, path in batch)
        except (OSError, RuntimeError) as error:
            logger.warning("Files are not watched, what other programs change is seen at the next start: %s", error)
