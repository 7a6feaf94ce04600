"""The reproduction number of one series by loops: slow, and the judge of :mod:`reproduction`."""

from collections.abc import Sequence
from typing import NamedTuple

from scipy import integrate, stats


class Window(NamedTuple):
    """A window from its first to its last day (from 0), and the posterior over it."""

    first: int
    last: int
    mean: float
    sd: float
    quantiles: list[float]


def serial_interval_one(mean: float, sd: float, day: int) -> float:
    """The weight of one day, by numerical integration of the density over a triangle."""
    if day < 1:
        return 0.0
    shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
    density = stats.gamma(shape, scale=scale).pdf

    def part(x: float) -> float:
        return (1 - abs(x - (day - 1))) * density(x)

    low = max(0, day - 2)
    left = integrate.quad(part, low, day - 1)[0] if day > 1 else 0.0
    return left + integrate.quad(part, day - 1, day)[0]


def reproduction_one(
    counts: Sequence[float],
    weights: Sequence[float],
    window: int,
    prior_mean: float,
    prior_sd: float,
    levels: Sequence[float],
) -> list[Window]:
    """Every window of one series without missing values."""
    answer = []
    for first in range(1, len(counts) - window + 1):
        cases = force = 0.0
        for day in range(first, first + window):
            cases += counts[day]
            for lag in range(1, day + 1):
                if lag < len(weights):
                    force += counts[day - lag] * weights[lag]
        shape = (prior_mean / prior_sd) ** 2 + cases
        rate = prior_mean / prior_sd**2 + force
        posterior = stats.gamma(shape, scale=1 / rate)
        answer.append(
            Window(
                first, first + window - 1, posterior.mean(), posterior.std(),
                [posterior.ppf(level) for level in levels],
            )
        )  # fmt: skip
    return answer
