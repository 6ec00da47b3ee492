"""How a model is named, everywhere: a card's name, a `.gguf` file, or `URL#name` of a server."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from turnstile_lsp.agents.errors import InvalidRequest, ModelNotFound
from turnstile_lsp.agents.models.store import Card, shipped_cards


class LocalModel(Struct, frozen=True, kw_only=True, tag="local"):
    """A GGUF file on this machine; `name` is what answers are labelled with."""

    name: str
    path: str
    card: Card | None = None


class RemoteModel(Struct, frozen=True, kw_only=True, tag="remote"):
    """A model of an OpenAI-compatible server; `url` is the base that ends in `/v1`."""

    name: str
    url: str
    card: Card | None = None


ModelReference = LocalModel | RemoteModel


def resolve(name: str, folder: Path | None = None) -> ModelReference:
    """The model that a setting, an option or the environment names; a relative file is taken from `folder`.

    Raises `InvalidRequest` for a name that cannot be one, `ModelNotFound` for a card that does not exist.
    Whether the file or the server is there shows when it is first used.
    """
    name = name.strip()
    if name.startswith(("http://", "https://")):
        return _remote(name)
    if name.lower().endswith(".gguf"):
        path = (folder or Path.cwd()) / Path(name).expanduser()
        return LocalModel(name=path.stem, path=os.path.normpath(path))
    cards = shipped_cards()
    if name in cards:
        card, path = cards[name]
        return LocalModel(name=card.name, path=str(path), card=card)
    known = ", ".join(sorted(cards)) or "none"
    raise ModelNotFound(
        f"There is no model {name!r}; name a card ({known}), a file that ends in .gguf, or URL#name of a server."
    )


def _remote(name: str) -> RemoteModel:
    url, _, model = name.partition("#")
    url = url.rstrip("/")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise InvalidRequest("A server's URL must not hold a key or a password; set TURNSTILE_KEY instead.")
    if not parts.netloc or not model or not parts.path.endswith("/v1") or parts.query:
        raise InvalidRequest(
            f"{name!r} does not name a server's model; write the base that ends in /v1, # and the model's name, "
            "as in http://localhost:8000/v1#deepseek-coder-v2-lite-base."
        )
    card, _ = shipped_cards().get(model, (None, None))
    return RemoteModel(name=model, url=url, card=card)
