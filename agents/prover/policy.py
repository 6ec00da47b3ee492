"""The symbolic policy: single tactics at a goal, made from its text and its surroundings, best first. Which ones is data,
see `policy.toml`; which of them led on at goals like this before may change the order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from turnstile_lsp.agents.prover.goals import parse_goal
from turnstile_lsp.agents.prover.portfolio import fill_in
from turnstile_lsp.agents.prover.surroundings import Surroundings
from turnstile_lsp.agents.prover.terms import Terms

Experience = Callable[[str], float]
"""What a move (its text with placeholders) costs less, or more if negative, at goals like this, by what happened there
before."""


class Move(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tactic with placeholders. `cost`: how unlikely it is to lead on. `when`: features of the goal of which one must
    hold, if there are any. `closes`: it is only good for what it closes. `repetition`: what each further way to fill its
    placeholders costs more. `offers`: it looks things up in the library; so many of the tactics that it offers are tried.
    `proves`: it makes no sense where the goal is data."""

    text: str
    cost: float
    when: Sequence[str] = ()
    closes: bool = False
    repetition: float = 0.25
    offers: int = 0
    proves: bool = False


class Moves(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file. `features`: regular expressions for the goal's target. `law_proofs`: how `assumption.py` proves laws."""

    law_proofs: Sequence[str]
    features: Mapping[str, str]
    moves: Sequence[Move] = field(name="move")


class Suggestion(Struct, frozen=True, kw_only=True):
    """A tactic block to try. `move`: the text it was made of. `offers`: see `Move`; its own text never stands in a proof."""

    text: str
    cost: float
    move: str
    closes: bool = False
    offers: int = 0


@cache
def load() -> Moves:
    """The moves that are shipped."""
    return read(resources.files(__package__).joinpath("policy.toml").read_bytes())


def read(data: bytes) -> Moves:
    """Moves from TOML. Raises `msgspec.ValidationError`, also for features that nothing defines."""
    moves = msgspec.toml.decode(data, type=Moves)
    for index, move in enumerate(moves.moves):
        unknown = [name for name in move.when if name not in moves.features]
        if unknown:
            raise msgspec.ValidationError(f"Unknown name `{unknown[0]}` - at `$.move[{index}]`")
    return moves


def tactics(
    goal: str, surroundings: Surroundings, experience: Experience | None = None, *, data: bool = False
) -> list[Suggestion]:
    """What to try at a printed goal, the cheapest first. `surroundings`: of the hole that the goal comes from. `data`: the
    goal is no proposition."""
    around = replace(surroundings, goal=parse_goal(goal))
    choices = [*around.choices(), *Terms(around, goal).choices()]
    target = around.goal.target
    found: dict[str, Suggestion] = {}
    for move in load().moves:
        if data and move.proves:
            continue
        if move.when and not any(re.search(load().features[name], target) for name in move.when):
            continue
        gain = experience(move.text) if experience is not None else 0.0
        for number, text in enumerate(fill_in(move.text, choices)):
            cost = max(0.05, move.cost - gain) + move.repetition * number
            if text not in found or cost < found[text].cost:
                found[text] = Suggestion(text=text, cost=cost, move=move.text, closes=move.closes, offers=move.offers)
    return sorted(found.values(), key=lambda each: each.cost)
