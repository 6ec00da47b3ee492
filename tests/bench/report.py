"""Measured values with their intervals, as a table and as JSON."""

from __future__ import annotations

import json
import math
import operator
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SIGNS = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


@dataclass(frozen=True)
class Measure:
    """`value` is the median (or the named percentile), `[low, high]` its 95 % bootstrap interval. `goal` as in "<= 1.15".
    `holds`: a time holds if its favourable bound does; a count must hold itself. None without a goal."""

    value: float
    low: float
    high: float
    unit: str
    goal: str | None
    holds: bool | None


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie, interpolated."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def measure(values: Sequence[float], unit: str, goal: str | None = None, share: float = 0.5) -> Measure:
    """Summarize repetitions; `share` names the percentile that counts."""
    draw = random.Random(7)
    resampled = [percentile(draw.choices(values, k=len(values)), share) for _ in range(500)]
    low, high = percentile(resampled, 0.025), percentile(resampled, 0.975)
    return Measure(percentile(values, share), low, high, unit, goal, meets(goal, low, high))


def count(value: float, unit: str, goal: str | None = None) -> Measure:
    """A count: it has no interval."""
    return Measure(value, value, value, unit, goal, meets(goal, value, value))


def proportion(hits: int, n: int, goal: str | None = None) -> Measure:
    """A share of n draws with its 95 % Wilson interval."""
    z = 1.959964
    share = hits / n if n else 0.0
    centre = (share + z * z / (2 * n)) / (1 + z * z / n) if n else 0.5
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) if n else 0.5
    return Measure(
        share,
        max(0.0, centre - half),
        min(1.0, centre + half),
        f"of {n}",
        goal,
        meets(goal, centre - half, centre + half),
    )


def meets(goal: str | None, low: float, high: float) -> bool | None:
    """Whether the favourable bound meets the goal."""
    if goal is None:
        return None
    sign, limit = goal.split()
    return bool(SIGNS[sign](high if sign == ">=" else low, float(limit)))


class Report:
    """All measures of a run, by "area.measure"."""

    def __init__(self) -> None:
        self.measures: dict[str, Measure] = {}

    def add(self, name: str, found: Measure) -> None:
        """Keep and print one."""
        self.measures[name] = found
        verdict = {None: "", True: "holds", False: "FALLS SHORT"}[found.holds]
        interval = f"[{found.low:.3g}, {found.high:.3g}]"
        print(
            f"{name:44} {found.value:>10.3g} {interval:22} {found.unit:10} {found.goal or '':10} {verdict}", flush=True
        )

    def write(self, path: Path) -> None:
        """As JSON; what an earlier run measured and this one did not stays."""
        path.parent.mkdir(parents=True, exist_ok=True)
        earlier = json.loads(path.read_text()) if path.exists() else {}
        now = {name: asdict(found) for name, found in self.measures.items()}
        path.write_text(json.dumps({**earlier, **now}, indent=2) + "\n")

    def failed_counts(self) -> list[str]:
        """Counts that miss their goal; times never fail a run, since machines are shared."""
        return [name for name, found in self.measures.items() if found.holds is False and found.unit == "count"]
