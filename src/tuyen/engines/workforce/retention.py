"""Who stays: the share of people still at their unit after so many years, with an interval."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Z = 1.959963984540054
"""Standard deviations to each side of a 95 % interval."""


class Stays(NamedTuple):
    """Stays at a unit, in days since each began: seen ``since`` (0, or later where the record begins
    after it), ``until`` it ended or was last seen, and whether it ended."""

    since: Ints  # (n,)
    until: Ints  # (n,)
    ended: Bools  # (n,)


class Share(NamedTuple):
    """After ``days``: who still stays, its 95 % interval, and how many are followed that long. None where
    nobody was followed so long."""

    days: int
    share: float | None
    low: float | None
    high: float | None
    at_risk: int


def stay(stays: Stays, days: Sequence[int]) -> list[Share]:
    """Return the share who still stay after some numbers of days.

    Raises
    ------
    BadInput
        If arrays do not fit one another, or a stay ends before it is seen.

    Notes
    -----
    The product-limit estimate of E. L. Kaplan and P. Meier (J. Am. Stat. Assoc. 1958; 53: 457-481) with
    delayed entry; the interval is that of the log(-log) transformation with Greenwood's variance
    (J. D. Kalbfleisch, R. L. Prentice, 1980). At 0 or 1 there is no variance and the interval is the
    exact one that a rule of three would give, of those at risk. O(n log n).

    Examples
    --------
    >>> stays = Stays(np.zeros(4, int), np.array([100, 200, 400, 400]), np.array([True, False, True, False]))
    >>> [round(one.share, 3) for one in stay(stays, [50, 365]) if one.share is not None]
    [1.0, 0.75]
    """
    since, until, ended = stays
    if not len(since) == len(until) == len(ended) or (len(since) and (since > until).any()):
        raise BadInput(what="each stay has a first and a last day, in this order")
    order = sorted(set(until[ended].tolist()))
    steps: list[tuple[int, int, int]] = []
    entered, left = np.sort(since), np.sort(until)
    for t in order:
        risk = int(np.searchsorted(entered, t, "left") - np.searchsorted(left, t, "left"))
        steps.append((t, risk, int((ended & (until == t)).sum())))
    return [_share(asked, steps, entered, left) for asked in days]


def _share(asked: int, steps: list[tuple[int, int, int]], entered: Ints, left: Ints) -> Share:
    at_risk = int(np.searchsorted(entered, asked, "left") - np.searchsorted(left, asked, "left"))
    if asked == 0 or not at_risk:
        return Share(asked, None, None, None, at_risk)
    value, variance = 1.0, 0.0
    for t, risk, gone in steps:
        if t > asked or not risk:
            break
        value *= 1 - gone / risk
        variance += gone / (risk * (risk - gone)) if risk > gone else np.inf
    if value in (0.0, 1.0) or not np.isfinite(variance):
        low, high = (
            (max(0.0, 1 - 3 / at_risk), 1.0) if value == 1.0 else (0.0, min(1.0, 3 / at_risk))
        )
        return Share(asked, value, low, high, at_risk)
    spread = Z * np.sqrt(variance) / abs(np.log(value))
    return Share(
        asked, value, float(value ** np.exp(spread)), float(value ** np.exp(-spread)), at_risk
    )


def slow(stays: Stays, asked: int) -> Fraction | None:
    """The share by going through the days one by one, in exact fractions: the judge of :func:`stay`."""
    people = list(
        zip(stays.since.tolist(), stays.until.tolist(), stays.ended.tolist(), strict=True)
    )
    if not any(since < asked <= until for since, until, _ in people):
        return None
    value = Fraction(1)
    for day in range(asked + 1):
        risk = sum(since < day <= until for since, until, _ in people)
        gone = sum(ended and until == day and since < day for since, until, ended in people)
        if risk:
            value *= Fraction(risk - gone, risk)
    return value
