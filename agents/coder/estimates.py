"""How likely an answer is exactly right: what models and the file say of themselves, calibrated on held-out files.

`calibration.toml` is written by `python -m tools.calibrate_answers`. With it answers of different kinds compare: the
likelier one is shown, and shown unasked only above one threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.engine.base import Description

FILE = Path(__file__).with_name("calibration.toml")
_TINY = 1e-6


class Calibration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A logistic curve over the log-odds of a probability (Platt scaling)."""

    slope: float
    intercept: float

    def __call__(self, probability: float) -> float:
        """The share of answers with this probability that are exactly right."""
        clipped = min(max(probability, _TINY), 1 - _TINY)
        return 1 / (1 + math.exp(-self.slope * math.log(clipped / (1 - clipped)) - self.intercept))


class Calibrations(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`shown_above`: what shows unasked has at least this estimate. `local`: of `local_answers`; `edits`: of `rewrites`;
    `diagnostics`: of `corrections`; `models`: by name."""

    shown_above: float
    local: Calibration
    edits: Calibration
    diagnostics: Calibration
    models: Mapping[str, Calibration]


@cache
def calibrations() -> Calibrations:
    """The shipped ones."""
    return msgspec.toml.decode(FILE.read_bytes(), type=Calibrations)


def estimate_of_model(description: Description, confidence: float | None) -> float:
    """A model's answer: 1 where nothing is known against it, that is, where it has no threshold."""
    if description.confidence_threshold is None:
        return 1.0
    if confidence is None:
        return 0.0
    if (calibration := calibrations().models.get(description.model)) is not None:
        return calibration(confidence)
    return float(confidence >= description.confidence_threshold)


def either(first: float, second: float) -> float:
    """The estimate of an answer that two sources give independently of each other."""
    return 1 - (1 - first) * (1 - second)
