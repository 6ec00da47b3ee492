"""Ghost text in tactic blocks: tactics that have already run at the very goal at the cursor.

What is known is shown at once, also while the user types along. Something new is tried only on a Lean that runs anyway and
that nobody uses: a keystroke starts none and waits for none. One place is tried at a time, the newest.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from contextlib import aclosing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.lean.project import project_root
from turnstile_lsp.agents.prover.cursor import Gap, gaps, typed_from
from turnstile_lsp.agents.prover.results import ProveRequest, Suggested
from turnstile_lsp.agents.prover.suggested import outcome
from turnstile_lsp.lsp_server.lean_text import is_gap
from turnstile_lsp.lsp_server.server import ACCEPTED
from turnstile_lsp.lsp_server.status import State
from turnstile_lsp.lsp_server.text_document import TextDocument

if TYPE_CHECKING:
    from turnstile_lsp.agents.lean.base import Session as LeanSession
    from turnstile_lsp.lsp_server.session import Session

SECONDS = 1.0
"""For one place."""
ITEMS = 3
REACH = 300
"""Lines on both sides of the cursor that are looked at."""
MOST_LINES = 20_000
"""In a longer document no tactic is tried: Lean would not have read it in time, and it is compared as a whole."""
_REMEMBERED = 64


class Known(NamedTuple):
    """A tactic for a place, as it stands there."""

    text: str
    suggested: Suggested


class GhostTactics:
    """One connection's."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: OrderedDict[bytes, list[Known]] = OrderedDict()
        self._turn = asyncio.Lock()
        self._newest: asyncio.Task[None] | None = None

    async def items(self, document: TextDocument, position: types.Position) -> list[types.InlineCompletionItem] | None:
        """What to show at a position, the best first; None where no tactic could begin and none was begun that is known."""
        if len(document.lines) > MOST_LINES:
            return None
        line, column = document.line_and_column(position)
        window, first = document.window(line, REACH)
        offset = sum(map(len, document.lines[first:line])) + column
        skipped = sum(map(len, document.lines[:first]))
        if window[offset : window.find("\n", offset) if "\n" in window[offset:] else None].strip():
            return None
        began = typed_from(window, offset)
        if typed := window[began:offset]:
            return self._typed_along(document, skipped + began, typed) or None
        if not is_gap(window, offset):
            return None
        gap = gaps(window, offset)[0]
        if gap.tail or "\n" in gap.lead:
            return None
        gap = Gap(start=gap.start + skipped, end=gap.end + skipped, lead=gap.lead)
        text = document.text
        key = _key(text[: gap.start] + gap.lead, text[gap.end :])
        if key not in self._known:
            await self._search(document, text, gap)
        known = self._known.get(key, [])[:ITEMS]
        return [_item(document, gap, gap.lead + each.text, each.suggested) for each in self._told(known)]

    def note(self, text: str, suggested: Suggested) -> None:
        """Remember a tactic that has run in a document."""
        tactic = suggested.replacement.lstrip()
        lead = suggested.replacement[: len(suggested.replacement) - len(tactic)]
        key = _key(text[: suggested.start_offset] + lead, text[suggested.end_offset :])
        known = self._known.setdefault(key, [])
        known.append(Known(tactic, suggested))
        known.sort(key=lambda each: not each.suggested.verified)
        self._known.move_to_end(key)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _typed_along(self, document: TextDocument, began: int, typed: str) -> list[types.InlineCompletionItem]:
        """What is known for the place where the tactic began and goes on as it did."""
        text, end = document.text, began + len(typed)
        known = self._known.get(_key(text[:began], text[end:]), [])
        fitting = [each for each in known if each.text.startswith(typed) and each.text != typed][:ITEMS]
        gap = Gap(start=end, end=end)
        return [_item(document, gap, each.text[len(typed) :], each.suggested) for each in self._told(fitting)]

    def _told(self, known: list[Known]) -> list[Known]:
        """The status says what the first one leaves."""
        if known:
            best = known[0].suggested
            message = f"{best.tactic.partition(chr(10))[0]}: {outcome(best)}."
            self._session.status.set(State.READY, message, model=best.finder, goals=len(best.goals))
        return known

    async def _search(self, document: TextDocument, text: str, gap: Gap) -> None:
        """Try tactics in a gap, unless a newer request comes. A cancelled request does not break Lean off in its work."""
        self._newest = searching = asyncio.create_task(self._in_turn(document, text, gap))
        await asyncio.shield(searching)

    async def _in_turn(self, document: TextDocument, text: str, gap: Gap) -> None:
        mine = asyncio.current_task()
        async with self._turn:
            if self._newest is not mine:
                return
            try:
                session = await self._lean(document, text)
                if session is not None:
                    try:
                        await self._try(session, text, gap)
                    finally:
                        await session.close()
            except TurnstileError:
                return  # nobody has asked for it

    async def _lean(self, document: TextDocument, text: str) -> LeanSession | None:
        path = Path(document.path) if document.path else None
        project = project_root(path) if path else None
        if project is not None and not self._session.configuration.is_trusted(document.uri):
            return None
        await asyncio.to_thread(_load)
        from turnstile_lsp.agents.prover.prove import import_lines

        folder = str(path.parent) if path and path.parent.is_dir() else "/tmp"
        lean = (await self._session.daemon.get()).lean()
        return await lean.warm_session(None if project is None else str(project), folder, import_lines(text))

    async def _try(self, session: LeanSession, text: str, gap: Gap) -> None:
        from turnstile_lsp.agents.prover.spot import in_gap
        from turnstile_lsp.agents.prover.suggest import at_spot

        mine = asyncio.current_task()
        if (spot := await in_gap(session, text, gap)) is None:
            return
        request = ProveRequest(text=text, budget=SECONDS)
        async with aclosing(at_spot(spot, session, request, None, quick=True)) as found:
            async for each in found:
                self.note(text, each)
                if each.verified or self._newest is not mine:
                    return


def _load() -> None:
    """The prover is imported when it is first needed, apart from the loop: that takes a while."""
    import_module("turnstile_lsp.agents.prover.suggest")


def _key(before: str, after: str) -> bytes:
    return hashlib.sha256(f"{len(before)} {before}{after}".encode("utf-8", "surrogatepass")).digest()


def _item(document: TextDocument, gap: Gap, text: str, suggested: Suggested) -> types.InlineCompletionItem:
    said = {
        "id": 0,
        "finder": suggested.finder,
        "goals": len(suggested.goals),
        "verified": suggested.verified,
        "milliseconds": round(suggested.milliseconds, 1),
    }
    title = f"Tactic by {suggested.finder}: {outcome(suggested)}"
    command = types.Command(title, ACCEPTED, arguments=[said])
    return types.InlineCompletionItem(text, range=document.range(gap.start, gap.end), command=command)
