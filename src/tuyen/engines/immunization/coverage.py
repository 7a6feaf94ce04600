"""What a share of children says: how far chance alone may carry it, and how it grows with age.

Shares of small places swing: of ten children one makes ten points. The limits here say how far a place may
lie from a common share by chance (a funnel plot, Spiegelhalter, Statistics in Medicine 24:1185, 2005), and
the curves count each child only for as long as it has been followed (Kaplan and Meier, JASA 53:457, 1958).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WARNING, ACTION = 0.95, 0.998
"""The two pairs of limits: one place in 20 lies outside the first by chance, one in 500 outside the second."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Limits(NamedTuple):
    """Between which shares (0 to 1) a place of each size lies by chance."""

    size: Ints  # (n,) children
    low: Floats  # (n,)
    high: Floats


class Curve(NamedTuple):
    """The share with a dose by each age, with its 95 % limits; NaN from where nobody is followed."""

    day: Ints  # (n,) days of age
    share: Floats
    low: Floats
    high: Floats
    followed: Ints  # (n,) children not vaccinated yet and still followed at that age


def limits(share: float, size: Sequence[int] | Ints, chance: float = ACTION) -> Limits:
    """How far places of these sizes may lie from a common share: ``chance`` (0 to 1) of them lie within.

    Exact for the binomial, drawn between whole children so that the limits are smooth (Spiegelhalter's
    appendix A.1.1). A place without children has the limits 0 and 1.
    """
    n = np.asarray(size, np.int64)
    side = (1 - chance) / 2
    # From above as from below: a place reaches its limit when so many, or so few, are as unlikely.
    low, high = _quantile(share, n, side), 1 - _quantile(1 - share, n, side)
    return Limits(n, np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0))


def _quantile(share: float, n: Ints, side: float) -> Floats:
    """The share below which a part ``side`` of places of size n lies."""
    from scipy.stats import binom  # slow to load: only when needed

    if share <= 0 or share >= 1:
        return np.full(len(n), float(np.clip(share, 0, 1)))
    r = binom.ppf(side, n, share)
    below, at = binom.cdf(r - 1, n, share), binom.pmf(r, n, share)
    back = np.divide(at - (side - below), at, out=np.zeros(len(n)), where=at > 0)
    held: Floats = np.clip((r - back) / np.maximum(n, 1), 0.0, 1.0)
    return held


def chance_of_so_few(share: float, size: int, reached: int) -> float:
    """The chance (0 to 1) that a place of a size has at most ``reached``, if its share is the common one."""
    from scipy.stats import binom  # slow to load: only when needed

    return float(binom.cdf(reached, size, min(max(share, 0.0), 1.0))) if size else 1.0


def kaplan_meier(
    had: Sequence[float] | Floats, until: Sequence[int] | Ints, at: Sequence[int]
) -> Curve:
    """How the share with a dose grows with age.

    Parameters
    ----------
    had
        For each child the age in days on which it had the dose; NaN or infinity where it has not.
    until
        For each child the age in days up to which it has been followed (today, or when it left).
    at
        The ages in days for which the share is told.

    A dose after ``until`` is not known of. Limits are those of the log of the log (Kalbfleisch and
    Prentice), which stay between 0 and 1; they meet the share where nobody or everybody has it.
    """
    seen = np.asarray(until, np.int64)
    dose = np.nan_to_num(np.asarray(had, np.float64), nan=np.inf)
    event = dose <= seen
    time = np.where(event, dose, seen).astype(np.int64)
    days, n_events, at_risk = _steps(time, event)
    left = np.cumprod(1 - n_events / at_risk) if len(days) else np.zeros(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(n_events / (at_risk * (at_risk - n_events)))
    asked = np.asarray(at, np.int64)
    place = np.searchsorted(days, asked, side="right") - 1
    surviving = np.where(place >= 0, left[place] if len(days) else 1.0, 1.0)
    variance = np.where(place >= 0, spread[place] if len(days) else 0.0, 0.0)
    low, high = _log_log(surviving, variance)
    order = np.sort(time)
    followed = len(order) - np.searchsorted(order, asked, side="left")
    known = asked <= (int(seen.max()) if len(seen) else -1)
    share = np.where(known, 1 - surviving, np.nan)
    return Curve(
        asked, share, np.where(known, 1 - high, np.nan), np.where(known, 1 - low, np.nan),
        followed.astype(np.int64),
    )  # fmt: skip


def _steps(time: Ints, event: NDArray[np.bool_]) -> tuple[Ints, Floats, Floats]:
    """(days on which somebody had the dose, how many had, how many were there without it)."""
    days, counts = np.unique(time[event], return_counts=True)
    order = np.sort(time)
    at_risk = len(order) - np.searchsorted(order, days, side="left")
    return days.astype(np.int64), counts.astype(np.float64), at_risk.astype(np.float64)


def _log_log(surviving: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """95 % limits of a share that is left, from Greenwood's sum."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log = np.log(surviving)
        wide = 1.959963984540054 * np.sqrt(variance) / np.abs(log)
        low, high = surviving ** np.exp(wide), surviving ** np.exp(-wide)
    open_ = (surviving > 0) & (surviving < 1) & np.isfinite(wide)
    return np.where(open_, low, surviving), np.where(open_, high, surviving)
