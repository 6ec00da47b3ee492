"""`python -m turnstile_lsp.agents.daemon`: become a daemon and return when clients can connect.

Prints nothing when a daemon accepts clients, this or another; else a typed error as JSON.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import BinaryIO

import msgspec

from turnstile_lsp.agents.daemon.lock import Lock, acquire, holder
from turnstile_lsp.agents.daemon.places import private_folder, runtime_folder, socket_path
from turnstile_lsp.agents.errors import TurnstileError

LOG_BYTES = 1_000_000
_LOCK_SECONDS = 30.0


def main() -> None:
    """Fork; the parent waits until the child accepts clients or says why not, and repeats what it says."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with open(reading, "rb") as said:
            sys.stdout.buffer.write(said.read())
        return
    os.close(reading)
    with open(writing, "wb") as parent:
        try:
            _become_daemon(ready=parent.close)
        except TurnstileError as error:
            _tell(parent, error)
        except Exception as error:
            logging.exception("the daemon failed")
            _tell(parent, TurnstileError(f"Turnstile's daemon failed ({error!r}); its log daemon.log says more."))
        finally:
            # Not an orderly exit: a worker that does not end must not keep the daemon; it dies with it.
            parent.close()
            logging.shutdown()
            os._exit(0)


def _tell(parent: BinaryIO, error: TurnstileError) -> None:
    if not parent.closed:
        parent.write(msgspec.json.encode(error.to_wire()))


def _become_daemon(ready: Callable[[], None]) -> None:
    runtime = private_folder(runtime_folder())
    lock = _wait_for_lock(runtime)
    if lock is None:
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    _start_log(runtime / "daemon.log")
    asyncio.run(_serve(runtime, lock, ready))


def _wait_for_lock(runtime: Path) -> Lock | None:
    """The lock, or None when another daemon already accepts clients. One that is ending is waited for."""
    patience = time.monotonic() + _LOCK_SECONDS
    while time.monotonic() < patience:
        if lock := acquire(runtime):
            return lock
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(socket_path(runtime))) == 0:
                return None
        time.sleep(0.02)
    other = holder(runtime)
    raise TurnstileError(
        f"Another daemon of Turnstile ({f'process {other.pid}' if other else 'unknown'}) accepts no clients and does "
        "not end.",
        "turnstile daemon stop",
    )


def _start_log(path: Path) -> None:
    """A rotating log of methods, times and failures; never of documents."""
    from turnstile_lsp.agents.tracing import RequestIdFilter

    log = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2, delay=True)
    log.addFilter(RequestIdFilter())
    logging.basicConfig(
        level=logging.INFO,
        handlers=[log],
        format="%(asctime)s %(process)d %(levelname)s %(name)s [%(request_id)s] %(message)s",
    )
    # A full disk must not take the daemon along.
    logging.raiseExceptions = False
    for chatty in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


async def _serve(runtime: Path, lock: Lock, ready: Callable[[], None]) -> None:
    from turnstile_lsp.agents.daemon.server import Server

    _log_standard_error()
    await Server(runtime, lock).run(ready)


def _log_standard_error() -> None:
    """What libraries and child processes write to standard error goes into the same rotating log."""
    reading, writing = os.pipe()
    os.dup2(writing, 2)
    os.close(writing)
    os.set_blocking(reading, False)
    standard_error = logging.getLogger("stderr")

    def take() -> None:
        for line in os.read(reading, 65536).decode(errors="replace").splitlines():
            standard_error.info("%s", line[:1000])

    asyncio.get_running_loop().add_reader(reading, take)


if __name__ == "__main__":
    main()
