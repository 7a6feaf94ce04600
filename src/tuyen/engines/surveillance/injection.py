"""Outbreaks laid into a place's own history: would we have seen them, and how soon?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Share of an outbreak's cases by week from its start: log-normal (0, 0.5), as Noufaily 2013.
COURSE = (0.5, 0.42, 0.07, 0.01)


class Injected(NamedTuple):
    """k trials: in each, one outbreak is laid over one series."""

    series: Ints  # (k,) which series
    start: Ints  # (k,) its first week with a case
    size: Ints  # (k,) cases
    cases: Ints  # (k, w) by week from the start; they add up to size


def inject(
    series: Ints, first: int, last: int, rng: np.random.Generator, *, trials: int = 1,
    sizes: tuple[int, int] = (4, 24), course: tuple[float, ...] = COURSE,
) -> Injected:  # fmt: skip
    """Draw ``trials`` outbreaks for each of the series (n,), so k = n trials.

    The first week is drawn from ``first`` ... ``last`` (both included), the size from ``sizes``, both
    evenly; one case falls into the first week, the others by ``course``. O(k w).

    Raises
    ------
    BadInput
        If there is no week, no size or no course to draw from.
    """
    if not (0 <= first <= last and 1 <= sizes[0] <= sizes[1] and trials > 0):
        raise BadInput(what=f"no week in {first} ... {last} or no size in {sizes} to draw from")
    share = np.asarray(course, dtype=np.float64)
    if share.size == 0 or share.min() < 0 or not share.sum() > 0:
        raise BadInput(what=f"course is {course}; give shares by week, at least one above 0")
    row = np.repeat(np.asarray(series, dtype=np.int64), trials)
    start = rng.integers(first, last + 1, row.size)
    size = rng.integers(sizes[0], sizes[1] + 1, row.size)
    cases = rng.multinomial(size - 1, share / share.sum()).astype(np.int64)
    cases[:, 0] += 1
    return Injected(row, start, size, cases)


def overlaid(counts: NDArray[np.integer] | Floats, injected: Injected) -> Floats:
    """The series of each trial with its outbreak in it, (k, m); what falls after the end is lost."""
    answer = np.asarray(counts, dtype=np.float64)[injected.series]
    for week in range(injected.cases.shape[1]):
        at = injected.start + week
        inside = np.flatnonzero(at < answer.shape[1])
        answer[inside, at[inside]] += injected.cases[inside, week]
    return answer


def heard(injected: Injected, delays: Floats, rng: np.random.Generator) -> Ints:
    """Cases (k, w, w) of each week of an outbreak that are known at the end of each later week.

    ``delays`` (d,) are the shares of cases reported in the week of onset, the next week, and so on;
    [k, i, j] counts the cases with onset in week i that are known at the end of week j. What is
    reported after the last week is never heard of here.

    Raises
    ------
    BadInput
        If the delays are not shares.
    """
    share = np.asarray(delays, dtype=np.float64)
    if share.ndim != 1 or share.size == 0 or share.min() < 0 or not share.sum() > 0:
        raise BadInput(what=f"delays are {delays}; give shares by week, at least one above 0")
    k, width = injected.cases.shape
    late = rng.multinomial(injected.cases, share / share.sum())  # (k, w, d)
    known = np.zeros((k, width, width), np.int64)
    for onset in range(width):
        for lag in range(min(share.size, width - onset)):
            known[:, onset, onset + lag :] += late[:, onset, lag, None]
    return known
