"""How sure a model is of a completion, from the probabilities it gave to its own tokens."""

import math
from collections.abc import Sequence


def confidence(log_probabilities: Sequence[float]) -> float:
    """The model's probability of exactly this text: the product over its tokens, between 0 and 1.

    `log_probabilities`: natural logarithms, one for each token, that of the token which ended the answer included
    where the engine knows it: without it, a sure beginning would pass for the whole. Nothing generated gives 0.
    """
    return math.exp(sum(log_probabilities)) if log_probabilities else 0.0
