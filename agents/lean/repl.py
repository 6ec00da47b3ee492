"""The community REPL's format on two streams: JSON requests and answers, separated by blank lines.

See https://github.com/leanprover-community/repl. Pickling is not offered.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any, TextIO

import msgspec

from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.base import Session


async def serve(stdin: TextIO, stdout: TextIO, session: Session) -> None:
    """Answer requests until the end of input. What fails is answered with a `message`, as that REPL does."""
    lines = _lines_of(stdin)
    request: list[str] = []
    while True:
        line = await lines.get()
        if line.strip():
            request.append(line)
            continue
        if request:
            reply = await _answer("".join(request), session)
            stdout.write(msgspec.json.format(msgspec.json.encode(reply), indent=1).decode() + "\n\n")
            stdout.flush()
            request = []
        if not line:
            return


def _lines_of(stdin: TextIO) -> asyncio.Queue[str]:
    """The stream's lines, read by a thread that does not keep the program alive; an empty one is its end."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        line = "\n"
        while line:
            line = stdin.readline()
            loop.call_soon_threadsafe(lines.put_nowait, line)

    threading.Thread(target=read, daemon=True).start()
    return lines


async def _answer(text: str, session: Session) -> dict[str, Any]:
    try:
        request = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        return {"message": f"Could not parse JSON:\n{error}"}
    if "pickleTo" in request or "unpickleEnvFrom" in request or "unpickleProofStateFrom" in request:
        return {"message": "Turnstile keeps environments and proof states in memory only; it does not pickle them."}
    try:
        if isinstance(path := request.pop("path", None), str):
            request["cmd"] = await asyncio.to_thread(Path(path).read_text, encoding="utf-8")
        return await session.community(request)
    except (OSError, UnicodeDecodeError) as error:
        return {"message": f"{path} cannot be read: {error}"}
    except TurnstileError as error:
        return {"message": error.message}
