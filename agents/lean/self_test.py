"""Candidates whose verdict is known, judged at start by a Lean of another version than the tested one."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from turnstile_lsp.agents.lean.base import Judgement


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
