"""How many does one case infect, and how fast do counts double? Batched over series."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

#: A window whose estimate has a larger coefficient of variation than this says little.
LARGEST_CV = 0.3
SHOWN = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


class Reproduction(NamedTuple):
    """The effective reproduction number of n series in w windows."""

    first: NDArray[np.int64]  # (w,) index of the window's first day, from 0
    last: NDArray[np.int64]  # (w,) and of its last
    mean: Floats  # (n, w); NaN: a missing value, or not yet one serial interval of data
    sd: Floats  # (n, w)
    quantiles: Floats  # (n, w, k)
    enough: NDArray[np.bool_]  # (n, w) False: too few cases for a steady estimate


def serial_interval(mean: float, sd: float, lags: int) -> Floats:
    """Return the weights (lags,) of a serial interval of 0, 1, ... lags - 1 days.

    A gamma distribution shifted by one day, each day's weight being the integral of the density
    over a triangle round it; the weight of day 0 is 0. Weights are not made to sum to one after
    they are cut off, so that a longer series does not change an earlier estimate.

    Raises
    ------
    BadInput
        If the mean is not above one day or the sd not above 0.

    Notes
    -----
    Source: Cori, Ferguson, Fraser and Cauchemez, Am J Epidemiol 2013; 178: 1505-1512, web appendix.

    Examples
    --------
    >>> serial_interval(2.6, 1.5, 4).round(4)
    array([0.    , 0.2332, 0.3586, 0.1981])
    """
    if not (mean > 1 and np.isfinite(mean)):
        raise BadInput(what=f"the mean serial interval is {mean}; expected more than 1 day")
    if not (sd > 0 and np.isfinite(sd)):
        raise BadInput(what=f"the sd of the serial interval is {sd}; expected more than 0 days")
    shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
    k = np.arange(lags, dtype=np.float64)

    def below(days: Floats, shape: float) -> Floats:
        return special.gammainc(shape, np.maximum(days, 0) / scale)

    # Integrating (1 - |x - k|) f(x) needs the distribution and its first moment, which is the
    # distribution of the same gamma with one more in its shape.
    plain = k * below(k, shape) + (k - 2) * below(k - 2, shape) - 2 * (k - 1) * below(k - 1, shape)
    moment = 2 * below(k - 1, shape + 1) - below(k - 2, shape + 1) - below(k, shape + 1)
    weights = np.maximum(plain + shape * scale * moment, 0)
    weights[:1] = 0
    return weights


def infectivity(counts: Floats, weights: Floats) -> Floats:
    """Return the total infectiousness (n, m): earlier counts weighted by the serial interval."""
    days = counts.shape[1]
    lag = np.arange(days)[:, None] - np.arange(days)[None, :]  # to - from
    known = np.concatenate([weights[:days], np.zeros(max(0, days - weights.size))])
    share = np.where(lag > 0, known[np.clip(lag, 0, days - 1)], 0.0)
    return counts @ share.T


def reproduction(
    counts: Floats,
    weights: Floats,
    *,
    window: int = 7,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    levels: tuple[float, ...] = SHOWN,
    mean_interval: float | None = None,
) -> Reproduction:
    """Estimate the effective reproduction number over sliding windows.

    With a gamma prior of shape a and rate b, infectiousness L and counts I, the posterior over a
    window is gamma of shape a + sum I and rate b + sum L. The first window begins on day 2 (index
    1): the first case is nobody's secondary case here.

    Parameters
    ----------
    counts : (n, m) float64
        Daily incidence, oldest first; NaN is a missing value: it spoils the windows it stands in,
        and counts as nobody infectious in later ones.
    weights : (k,) float64
        Serial interval of 0, 1, ... days, as from :func:`serial_interval`; weights[0] is unused.
    window : int
        Days in a window, at least 1.
    mean_interval : float, optional
        Mean of the serial interval; a window that ends no later than this many days after the
        first has no estimate, because most infectors of its cases were never seen. Default: that
        of ``weights``.

    Returns
    -------
    Reproduction
        w = m - window windows. ``enough`` asks for a coefficient of variation of at most 0.3.

    Raises
    ------
    BadInput
        If an argument is out of range.

    Notes
    -----
    O(n m^2) multiplications in one product of matrices. Source: as :func:`serial_interval`.
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, window, prior_mean, prior_sd)
    days = counts.shape[1]
    first = np.arange(1, max(1, days - window + 1))
    force = infectivity(np.nan_to_num(counts), weights)
    shape = (prior_mean / prior_sd) ** 2 + _windows(counts, window)
    rate = prior_mean / prior_sd**2 + _windows(force, window)
    if mean_interval is None:
        mean_interval = float(np.arange(weights.size) @ weights / weights.sum())
    shape[:, first + window <= mean_interval] = np.nan
    missing = np.isnan(shape)
    # The quantile of a unit gamma depends on the shape alone, and shapes repeat: counts are whole.
    shapes, place = np.unique(np.where(missing, 1.0, shape), return_inverse=True)
    unit = np.column_stack([special.gammaincinv(shapes, level) for level in levels])
    quantiles = unit[place.reshape(shape.shape)] / rate[..., None]
    quantiles[missing] = np.nan
    return Reproduction(
        first, first + window - 1, shape / rate, np.sqrt(shape) / rate, quantiles,
        shape >= 1 / LARGEST_CV**2,
    )  # fmt: skip


