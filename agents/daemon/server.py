"""The daemon: one process per user and runtime folder that lends engines, Lean sessions and prover jobs."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from turnstile_lsp import __version__
from turnstile_lsp.agents import places
from turnstile_lsp.agents.daemon import messages, protocol
from turnstile_lsp.agents.daemon.configuration import Configuration
from turnstile_lsp.agents.daemon.connection import Call, Connection, Method
from turnstile_lsp.agents.daemon.jobs import Jobs
from turnstile_lsp.agents.daemon.lean import LeanSessions
from turnstile_lsp.agents.daemon.lock import Lock
from turnstile_lsp.agents.daemon.models import Models
from turnstile_lsp.agents.daemon.parts import create_engine, create_pool
from turnstile_lsp.agents.daemon.places import peer_is_this_user, socket_path
from turnstile_lsp.agents.errors import TurnstileError

log = logging.getLogger(__name__)

HELLO_SECONDS = 10.0
STOP_SECONDS = 10.0
FIRST_CLIENT_SECONDS = 10.0
"""How long whoever started the daemon may need to come: on a busy machine longer than a short idle time."""


class Server:
    """Accepts clients until it is stopped, has been idle for long, or meets a client of another version.

    In the last case it *drains*: it gives up the socket and the lock, so that a daemon of the new version can start,
    serves the clients and jobs that it has, and ends with the last of them.
    """

    def __init__(self, runtime: Path, lock: Lock) -> None:
        self._path = socket_path(runtime)
        self._lock = lock
        self._configuration = Configuration()
        self._clients: set[Connection] = set()
        self._started = time.monotonic()
        self._last_busy = self._started + FIRST_CLIENT_SECONDS
        self._stopped = asyncio.Event()
        self._models = Models(create_engine)
        self._lean = LeanSessions(lambda: create_pool(self._configuration.settings))
        lent = {**self._models.methods(), **self._lean.methods()}
        self._jobs = Jobs(places.data_folder() / "jobs", lent)
        self._methods: Mapping[str, Method] = {
            **lent,
            **self._jobs.methods(),
            "daemon.status": Method(messages.Nothing, self._status),
            "daemon.stop": Method(messages.Nothing, self._stop),
        }
        self._listening: asyncio.Server | None = None

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve; `ready` is called once clients can connect. Returns when everything that was started has ended."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        await self._listen()
        log.info("daemon %s listens", __version__)
        ready()
        watching = asyncio.create_task(self._watch())
        await self._stopped.wait()
        watching.cancel()
        # The lock is kept to the end: the next daemon starts when this one's memory is free.
        self._stop_listening()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*(client.close() for client in list(self._clients)))
                await self._jobs.close()
                await asyncio.gather(self._models.close(), self._lean.close())
        except TimeoutError:
            log.error("not everything ended in time; what is left dies with this process")
        log.info("daemon ended")

    async def _listen(self) -> None:
        self._path.unlink(missing_ok=True)
        previous = os.umask(0o177)
        try:
            self._listening = await asyncio.start_unix_server(self._accept, self._path, limit=protocol.READ_AHEAD_BYTES)
        finally:
            os.umask(previous)

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._path.unlink(missing_ok=True)
            self._listening.close()
            self._listening = None

    def _drain(self) -> None:
        self._stop_listening()
        self._lock.release()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self._methods)
        self._last_busy = time.monotonic()  # whoever is being welcomed must not meet the end of the idle time
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                accepted = peer_is_this_user(writer.get_extra_info("socket")) and await self._greet(connection)
        except (TurnstileError, TimeoutError) as error:
            log.warning("not a client: %r", error)
            accepted = False
        if not accepted:
            await connection.close()
            return
        self._clients.add(connection)
        try:
            await connection.run()
        finally:
            self._clients.discard(connection)
            self._last_busy = time.monotonic()

    async def _greet(self, connection: Connection) -> bool:
        hello = await connection.receive()
        if not isinstance(hello, protocol.Hello):
            return False
        same_version = (hello.protocol, hello.package) == (protocol.PROTOCOL, __version__)
        if not same_version:
            log.info("a client of version %s came: draining", hello.package)
            self._drain()
        accepted = same_version and self._listening is not None and not self._stopped.is_set()
        await connection.send(protocol.Welcome(protocol.PROTOCOL, __version__, os.getpid(), accepted))
        return accepted

    async def _watch(self) -> None:
        """Everything that happens by the clock."""
        while True:
            before = self._configuration.settings
            await asyncio.sleep(min(1.0, before.idle_seconds / 4))
            self._configuration.reload()
            settings = self._configuration.settings
            try:
                if settings != before:
                    log.info("settings in force: %s", settings)
                    await self._lean.renew()
                await self._models.close_idle(settings.model_idle_seconds)
            except Exception:
                log.exception("a worker did not close")
            now = time.monotonic()
            if self._clients or self._jobs.running:
                self._last_busy = now
            elif self._listening is None or now - self._last_busy >= settings.idle_seconds:
                self._stopped.set()

    async def _status(self, call: Call, body: messages.Nothing) -> messages.Status:
        return messages.Status(
            pid=os.getpid(),
            package=__version__,
            protocol=protocol.PROTOCOL,
            seconds=round(time.monotonic() - self._started, 1),
            draining=self._listening is None,
            clients=len(self._clients),
            requests=sum(client.requests for client in self._clients) - 1,
            lean_leases=self._lean.leases,
            models=await self._models.status(),
            jobs=await self._jobs.all(),
            processes=await asyncio.to_thread(child_processes),
            settings=msgspec.to_builtins(self._configuration.settings),
        )

    async def _stop(self, call: Call, body: messages.Nothing) -> None:
        self._stopped.set()


def child_processes() -> list[messages.ProcessStatus]:
    """All processes below this one."""
    import psutil

    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            megabytes = round(process.memory_info().rss / 1e6, 1)
            found.append(messages.ProcessStatus(pid=process.pid, name=process.name(), memory_megabytes=megabytes))
        except psutil.Error:
            continue
    return found
