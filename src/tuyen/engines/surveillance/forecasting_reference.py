"""Forecast models for one series, slow and plain: the judges of their fast engines."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from scipy import optimize

from tuyen.engines.surveillance.scores_reference import nb_pmf_one


def walk_one(counts: Sequence[float], horizon: int, levels: Sequence[float]) -> list[list[float]]:
    """The walk of :mod:`walk`, every path of steps written out."""
    steps = [b - a for a, b in itertools.pairwise(counts)]
    steps = [s for step in steps if not math.isnan(step) for s in (step, -step)] or [0.0]
    last = [count for count in counts if not math.isnan(count)][-1]
    ends, answer = {last: 1.0}, []
    for _ in range(horizon):
        after: dict[float, float] = {}
        for place, chance in ends.items():
            for step in steps:
                after[place + step] = after.get(place + step, 0.0) + chance / len(steps)
        ends = after
        answer.append([max(0.0, _quantile(ends, level)) for level in levels])
    return answer


def _quantile(chances: dict[float, float], level: float) -> float:
    below = 0.0
    for place in sorted(chances):
        below += chances[place]
        if below >= level - 1e-9:
            return place
    return max(chances)


def level_one(counts: Sequence[float], half_life: float) -> float:
    """The weighted mean that :mod:`level` ends with, as a sum over all counts."""
    known = [count for count in counts[: max(1, round(half_life))] if not math.isnan(count)]
    mean = sum(known) / len(known) if known else 0.0
    keep = 0.5 ** (1 / half_life)
    for count in counts:
        if not math.isnan(count):
            mean = keep * mean + (1 - keep) * count
    return mean


def penalised_one(
    x: Sequence[Sequence[float]],
    y: Sequence[float],
    weight: Sequence[float],
    prior: Sequence[float],
    penalty: Sequence[float],
    alpha: float,
) -> list[float]:
    """Coefficients of one penalised regression at a given dispersion, by a general optimiser."""

    def loss(beta: Sequence[float]) -> float:
        total = 0.0
        for row, count, w in zip(x, y, weight, strict=True):
            mean = math.exp(min(max(sum(a * b for a, b in zip(row, beta, strict=True)), -8), 13))
            if w:
                total -= w * math.log(max(nb_pmf_one(int(count), mean, 1 / alpha), 1e-300))
        return total + sum(
            p / 2 * (b - m) ** 2 for p, b, m in zip(penalty, beta, prior, strict=True)
        )

    found = optimize.minimize(loss, np.array(prior), method="BFGS", options={"gtol": 1e-5})
    return list(found.x)


def reconciled_one(
    parent: float, children: Sequence[float], variance: float, spread: Sequence[float]
) -> list[float]:
    """The children's means that are nearest to all that was said, 0 or more; by an optimiser."""

    def loss(means: Sequence[float]) -> float:
        apart = (sum(means) - parent) ** 2 / variance
        return apart + sum(
            (m - c) ** 2 / s for m, c, s in zip(means, children, spread, strict=True)
        )

    bounds = [(0.0, None)] * len(children)
    found = optimize.minimize(
        loss, np.array(children), bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-10}
    )
    return list(found.x)
