"""The table of languages: names and overlay from here, file patterns from linguist and Pygments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec
from pygments.lexers import get_all_lexers
from tree_sitter_language_pack import SupportedLanguage

from turnstile_lsp.agents.coder.languages import Language

HERE = Path(__file__).parent
_PATTERN = re.compile(r"\*?[^*\[\]?]+")


class SourceLanguage(msgspec.Struct, frozen=True):
    """A language as linguist or Pygments has it; its patterns, the most typical first."""

    name: str
    aliases: Sequence[str]
    patterns: Sequence[str]


class Comments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Languages that share their comment marks."""

    languages: tuple[str, ...]
    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()


class Quotes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Languages that share what delimits their strings."""

    languages: tuple[str, ...]
    marks: tuple[str, ...]


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`overlay.toml`; what each table means is said there."""

    common: tuple[str, ...]
    linguist: dict[str, str]
    patterns: dict[str, tuple[str, ...]]
    owners: dict[str, str]
    ids: dict[str, tuple[str, ...]]
    grammars: dict[str, str]
    blocks: dict[Literal["indent", "end", "none"], tuple[str, ...]]
    quotes: tuple[Quotes, ...]
    comments: tuple[Comments, ...]


def names() -> list[str]:
    """The 338 names of DeepSeek-Coder-V2's list."""
    return (HERE / "names.txt").read_text().split("\n")[:338]


def overlay() -> Overlay:
    """The hand-written part."""
    return msgspec.toml.decode((HERE / "overlay.toml").read_bytes(), type=Overlay)


def pygments() -> list[SourceLanguage]:
    """What Pygments knows."""
    return [SourceLanguage(name, aliases, patterns) for name, aliases, patterns, _ in get_all_lexers()]


def table(linguist: Iterable[SourceLanguage]) -> list[Language]:
    """All languages, in the order of the names. Raises ValueError where the sources contradict each other."""
    hand = overlay()
    wanted = [*names(), *hand.common]
    _reject_unknown(hand, wanted)
    patterns = _patterns(hand, wanted, _named(linguist), _named(pygments()))
    comments = {name: group for group in hand.comments for name in group.languages}
    quotes = {name: group.marks for group in hand.quotes for name in group.languages}
    blocks = {name: kind for kind, members in hand.blocks.items() for name in members}
    ids = {name: hand.ids.get(name, (_plain(name),)) for name in wanted}
    _reject_shared((id_, name) for name in wanted for id_ in ids[name])
    return [
        Language(
            name=name,
            ids=ids[name],
            patterns=patterns[name],
            line_comments=comments[name].line,
            block_comments=comments[name].block,
            quotes=quotes.get(name, ('"', "'")),
            blocks=blocks.get(name, "braces"),
            grammar=_grammar(name, hand.grammars.get(name), ids[name]),
        )
        for name in wanted
    ]


def written(languages: Sequence[Language]) -> bytes:
    """The table as JSON, a language a line."""
    return b"[\n" + b",\n".join(msgspec.json.encode(language) for language in languages) + b"\n]\n"


def _plain(name: str) -> str:
    return name.lower().replace(" ", "")


def _named(sources: Iterable[SourceLanguage]) -> dict[str, SourceLanguage]:
    """By name and, where no name is in the way, by alias."""
    known = list(sources)
    aliases = {alias: source for source in reversed(known) for alias in source.aliases}
    return aliases | {_plain(source.name): source for source in known}


def _patterns(
    hand: Overlay, wanted: Sequence[str], linguist: dict[str, SourceLanguage], pygments: dict[str, SourceLanguage]
) -> dict[str, tuple[str, ...]]:
    """Each language's own patterns; what several claim belongs to the one that `_owner` says."""
    claimed: dict[str, list[str]] = {}
    for name in wanted:
        in_linguist = linguist.get(_plain(hand.linguist.get(name, name)))
        source = in_linguist or pygments.get(_plain(name))
        claims = hand.patterns.get(name, source.patterns if source else ())
        claimed[name] = [pattern for pattern in claims if _PATTERN.fullmatch(pattern)]
    owners = {pattern: _owner(hand, pattern, claimed) for claims in claimed.values() for pattern in claims}
    return {name: tuple(pattern for pattern in claimed[name] if owners[pattern] == name) for name in wanted}


def _owner(hand: Overlay, pattern: str, claimed: dict[str, list[str]]) -> str:
    if pattern in hand.owners:
        return hand.owners[pattern]
    places = sorted((claims.index(pattern), name) for name, claims in claimed.items() if pattern in claims)
    if len(places) > 1 and places[0][0] == places[1][0]:
        raise ValueError(f"{pattern} is claimed by {places[0][1]} and {places[1][1]}; name its owner in overlay.toml.")
    return places[0][1]


def _grammar(name: str, chosen: str | None, ids: Sequence[str]) -> str | None:
    packed = get_args(SupportedLanguage)
    if chosen and chosen not in packed:
        raise ValueError(f"There is no grammar {chosen} for {name} in tree-sitter-language-pack.")
    if chosen is not None:
        return chosen or None
    return next((candidate for candidate in (*ids, _plain(name)) if candidate in packed), None)


def _mentioned(hand: Overlay) -> Iterator[str]:
    yield from (*hand.linguist, *hand.patterns, *hand.owners.values(), *hand.ids, *hand.grammars)
    for members in (*(group.languages for group in hand.quotes), *hand.blocks.values()):
        yield from members


def _reject_unknown(hand: Overlay, wanted: Sequence[str]) -> None:
    unknown = sorted(set(_mentioned(hand)) - set(wanted))
    if unknown:
        raise ValueError(f"overlay.toml speaks of languages that it does not have: {', '.join(unknown)}.")
    commented = [name for group in hand.comments for name in group.languages]
    if sorted(commented) != sorted(wanted):
        odd = sorted(set(commented) ^ set(wanted)) or sorted({name for name in commented if commented.count(name) > 1})
        raise ValueError(f"Each language is in one group of comments; these are not: {', '.join(odd)}.")


def _reject_shared(ids: Iterable[tuple[str, str]]) -> None:
    seen: dict[str, str] = {}
    for id_, name in ids:
        if id_ in seen:
            raise ValueError(f"The id {id_} belongs to {seen[id_]} and to {name}.")
        seen[id_] = name
