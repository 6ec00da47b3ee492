"""Candidates whose verdict is known, judged at start by a Lean of another version than the tested one."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.errors import LeanFailed
from turnstile_lsp.agents.lean.base import Judgement, Toolchain
from turnstile_lsp.agents.lean.document import DriverProgress, DriverVerdict
from turnstile_lsp.agents.lean.process import DriverRefused, LeanProcess

TESTED_VERSION = "4.28."
SECONDS = 300.0


class Known(Struct, frozen=True):
    """A command with one `sorry`, a replacement for it, and the verdict. All ASCII: bytes are code points."""

    command: str
    replacement: str
    judgement: Judgement

    def fields(self, state: int) -> dict[str, Any]:
        """The driver's `check` request, in the state before the command."""
        start = self.command.index("sorry")
        return {
            "state": state,
            "original": self.command,
            "candidate": self.command.replace("sorry", self.replacement),
            "start": start,
            "end": start + len("sorry"),
            "new_end": start + len(self.replacement),
        }


KNOWN = (
    Known("theorem t (p q : Prop) (h : p /\\ q) : q /\\ p := by sorry", "exact And.intro h.2 h.1", Judgement.VERIFIED),
    Known("theorem t (n : Nat) : n + 0 = n := sorry", "rfl", Judgement.VERIFIED),
    Known("theorem t : 2 + 2 = 5 := by sorry", "decide", Judgement.REJECTED),
    Known("theorem t : 2 + 2 = 5 := by sorry", "native_decide", Judgement.REJECTED),
    Known(
        "theorem t : 2 + 2 = 5 := by sorry",
        "set_option debug.skipKernelTC true in exact (Nat.le_refl 4 : _)",
        Judgement.REJECTED,
    ),
)


async def run(process: LeanProcess, toolchain: Toolchain) -> None:
    """Have the known candidates judged, unless this is the tested version. Raises LeanFailed when the driver misjudges."""
    if toolchain.version.startswith(TESTED_VERSION):
        return
    for known in KNOWN:
        try:
            judgement = await _judgement(process, known)
        except (DriverRefused, msgspec.ValidationError, IndexError):
            judgement = None
        if judgement is not known.judgement:
            await process.close()
            raise LeanFailed(
                f"This Turnstile does not understand Lean {toolchain.version}: its driver misjudged a known proof, so no "
                f"verdicts are given. Use Lean {TESTED_VERSION}x or a newer Turnstile."
            )


async def _judgement(process: LeanProcess, known: Known) -> Judgement:
    await process.request("document", seconds=SECONDS, text=known.command, options=[])
    raw = await process.request("advance", seconds=SECONDS, milliseconds=250)
    fields = known.fields(msgspec.json.decode(raw, type=DriverProgress).commands[0].state)
    said = msgspec.json.decode(await process.request("check", seconds=SECONDS, **fields), type=DriverVerdict)
    if bytes(said.claim):
        raw = await process.request("judge", seconds=SECONDS, claim=said.claim, **fields)
        said = msgspec.json.decode(raw, type=DriverVerdict)
    return said.judgement
