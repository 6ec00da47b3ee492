"""How actions are chosen: discounted upper confidence bounds with virtual losses, and the baselines of the paper."""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec import Struct

LEAST_VISITS = 0.01
SINGLE_PASS = "single-pass"
"""The algorithm without a tree."""


class Algorithm(Struct, frozen=True, kw_only=True):
    """`discount`: γ of the statistics, 1 for none. `intrinsic`: whether an expansion that adds a node is rewarded.
    `tree`: whether there is a tree; without one every proof begins anew."""

    discount: float
    intrinsic: bool
    tree: bool = True


ALGORITHMS: Mapping[str, Algorithm] = {
    "rmaxts": Algorithm(discount=0.99, intrinsic=True),
    "ucb1": Algorithm(discount=1.0, intrinsic=True),
    "uct": Algorithm(discount=1.0, intrinsic=False),
    SINGLE_PASS: Algorithm(discount=1.0, intrinsic=False, tree=False),
}


class Statistics(Struct):
    """Of one action: discounted rewards `reward` (W) and visits `visits` (N); `running`: jobs in flight through it."""

    reward: float = 0.0
    visits: float = 0.0
    running: int = 0

    def update(self, reward: float, discount: float) -> None:
        """A job has ended: W ← γW + R, N ← γN + 1."""
        self.reward = discount * self.reward + reward
        self.visits = discount * self.visits + 1

    def with_losses(self, discount: float) -> tuple[float, float]:
        """W and N as if all jobs in flight had ended without reward."""
        decay = discount**self.running
        lost = float(self.running) if discount == 1.0 else (1 - decay) / (1 - discount)
        return self.reward * decay, self.visits * decay + lost


def score(reward: float, visits: float, total: float) -> float:
    """Q = W/N + sqrt(2 ln T / N); N is at least `LEAST_VISITS`, T at least 2."""
    visits = max(visits, LEAST_VISITS)
    return reward / visits + math.sqrt(2 * math.log(max(total, 2.0)) / visits)
