"""One Lean process that runs the driver: started, asked, watched, killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import tempfile
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import psutil

from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.lean import confine, driver, embedded
from turnstile_lsp.agents.lean.base import Toolchain
from turnstile_lsp.agents.places import cache_folder
from turnstile_lsp.agents.processes import child_arguments

START_SECONDS = 240.0
"""A start takes under ten seconds on a quiet machine, minutes on one that swaps."""
STILL_SECONDS = 15.0
"""A process that is asked something and uses no processor for so long hangs: one with a full WebAssembly heap does."""
GIVEN_UP_SECONDS = 2.0
"""How long a request may go on that nobody waits for."""
LINE_LIMIT = 1 << 28
NICENESS = 5
SCRATCH = "turnstile-lean-"
"""What the name of a native Lean's scratch folder begins with."""
EMBEDDED_MEMORY, NATIVE_MEMORY = 6 << 30, 16 << 30
"""Bytes that a process may take at all; sessions start it anew long before. Node reserves more than it uses."""
EXHAUSTED = {
    b"Maximum call stack size exceeded": "something in the text is nested, or calls itself, too deeply",
    b"Stack overflow detected": "something in the text is nested, or calls itself, too deeply",
    b"Lean's heap is full": "the text needs more memory than it has",
    b"out of memory": "the text needs more memory than it has",
}
"""What a process that is about to end says of its reason, and the same for a person."""
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "TURNSTILE_NODE")


class DriverRefused(LeanFailed):
    """The driver could not do what it was asked; the process goes on."""


class LeanStopped(LeanFailed):
    """The process ended, hung or was killed; what it held is gone."""


class LeanExhausted(LeanStopped):
    """The process ended by what the text demands of it: the same text would end the next one too."""


class Reply(msgspec.Struct):
    """One line of the driver."""

    id: int | None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: str | None = None


