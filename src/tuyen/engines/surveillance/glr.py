"""Generalised likelihood ratio: since when, and by how much, have counts been off the usual?"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.farrington_control import Floats
from tuyen.engines.surveillance.glr_mean import Wave, usual
from tuyen.engines.surveillance.glr_ratio import Chart, best
from tuyen.kernel.refusal import BadInput


class Glr(NamedTuple):
    """The statistic of n series at p points, and where it reached the limit."""

    points: NDArray[np.int64]  # (p,) from 0
    expected: Floats  # (n, p) the mean in control
    statistic: Floats  # (n, p) log likelihood ratio of the best change
    alarm: NDArray[np.bool_]  # (n, p) the statistic is at least the limit; it then starts again
    judged: NDArray[np.bool_]  # (n, p) False: no count, or no mean
    alpha: Floats  # (n,) dispersion, as given or as learnt
    cases: Floats | None = None  # (n, p) where asked for: the count that would just ring


def glr(
    counts: Floats,
    first: int,
    last: int | None = None,
    *,
    mean: Floats | Wave | None = None,
    alpha: float | None = 0.0,
    limit: float = 5.0,
    theta: float | None = None,
    shortest: int = 1,
    longest: int = -1,
    change: Literal["intercept", "epi"] = "intercept",
    direction: Literal["inc", "dec"] = "inc",
    frequency: float = 52.0,
    cases: bool = False,
    most: int = 10_000,
) -> Glr:
    """Test at each point from ``first`` to ``last`` whether the mean changed at some point before.

    With LR(s, t) the log likelihood ratio of counts s ... t under a changed mean, against the mean
    in control, the statistic is the largest LR(s, t) over the starts s since the last alarm. Under
    ``intercept`` the mean is multiplied by a factor, above 1 (``inc``) or below (``dec``); under
    ``epi`` each count has lambda times the count before added to its mean. Factor and lambda are
    the likeliest ones, or ``theta`` where it is given.

    Parameters
    ----------
    counts : (n, m) float64
        NaN is a missing value and tells nothing.
    mean : (n,) or (n, p) float64, or Wave; optional
        In control; default: the mean of the counts before ``first``. A Wave is fitted to them.
    alpha : float, optional
        Dispersion of the negative binomial, variance mean + alpha mean^2; 0 is Poisson. None: the
        likeliest one of the counts before ``first``.
    limit : float
        ``c.ARL``: alarm when the statistic reaches it.
    shortest, longest : int
        ``Mtilde`` and ``M``: fewest counts since the change, and most points back (-1: all).
    cases : bool
        Also say which count would have rung: the smallest (``dec``: the largest) whole number up
        to ``most`` that does, or with ``theta`` the real number at which it does; infinite, or NaN
        for ``dec``: none.

    Notes
    -----
    Sources: Höhle & Paul, Comput Stat Data Anal 2008; 52: 4357-4368; Held, Höhle and Hofmann,
    Stat Model 2005 (lambda); the manual page of ``algo.glrnb`` in R's *surveillance*, whose answers
    this gives but for what docs/detect.md names. O(n p^2), and p times that with a wave and alpha.

    Examples
    --------
    >>> weeks = np.array([[4.0, 5, 3, 4, 4, 9, 8, 12]])
    >>> glr(weeks, 5).statistic.round(2)
    array([[2.3 , 3.81, 8.59]])
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, first, alpha, limit, theta, shortest, longest, direction)
    points = np.arange(first, counts.shape[1] if last is None else last + 1)
    centre, spread = _centre(counts, first, points, mean, alpha, frequency)
    usable = (centre > 0).all(axis=1) & ~np.isnan(spread) if points.size else spread >= 0
    before = np.full(len(counts), np.nan) if first == 0 else counts[:, first - 1]
    chart = Chart(
        counts[:, points], np.where(usable[:, None], centre, 1.0), before,
        np.where(usable, spread, 0.0), theta, shortest, longest, change, direction,
    )  # fmt: skip
    statistic, ringing = _along(chart, limit, most if cases else None)
    judged = ~np.isnan(chart.y) & usable[:, None]
    return Glr(
        points,
        np.where(usable[:, None], centre, np.nan),
        np.where(usable[:, None], statistic, np.nan),
        judged & (statistic >= limit),
        judged,
        spread,
        np.where(usable[:, None], ringing, np.nan) if cases else None,
    )


