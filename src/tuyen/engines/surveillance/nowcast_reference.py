"""A nowcast of one series by loops: slow, and the judge of :mod:`nowcast`."""

import math
from collections.abc import Sequence

Triangle = Sequence[Sequence[float]]


def shares_one(
    triangle: Triangle, weekday: int | None, half_life: float, steady: float, rounds: int
) -> list[list[float]]:
    """Share of each period's final count reported by each delay, by proportional fitting.

    Each effect in turn is set to what it must be for its own total to be met; ``rounds`` times.
    """
    length, delays = len(triangle), len(triangle[0])
    cells = [(t, d) for t in range(length) for d in range(delays) if t + d < length]
    weight = [0.5 ** ((length - 1 - t) / half_life) for t in range(length)]
    row, delay, day = [0.0] * length, [1 / delays] * delays, [1.0] * 7

    def effect(t: int, d: int) -> float:
        return 1.0 if weekday is None else day[(weekday + t + d) % 7]

    for _ in range(rounds):
        for t in range(length):
            mine = [(a, d) for a, d in cells if a == t]
            row[t] = _ratio(sum(triangle[a][d] for a, d in mine),
                            sum(delay[d] * effect(a, d) for a, d in mine))  # fmt: skip
        new = []
        for d in range(delays):
            mine = [(t, b) for t, b in cells if b == d]
            new.append(_ratio(sum(weight[t] * triangle[t][b] for t, b in mine),
                              sum(weight[t] * row[t] * effect(t, b) for t, b in mine)))  # fmt: skip
        delay = [_ratio(part, sum(new)) for part in new]
        if weekday is not None:
            new_day = []
            for w in range(7):
                mine = [(t, d) for t, d in cells if (weekday + t + d) % 7 == w]
                got = sum(triangle[t][d] for t, d in mine) + steady
                new_day.append(got / (sum(row[t] * delay[d] for t, d in mine) + steady))
            day = [part * 7 / sum(new_day) for part in new_day]
    answer = []
    for t in range(length):
        part = [delay[d] * effect(t, d) for d in range(delays)]
        answer.append([_ratio(sum(part[: d + 1]), sum(part)) for d in range(delays)])
    return answer


def still_to_come(
    reported: float, share: float, level: float, spread: float
) -> tuple[float, float]:
    """Mean and variance of what is to come, by summing the posterior of the rate on a fine grid.

    The final count is Poisson with a rate that is gamma with mean ``level`` and squared
    coefficient of variation ``spread``; of it, ``reported`` are known, each with chance ``share``.
    """
    shape = 1 / spread
    top = 8 * (level + reported + 8) * (1 + math.sqrt(spread))
    steps = 20_000
    mass = first = second = 0.0
    for n in range(1, steps):
        rate = top * n / steps
        log = (shape - 1 + reported) * math.log(rate) - rate * (shape / level + share)
        height = math.exp(log - (shape + reported) * math.log(1 + level + reported))
        mass += height
        first += height * rate
        second += height * rate**2
    mean, square = first / mass, second / mass
    rest = mean * (1 - share)
    return rest, rest + (square - mean**2) * (1 - share) ** 2


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