def reproduction_uncertain(
    counts: Floats,
    *,
    si_mean: tuple[float, float],
    si_sd: tuple[float, float],
    rng: np.random.Generator,
    window: int = 7,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    levels: tuple[float, ...] = SHOWN,
    intervals: int = 100,
    draws: int = 50,
) -> Reproduction:
    """As :func:`reproduction`, when the serial interval itself is uncertain.

    Mean and sd of the serial interval are drawn from normal distributions (``si_mean`` and
    ``si_sd`` give mean and sd of each) cut off where the interval would have no mean above a day
    or its sd exceed its mean; ``draws`` values are taken from the posterior under each interval.
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, window, prior_mean, prior_sd)
    pairs: list[tuple[float, float]] = []
    for _ in range(1000 * intervals):
        mean, sd = rng.normal(*si_mean), rng.normal(*si_sd)
        if mean > 1 and 0 < sd <= mean:
            pairs.append((mean, sd))
        if len(pairs) == intervals:
            break
    else:
        raise BadInput(what="hardly any serial interval drawn has a mean above 1 day; give others")
    shape = (prior_mean / prior_sd) ** 2 + _windows(counts, window)
    first = np.arange(1, max(1, counts.shape[1] - window + 1))
    shape[:, first + window <= si_mean[0]] = np.nan
    known = np.nan_to_num(shape, nan=1.0)
    values = np.empty((*shape.shape, intervals * draws))
    for n, (mean, sd) in enumerate(pairs):
        force = infectivity(np.nan_to_num(counts), serial_interval(mean, sd, counts.shape[1]))
        rate = prior_mean / prior_sd**2 + _windows(force, window)
        part = rng.standard_gamma(known[..., None], (*shape.shape, draws)) / rate[..., None]
        values[..., n * draws : (n + 1) * draws] = part
    values[np.isnan(shape)] = np.nan
    mean_r, sd_r = values.mean(axis=2), values.std(axis=2, ddof=1)
    quantiles = np.moveaxis(np.quantile(values, levels, axis=2), 0, 2)
    with np.errstate(invalid="ignore"):
        enough = sd_r <= LARGEST_CV * mean_r
    return Reproduction(first, first + window - 1, mean_r, sd_r, quantiles, enough)


class Growth(NamedTuple):
    """Exponential growth of n series in w windows."""

    first: NDArray[np.int64]  # (w,)
    last: NDArray[np.int64]  # (w,)
    rate: Floats  # (n, w) per period; NaN where the window is empty or holds a missing value
    low: Floats  # (n, w) 95 % interval
    high: Floats  # (n, w)
    doubling: Floats  # (n, w) periods to double; negative: to halve


def growth(counts: Floats, *, window: int = 14) -> Growth:
    """Fit log-linear growth over sliding windows by quasi-Poisson regression.

    The slope is the Poisson maximum likelihood estimate; its standard error is scaled by the
    dispersion (never taken below 1) and the interval uses Student's t, window - 2 degrees of
    freedom. Doubling time is log 2 / rate: infinite when the rate is 0.

    Parameters
    ----------
    counts : (n, m) float64
        Evenly spaced, oldest first; NaN is missing.
    window : int
        Periods in a window, at least 3.

    Notes
    -----
    Newton's method on one slope per window, the intercept profiled out, 25 rounds at most; a
    window with its cases in one end period has no finite slope and gives NaN. Source: McCullagh
    and Nelder, Generalized Linear Models, 2nd ed. 1989, chapter 6.
    """
    counts = np.asarray(counts, dtype=np.float64)
    if window < 3:
        raise BadInput(what=f"window is {window}; a growth rate needs at least 3 periods")
    days = counts.shape[1]
    first = np.arange(max(0, days - window + 1))
    if first.size == 0:
        none = np.empty((len(counts), 0))
        return Growth(first, first, none, none, none, none)
    y = np.lib.stride_tricks.sliding_window_view(counts, window, axis=1)
    t = np.arange(window) - (window - 1) / 2
    total = y.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        wanted = (y @ t) / total  # the mean time of the cases
    fit = total > 0
    fit &= np.abs(wanted) < t[-1] - 1e-9
    slope = np.zeros(total.shape)
    aim = np.where(fit, wanted, 0.0)
    for _ in range(25):
        weight = special.softmax(slope[..., None] * t, axis=2)
        mean = weight @ t
        spread = weight @ t**2 - mean**2
        step = np.clip((aim - mean) / np.maximum(spread, 1e-12), -1, 1)
        slope += step
        if np.abs(step).max(initial=0) < 1e-12:
            break
    weight = special.softmax(slope[..., None] * t, axis=2)
    fitted = total[..., None] * weight
    spread = weight @ t**2 - (weight @ t) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        phi = np.maximum(((y - fitted) ** 2 / fitted).sum(axis=2) / (window - 2), 1)
        error = np.sqrt(phi / (total * spread))
        slope = np.where(fit, slope, np.nan)
        reach = special.stdtrit(window - 2, 0.975) * error
        doubling = np.log(2) / slope
    return Growth(first, first + window - 1, slope, slope - reach, slope + reach, doubling)


def _windows(values: Floats, window: int) -> Floats:
    """Sums (n, m - window) over the windows that begin on day 2 or later."""
    if values.shape[1] <= window:
        return np.empty((len(values), 0))
    return np.lib.stride_tricks.sliding_window_view(values[:, 1:], window, axis=1).sum(axis=2)


def _check(counts: Floats, window: int, prior_mean: float, prior_sd: float) -> None:
    if counts.ndim != 2:
        raise BadInput(what=f"counts has {counts.ndim} dimensions; give (series, days)")
    if (counts < 0).any():
        raise BadInput(what="counts are 0 or more")
    if window < 1:
        raise BadInput(what=f"window is {window}; use at least 1 day")
    if not (prior_mean > 0 and prior_sd > 0):
        raise BadInput(what="the prior's mean and sd must be above 0")
