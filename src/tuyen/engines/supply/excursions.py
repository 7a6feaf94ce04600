"""Excursions of temperature: how long something was beyond a limit, from readings at moments.

Between two readings that are near enough the temperature is taken to run straight, as a person
reading a chart would; so two readings a day and a logger's hundred are judged by one rule. Further
apart nothing is known, and nothing is counted.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Stretch(NamedTuple):
    """A stretch beyond a limit; moments in minutes. ``going_on``: the last reading is within it."""

    since: float
    until: float
    worst: float
    going_on: bool

    @property
    def minutes(self) -> float:
        return self.until - self.since


def stretches(
    minutes: Sequence[float], celsius: Sequence[float], *, limit: float, above: bool,
    at_least: float, bridges: float,
) -> list[Stretch]:  # fmt: skip
    """Where the line of the readings is beyond ``limit`` (degC) for more than ``at_least`` minutes.

    Parameters
    ----------
    minutes, celsius
        (n,) moments in rising order, and the temperature at each.
    above
        Beyond is above the limit; else below it.
    at_least
        With 0 a single reading beyond the limit is a stretch.
    bridges
        Readings further apart than so many minutes say nothing about the time between them.
    """
    found: list[Stretch] = []
    since: float | None = None
    worst = 0.0
    for n, (at, value) in enumerate(zip(minutes, celsius, strict=True)):
        beyond = value > limit if above else value < limit
        before = n > 0 and at - minutes[n - 1] <= bridges
        if beyond and since is None:
            since = _crossing(minutes, celsius, n, limit) if before else at
            worst = value
        elif since is not None and beyond and not before:
            found.append(Stretch(since, minutes[n - 1], worst, False))
            since, worst = at, value
        elif beyond:
            worst = max(worst, value) if above else min(worst, value)
        elif since is not None:
            until = _crossing(minutes, celsius, n, limit) if before else minutes[n - 1]
            found.append(Stretch(since, until, worst, False))
            since = None
    if since is not None:
        found.append(Stretch(since, minutes[-1], worst, True))
    return [one for one in found if one.minutes > at_least or at_least == 0]


def _crossing(minutes: Sequence[float], celsius: Sequence[float], n: int, limit: float) -> float:
    """When the line from the reading before to reading ``n`` met the limit."""
    was, now = celsius[n - 1], celsius[n]
    share = (limit - was) / (now - was)
    return minutes[n - 1] + share * (minutes[n] - minutes[n - 1])