class LeanProcess:
    """A running driver, asked one thing at a time.

    A request whose caller is cancelled goes on for a while; if it does not end by itself, the process is killed.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, mark: bytes, scratch: tempfile.TemporaryDirectory[str] | None
    ) -> None:
        self._process = process
        self._scratch = scratch
        self._mark = mark
        self._noise: deque[str] = deque(maxlen=5)
        self._exhausted: str | None = None
        self._exchange: asyncio.Task[Reply] | None = None
        self._requests = 0
        self._killed = False

    @classmethod
    async def start(cls, toolchain: Toolchain, *, seconds: float = START_SECONDS) -> LeanProcess:
        """Start Lean, confined, and wait until the driver is ready. Raises LeanStopped."""
        mark = secrets.token_hex(8) + " "
        cache = cache_folder() / "lean" / "driver" if toolchain.embedded else None
        scratch = (
            None if toolchain.embedded else tempfile.TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True)
        )
        async with driver.launch(toolchain.command, _environment(toolchain, ()), cache_folder=cache) as launch:
            command, environment = _confined(toolchain, launch, scratch.name if scratch else None)
            process = await asyncio.create_subprocess_exec(
                *child_arguments(command, niceness=NICENESS),
                cwd=toolchain.working_folder,
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                limit=LINE_LIMIT,
                start_new_session=True,
            )
            lean = cls(process, mark.encode(), scratch)
            try:
                await lean._ask({"mark": mark}, seconds)
            except BaseException:
                await lean.close()
                raise
        return lean

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs, as the system says at this moment."""
        return not self._killed and self._process.returncode is None and self.memory() > 0

    def memory(self) -> int:
        """Resident bytes, 0 when it is gone or about to be."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    async def request(
        self, operation: str, *, seconds: float, given_up_seconds: float = GIVEN_UP_SECONDS, **fields: Any
    ) -> msgspec.Raw:
        """Ask and wait for the answer. After `seconds` the process is killed, and `given_up_seconds` after the caller
        was cancelled. Raises LeanStopped, DriverRefused.
        """
        await self.idle()
        self._requests += 1
        reply = await self._ask({"id": self._requests, "op": operation, **fields}, seconds, given_up_seconds)
        if reply.error is not None:
            raise DriverRefused(f"Lean could not do that: {reply.error}")
        return reply.result

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        if self._exchange is not None:
            await asyncio.wait([self._exchange])

    def kill(self) -> None:
        """Kill it at once; idempotent."""
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def close(self) -> None:
        """Kill it and wait until it is gone and its streams are closed."""
        self.kill()
        await self._process.wait()
        await self.idle()
        if self._process.stderr is not None:
            await self._process.stderr.read()
        if self._scratch is not None:
            self._scratch.cleanup()

    async def _ask(self, body: dict[str, Any], seconds: float, given_up_seconds: float = GIVEN_UP_SECONDS) -> Reply:
        if not self.alive or self._process.stdin is None:
            raise LeanStopped(self._why())
        self._exchange = asyncio.create_task(self._converse(self._process.stdin, msgspec.json.encode(body) + b"\n"))
        self._exchange.add_done_callback(_take_notice)
        watch = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._exchange)
        except TimeoutError:
            self.kill()
            raise LeanStopped(f"Lean did not answer within {seconds:.0f} s and was stopped.") from None
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(given_up_seconds, self._kill_if_busy, self._exchange)
            raise
        finally:
            watch.cancel()

    def _kill_if_busy(self, exchange: asyncio.Task[Reply]) -> None:
        if not exchange.done():
            self.kill()

    async def _converse(self, stdin: asyncio.StreamWriter, line: bytes) -> Reply:
        try:
            stdin.write(line)
            await stdin.drain()
            return await self._answer()
        except (ConnectionError, ValueError) as error:  # a broken pipe, a line over the limit
            self.kill()
            raise LeanStopped(f"{self._why()} ({error})") from error

    async def _answer(self) -> Reply:
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            if line.startswith(self._mark):
                self._noise.clear()
                return msgspec.json.decode(line[len(self._mark) :], type=Reply)
            self._noise.append(line.decode(errors="replace").strip())
            self._exhausted = next((why for words, why in EXHAUSTED.items() if words in line), self._exhausted)
        await self._process.wait()
        if self._exhausted is not None:
            raise LeanExhausted(f"Lean stopped: {self._exhausted}. Simplify the text; Lean is started anew.")
        raise LeanStopped(self._why())

    async def _watch(self) -> None:
        """Kill the process when it hangs."""
        used, still = -1.0, 0.0
        while self.alive and still < STILL_SECONDS:
            await asyncio.sleep(1.0)
            try:
                times = psutil.Process(self.pid).cpu_times()
            except psutil.Error:
                return
            still = still + 1.0 if times.user + times.system - used < 0.02 else 0.0
            used = times.user + times.system
        if self.alive:
            self._noise.append("It did nothing for too long; its memory may be full.")
            self.kill()

    def _why(self) -> str:
        last = f" Its last words: {' / '.join(self._noise)}" if self._noise else ""
        return f"Lean stopped (exit code {self._process.returncode}).{last} Ask again: it is started anew."


def _take_notice(exchange: asyncio.Task[Reply]) -> None:
    """Its failure may be nobody's concern: the caller may have been cancelled."""
    if not exchange.cancelled():
        exchange.exception()


async def prepare(toolchain: Toolchain) -> None:
    """Start Lean once and stop it, so that what is compiled for it is there. Raises LeanFailed."""
    await (await LeanProcess.start(toolchain)).close()


def _arguments(toolchain: Toolchain) -> list[str]:
    setup = toolchain.setup or {}
    return [
        "-DmaxErrors=1000000",
        *(f"--load-dynlib={library}" for library in setup.get("dynlibs", ())),
        *(f"--plugin={plugin}" for plugin in setup.get("plugins", ()) if isinstance(plugin, str)),
    ]


def _confined(toolchain: Toolchain, launch: driver.Launch, scratch: str | None) -> tuple[list[str], dict[str, str]]:
    """The command that starts Lean in its sandbox, and its environment. An embedded Lean reads the folders of its search
    path and its working folder alone, and has no scratch folder."""
    command, environment = tuple(toolchain.command), _environment(toolchain, launch.lean_path)
    arguments = [*_arguments(toolchain), str(launch.file)]
    if scratch is None:
        folders: list[str | Path] = [*toolchain.lean_path, launch.file.parent, toolchain.working_folder]
        command, more = embedded.confined(command, [Path(folder) for folder in folders])
        return confine.confined([*command, *arguments], memory=EMBEDDED_MEMORY), environment | more
    confined = confine.confined([*command, *arguments], writable=[scratch], memory=NATIVE_MEMORY)
    return confined, {**environment, "TMPDIR": scratch}


def _environment(toolchain: Toolchain, more_folders: Sequence[str]) -> dict[str, str]:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if folders := [*toolchain.lean_path, *more_folders]:
        environment["LEAN_PATH"] = os.pathsep.join(folders)
    return environment
