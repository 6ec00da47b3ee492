"""What was offered to the user, and what became of it: counted, never kept as text on disk."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import msgspec
from lsprotocol import types
from msgspec import Struct

from turnstile_lsp.agents.coder.complete import Completion
from turnstile_lsp.agents.coder.statistics import Event, Statistics
from turnstile_lsp.lsp_server.completion_items import Place
from turnstile_lsp.lsp_server.text_document import TextDocument

_REMEMBERED = 64


class Offer(Struct, kw_only=True):
    """A completion that was sent to the editor, and where. `shown`: as far as the editor has told."""

    number: int
    uri: str
    language: str
    position: types.Position
    completion: Completion
    shown: bool = False


class _About(Struct, frozen=True):
    """Parameters of `turnstile/shown` and `turnstile/rejected`, and the argument of `turnstile.accepted`: an item's `id`."""

    id: int


class Offers:
    """The latest offers of one connection, by number."""

    def __init__(self) -> None:
        self._offers: OrderedDict[int, Offer] = OrderedDict()
        self._open: dict[str, list[Offer]] = {}
        self._statistics = Statistics()
        self._number = 0

    def clear(self, uri: str) -> None:
        """What was offered in a document before is on the screen no more."""
        self._open.pop(uri, None)

    def offer(self, place: Place, completion: Completion) -> Offer:
        """Number a completion that is being sent. The rest of one that the user types along counts once."""
        self._number += 1
        document = place.document
        offer = Offer(
            number=self._number,
            uri=document.uri,
            language=document.language_id or "",
            position=place.range.start,
            completion=completion,
        )
        self._offers[offer.number] = offer
        self._open.setdefault(offer.uri, []).append(offer)
        if len(self._offers) > _REMEMBERED:
            self._offers.popitem(last=False)
        if not completion.typed_ahead:
            self._count(Event.OFFERED, offer)
        return offer

    def shown(self, params: Any) -> None:
        """The editor has put an item on the screen."""
        if (offer := self._offers.get(_number(params))) is not None and not offer.shown:
            offer.shown = True
            self._count(Event.SHOWN, offer)

    def rejected(self, params: Any) -> None:
        """The user has dismissed an item."""
        if (offer := self._offers.pop(_number(params), None)) is not None:
            self._count(Event.REJECTED, offer)

    def accepted(self, argument: Any) -> Offer | None:
        """The user has taken a whole item; the offer, unless that was said before."""
        if (offer := self._offers.pop(_number(argument), None)) is not None:
            self._count(Event.ACCEPTED, offer)
        return offer

    def changed(self, document: TextDocument, change: types.TextDocumentContentChangeEvent) -> None:
        """A change of a document: where several characters that begin an offer come in at once, a part of it was taken.
        What comes character by character was typed, and brackets alone may have been put in by the editor."""
        offers = self._open.pop(document.uri, [])
        if not isinstance(change, types.TextDocumentContentChangePartial) or change.range.start != change.range.end:
            return
        text = change.text
        if len(text) < 2 or not any(map(str.isalnum, text)):
            return
        for offer in offers:
            whole = offer.completion.text
            if offer.position == change.range.start and whole.startswith(text) and len(text) < len(whole):
                self._count(Event.PARTLY_ACCEPTED, offer, len(text))
                return

    async def close(self) -> None:
        """Write the last counts."""
        await self._statistics.close()

    def _count(self, event: Event, offer: Offer, characters: int | None = None) -> None:
        completion = offer.completion
        length = len(completion.text) if characters is None else characters
        self._statistics.count(event, language=offer.language, model=completion.model, characters=length)


def _number(params: Any) -> int:
    """The offer's number in what a client sent; 0, which none has, where there is none."""
    try:
        return msgspec.convert(params._asdict() if hasattr(params, "_asdict") else params, _About).id
    except msgspec.ValidationError:
        return 0
