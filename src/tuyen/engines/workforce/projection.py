"""How many people there will be, year by year: cohorts retire, some leave, others come."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NINETY = 1.6448536269514722
"""Standard deviations to each side of a 90 % interval."""


class Age(NamedTuple):
    """Months of age at retirement: ``first`` in year ``since``, ``step`` more each year up to ``most``."""

    since: int
    first: int
    step: int
    most: int


class Rates(NamedTuple):
    """Share who leave in a year, and people who come in a year, each with its range."""

    leaving: float
    leaving_low: float
    leaving_high: float
    coming: float


class Projected(NamedTuple):
    """At the end of each year: expected people, and the 90 % interval."""

    years: Ints  # (t,)
    people: Floats  # (t,)
    low: Floats  # (t,)
    high: Floats  # (t,)
    retiring: Floats  # (t,) expected retirements within the year


def retirement_month(born: tuple[int, int], age: Age) -> tuple[int, int]:
    """Return the (year, month) in which somebody reaches the age of retirement, from those of birth.

    The age asked is that of the year in which it is reached. Source: Decree 135/2020/NĐ-CP,
    annex I: men born until September 1961 reach 60 years 3 months within 2021; those born in
    October reach 60 years 6 months in April 2022.

    >>> men = Age(2021, 723, 3, 744)
    >>> retirement_month((1961, 9), men), retirement_month((1961, 10), men)
    ((2021, 12), (2022, 4))
    """
    start = 12 * born[0] + born[1] - 1
    reached = start + age.most
    for step in range((age.most - age.first) // max(age.step, 1) + 1):
        asked = start + min(age.most, age.first + age.step * step)
        if asked // 12 <= age.since + step:
            reached = asked
            break
    year, month = divmod(reached, 12)
    return year, month + 1


def project(retire: Ints, start: int, years: Sequence[int], rates: Rates) -> Projected:
    """Return the people at work at the end of each year.

    Parameters
    ----------
    retire : (n,) year in which each person of today retires
    start : the year that is going on; the projection begins with its end
    years : the years asked for, ascending, none before ``start``
    rates : see :class:`Rates`; newcomers come in the middle of a year, are young, and leave alike

    Raises
    ------
    BadInput
        If years or rates cannot be.

    Notes
    -----
    Expected numbers are exact: each person is there with probability (1 - leaving)^t until they
    retire. The interval joins chance (each stays or leaves by themselves; newcomers are Poisson)
    at 90 % with the range of the leaving rate. O(n + t).

    Examples
    --------
    >>> rates = Rates(0.1, 0.1, 0.1, 0.0)
    >>> done = project(np.array([2030, 2027]), 2026, [2026, 2027], rates)
    >>> done.people.round(3).tolist(), done.retiring.round(3).tolist()
    ([1.8, 0.81], [0.0, 0.9])
    """
    asked = np.asarray(list(years), np.int64)
    if not asked.size or (np.diff(asked) <= 0).any() or asked[0] < start:
        raise BadInput(what=f"years must ascend from {start} on")
    shares = (rates.leaving_low, rates.leaving, rates.leaving_high)
    if not (all(0 <= share < 1 for share in shares) and rates.coming >= 0):
        raise BadInput(what="a leaving rate is a share of 1 a year, and nobody fewer than 0 comes")
    last = int(asked[-1])
    span = np.arange(start, last + 1)
    there = (np.asarray(retire, np.int64)[:, None] > span[None, :]).sum(axis=0).astype(float)
    before = np.concatenate([[float(len(retire))], there[:-1]])
    t = span - start + 1
    middle, chance = _course(there, t, rates.leaving, rates.coming)
    most, _ = _course(there, t, rates.leaving_low, rates.coming)
    least, _ = _course(there, t, rates.leaving_high, rates.coming)
    away = NINETY * np.sqrt(chance)
    retiring = (before - there) * (1 - rates.leaving) ** (t - 1)
    pick = asked - start
    low = np.maximum(least - away, 0.0)
    return Projected(asked, middle[pick], low[pick], (most + away)[pick], retiring[pick])


def _course(there: Floats, t: Ints, leaving: float, coming: float) -> tuple[Floats, Floats]:
    """Expected people at the end of years 1..t, and their variance."""
    stay = (1 - leaving) ** t
    held = np.zeros(len(t))
    now = 0.0
    for at in range(len(t)):
        now = now * (1 - leaving) + coming * (1 - leaving / 2)
        held[at] = now
    return there * stay + held, there * stay * (1 - stay) + held


def first_year(projected: Projected, target: float) -> tuple[int | None, int | None, int | None]:
    """Return the first year in which ``target`` holds: by the upper end, expected, by the lower end.

    >>> made = Projected(np.array([2026, 2027]), np.array([8., 10.]), np.array([6., 8.]),
    ...                  np.array([10., 12.]), np.array([0., 0.]))
    >>> first_year(made, 10)
    (2026, 2027, None)
    """
    found: list[int | None] = []
    for line in (projected.high, projected.people, projected.low):
        reached = np.flatnonzero(line >= target)
        found.append(int(projected.years[reached[0]]) if reached.size else None)
    return found[0], found[1], found[2]
