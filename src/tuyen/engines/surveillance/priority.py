"""How urgent is each group of signals? One score of 100 across programmes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTS = ("hazard", "evidence", "excess", "agreement", "freshness")
_FULL_AGREEMENT = 3  # further kinds of signals that say the same


class Signals(NamedTuple):
    """n signals, each of one of g groups and one kind of signal."""

    group: Ints  # (n,) 0…g-1
    kind: Ints  # (n,) any numbers: which kind of signal it is
    hazard: Floats  # (n,) share of 1
    evidence: Floats  # (n,) share of 1
    observed: Floats  # (n,) counts, at least 0
    expected: Floats  # (n,) counts; NaN where nothing was expected
    p_value: Floats  # (n,) of a detector; NaN where it gives none
    age: Floats  # (n,) days since the newest fact of it, at least 0


class Scores(NamedTuple):
    """The parts of each group's score, each a share of 1, and the score."""

    parts: Floats  # (g, 5) in the order of PARTS
    total: Floats  # (g,) points of 100


def score(
    signals: Signals, groups: int, weights: Floats, excess_full: float, half_life: float
) -> Scores:
    """Return the score of each group of signals.

    With weights w that sum to 100, the score is Σ w·part over five shares of 1:

    - hazard: the largest of its signals;
    - evidence: the largest of its signals;
    - excess: the largest deviate over ``excess_full``, at most 1, where the deviate of a count is
      2(√observed - √expected) (variance-stabilised Poisson), or the normal deviate of the
      detector's p-value where there is one;
    - agreement: how many further kinds of signals say the same, over three, at most 1;
    - freshness: 0.5 to the power of age over ``half_life``, of the newest signal.

    Parameters
    ----------
    weights : (5,) points, in the order of PARTS
    excess_full : standard deviations, above 0
    half_life : days, above 0

    Raises
    ------
    ValueError
        If the weights do not sum to 100, or a scale is not above 0.

    Notes
    -----
    O(n log n). The deviate: Anscombe FJ (1948), The transformation of Poisson, binomial and
    negative-binomial data, Biometrika 35: 246–254. The sum and its weights are this project's.
    """
    if not np.isclose(weights.sum(), 100) or excess_full <= 0 or half_life <= 0:
        raise ValueError("weights sum to 100, and both scales are above 0")
    parts = np.zeros((groups, len(PARTS)))
    for column, values in (
        (0, signals.hazard),
        (1, signals.evidence),
        (2, np.clip(deviate(signals) / excess_full, 0, 1)),
        (4, 0.5 ** (np.maximum(signals.age, 0) / half_life)),
    ):
        np.maximum.at(parts[:, column], signals.group, values)
    pairs = np.unique(np.stack([signals.group, signals.kind]), axis=1)
    kinds = np.bincount(pairs[0].astype(np.int64), minlength=groups)
    parts[:, 3] = np.clip((kinds - 1) / _FULL_AGREEMENT, 0, 1)
    return Scores(parts, parts @ weights)


def deviate(signals: Signals) -> Floats:
    """(n,) how far each signal stands above what was expected, in standard deviations."""
    expected = np.nan_to_num(np.maximum(signals.expected, 0))
    counted = 2 * (np.sqrt(np.maximum(signals.observed, 0)) - np.sqrt(expected))
    smallest = np.finfo(float).tiny
    judged = -ndtri(np.clip(signals.p_value, smallest, 1 - 1e-16))
    return np.where(np.isnan(signals.p_value), counted, judged)