def _along(chart: Chart, limit: float, most: int | None) -> tuple[Floats, Floats]:
    """The statistic (n, p), begun anew after each alarm, and the count that would just have rung; NaN
    where that is not asked for (``most`` None)."""
    restart = np.zeros(len(chart.y), dtype=np.int64)
    statistic, ringing = np.zeros(chart.y.shape), np.full(chart.y.shape, np.nan)
    for t in range(chart.y.shape[1]):
        statistic[:, t] = best(chart, t, restart)
        if most is not None:
            ringing[:, t] = _just(chart, t, restart, limit, most)
        restart = np.where(statistic[:, t] >= limit, t + 1, restart)
    return statistic, ringing


def _centre(
    counts: Floats, first: int, points: NDArray[np.int64], mean: Floats | Wave | None,
    alpha: float | None, frequency: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """The mean (n, p) and the dispersion (n,)."""
    wave = mean if isinstance(mean, Wave) else None
    if mean is None or wave is not None or alpha is None:
        centre, spread = usual(counts, first, points, wave, alpha, frequency)
    if mean is None or wave is not None:
        return centre, spread
    given = np.asarray(mean, dtype=np.float64)
    shape = (len(counts), points.size)
    if given.shape not in (shape[:1], shape):
        raise BadInput(what=f"mean has shape {given.shape}; give {shape[:1]} or {shape}")
    centre = np.broadcast_to(given if given.ndim == 2 else given[:, None], shape)
    return centre, spread if alpha is None else np.full(len(counts), float(alpha))


def _just(chart: Chart, t: int, restart: NDArray[np.int64], limit: float, most: int) -> Floats:
    """The count at t that would just reach the limit."""

    def rings(x: Floats) -> NDArray[np.bool_]:
        return best(chart.with_count(t, x), t, restart) >= limit

    n = len(chart.y)
    if chart.theta is not None and chart.change == "intercept":
        zero, one = (best(chart.with_count(t, np.full(n, x)), t, restart, floor=False)
                     for x in (0.0, 1.0))  # fmt: skip
        return np.maximum((limit - zero) / (one - zero), 0.0)  # linear in the count
    if chart.direction == "dec":
        low, high = np.full(n, -1.0), np.ceil(chart.mean[:, t])
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            low = np.where(rings(middle), middle, low)
            high = np.where(low == middle, high, middle)
        return np.where(low >= 0, low, np.nan)
    low, high = np.full(n, -1.0), np.full(n, float(most + 1))
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        yes = rings(middle)
        high = np.where(yes & (high - low > 1), middle, high)
        low = np.where(yes | (high - low <= 1), low, middle)
    return np.where(high <= most, high, np.inf)


def _check(
    counts: Floats, first: int, alpha: float | None, limit: float, theta: float | None,
    shortest: int, longest: int, direction: str,
) -> None:  # fmt: skip
    if counts.ndim != 2:
        raise BadInput(what=f"counts has {counts.ndim} dimensions; give (series, points)")
    if not 0 <= first <= counts.shape[1]:
        raise BadInput(what=f"first is {first}; use a point of the series")
    if not ((alpha is None or 0 <= alpha < np.inf) and 0 < limit < np.inf):
        raise BadInput(what=f"alpha is {alpha}, limit {limit}; use alpha from 0, limit above 0")
    if theta is not None and not 1 < theta < np.inf:
        raise BadInput(what=f"theta is {theta}; use a factor above 1")
    if theta is not None and direction == "dec":
        raise BadInput(what="theta looks for a rise; leave it out to look for a fall")
    if shortest < 1 or longest < -1:
        raise BadInput(
            what=f"shortest is {shortest}, longest {longest}; use 1 or more, and -1 or more"
        )
