"""The tactic portfolio: which tactics to try at a goal, cheapest first. What is tried is data, see `portfolio.toml`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct, field

from turnstile_lsp.agents.prover.experience import kind_of
from turnstile_lsp.agents.prover.stage import Scene, Trial, Turns
from turnstile_lsp.agents.prover.surroundings import Surroundings

MOST_FIRST = 3
"""Entries that go first for having worked, and ways to fill the placeholders of each."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Cost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cost class. `heartbeats`: what one try may cost, in the unit of the option `maxHeartbeats`. `seconds`: how long
    a try that uses them up takes, about, on the embedded Lean."""

    name: str
    heartbeats: int
    seconds: float


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tactics with placeholders. `when`: features of the goal of which one must hold, if there are any. `needs`: a
    tactic that Lean itself does not have."""

    text: str
    cost: str
    when: Sequence[str] = ()
    needs: str | None = None


class Portfolio(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file. `costs`: cheapest first. `features`: regular expressions for the goal's target."""

    closers: Sequence[str]
    features: Mapping[str, str]
    costs: Sequence[Cost] = field(name="cost")
    entries: Sequence[Entry] = field(name="entry")


@cache
def load() -> Portfolio:
    """The portfolio that is shipped."""
    return read(resources.files(__package__).joinpath("portfolio.toml").read_bytes())


def read(data: bytes) -> Portfolio:
    """A portfolio from TOML. Raises `msgspec.ValidationError`, also for names that nothing defines."""
    portfolio = msgspec.toml.decode(data, type=Portfolio)
    known = {cost.name for cost in portfolio.costs}
    for index, entry in enumerate(portfolio.entries):
        unknown = (
            [entry.cost] if entry.cost not in known else [name for name in entry.when if name not in portfolio.features]
        )
        if unknown:
            raise msgspec.ValidationError(f"Unknown name `{unknown[0]}` - at `$.entry[{index}]`")
    return portfolio


def trials(portfolio: Portfolio, surroundings: Surroundings, worked: Iterable[str] = ()) -> Iterator[Trial]:
    """What to try at a hole: first the entries whose texts `worked` names, then class by class; within a class first
    every entry once, then every entry's second filling of its placeholders, and so on, so that no entry starves the
    others."""
    choices = surroundings.choices()
    choices.append([{"closer": closer} for text in portfolio.closers for closer in fill_in(text, choices)])
    costs = {cost.name: cost for cost in portfolio.costs}
    fitting = [entry for entry in portfolio.entries if _applies(entry, portfolio, surroundings)]
    known = {entry.text: entry for entry in fitting}
    kind = kind_of(surroundings.goal)
    for text in itertools.islice((text for text in worked if text in known), MOST_FIRST):
        for tactics in fill_in(text, choices)[:MOST_FIRST]:
            yield _trial(tactics, known[text], costs, kind)
    for cost in portfolio.costs:
        entries = [entry for entry in fitting if entry.cost == cost.name]
        rows = [[(tactics, entry) for tactics in fill_in(entry.text, choices)] for entry in entries]
        for filled in itertools.chain.from_iterable(itertools.zip_longest(*rows)):
            if filled is not None:
                yield _trial(filled[0], filled[1], costs, kind)


async def turns(scene: Scene) -> Turns:
    """See `Stage.turns`. What closed goals like this before goes first."""
    worked = scene.experience.worked(kind_of(scene.surroundings.goal))
    for trial in trials(load(), scene.surroundings, worked):
        yield trial


def _trial(tactics: str, entry: Entry, costs: Mapping[str, Cost], kind: str) -> Trial:
    cost = costs[entry.cost]
    return Trial(
        tactics=tactics,
        finder=f"portfolio:{tactics}",
        heartbeats=cost.heartbeats,
        seconds=cost.seconds,
        origins=((kind, entry.text),),
    )


def _applies(entry: Entry, portfolio: Portfolio, surroundings: Surroundings) -> bool:
    if entry.needs is not None and not surroundings.libraries:
        return False
    target = surroundings.goal.target
    return not entry.when or any(re.search(portfolio.features[name], target) for name in entry.when)


def fill_in(text: str, choices: Iterable[Sequence[Mapping[str, str]]]) -> list[str]:
    """All ways to fill the placeholders of a text. Each element of `choices` is a choice between values for
    placeholders that go together; a text with a placeholder that nothing fills has no way."""
    names = dict.fromkeys(_PLACEHOLDER.findall(text))
    wanted = [choice for choice in choices if any(name in option for option in choice for name in names)]
    filled = []
    for options in itertools.product(*wanted):
        values = {name: value for option in options for name, value in option.items()}
        if names.keys() <= values.keys():
            filled.append(_substitute(text, values))
    return list(dict.fromkeys(filled))


def _substitute(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
