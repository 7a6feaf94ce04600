"""How good was a probabilistic forecast of counts? Proper scores, coverage and calibration."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

#: The 23 levels that forecast hubs ask for.
LEVELS: Floats = np.array([0.01, 0.025, *np.arange(5, 96, 5) / 100, 0.975, 0.99])


class IntervalScore(NamedTuple):
    """The weighted interval score and its three parts, which add up to it; all (n,)."""

    wis: Floats
    spread: Floats  # how wide the intervals are
    above: Floats  # penalty where the forecast lay above what came
    below: Floats  # penalty where the forecast lay below what came


def interval_score(observed: Floats, quantiles: Floats, levels: Floats = LEVELS) -> IntervalScore:
    """Return the weighted interval score of n forecasts given by k quantiles.

    With weights alpha/2 per interval and 1/2 for the median this is the mean over the levels of
    twice the pinball loss, which also serves levels that do not come in pairs.

    Parameters
    ----------
    observed : (n,) float64
        NaN gives NaN.
    quantiles : (n, k) float64
        Not falling from left to right.
    levels : (k,) float64
        Rising, within (0, 1).

    Raises
    ------
    BadInput
        If shapes differ, levels do not rise, or quantiles fall.

    Notes
    -----
    Source: Bracher, Ray, Gneiting and Reich, PLoS Comput Biol 2021; 17: e1008618.

    Examples
    --------
    >>> interval_score(np.array([7.0]), np.array([[2.0, 4, 6]]), np.array([0.1, 0.5, 0.9])).wis
    array([1.93333333])
    """
    observed, quantiles, levels = _checked(observed, quantiles, levels)
    gap = observed[:, None] - quantiles
    wis = 2 * np.maximum(levels * gap, (levels - 1) * gap).mean(axis=1)
    # The pinball loss at y minus the loss at the median is a penalty; what remains is spread.
    middle = np.array([np.interp(0.5, levels, row) for row in quantiles])
    inside = middle[:, None] - quantiles
    spread = 2 * np.maximum(levels * inside, (levels - 1) * inside).mean(axis=1)
    rest = wis - spread
    over = observed < middle
    nothing = np.where(np.isnan(observed), np.nan, 0.0)
    return IntervalScore(
        wis,
        np.where(np.isnan(observed), np.nan, spread),
        np.where(over, rest, nothing),
        np.where(over, nothing, rest),
    )


def wis(observed: Floats, quantiles: Floats, levels: Floats = LEVELS) -> Floats:
    """The weighted interval score (n,) alone; see :func:`interval_score`."""
    observed, quantiles, levels = _checked(observed, quantiles, levels)
    gap = observed[:, None] - quantiles
    return 2 * np.maximum(levels * gap, (levels - 1) * gap).mean(axis=1)


def crps_quantiles(observed: Floats, quantiles: Floats, levels: Floats = LEVELS) -> Floats:
    """Return the continuous ranked probability score (n,) of forecasts known by quantiles.

    The integral of twice the pinball loss over all levels (Gneiting and Ranjan, J Bus Econ Stat
    2011; 29: 411-422) by the trapezoidal rule; beyond the outer levels the outer quantiles go on,
    so that tails which the forecast did not state cost nothing that they might not.
    """
    observed, quantiles, levels = _checked(observed, quantiles, levels)
    at = np.concatenate([[0.0], levels, [1.0]])
    known = np.column_stack([quantiles[:, 0], quantiles, quantiles[:, -1]])
    gap = observed[:, None] - known
    loss = 2 * np.maximum(at * gap, (at - 1) * gap)
    return np.trapezoid(loss, at, axis=1)


def crps_sample(observed: Floats, sample: Floats) -> Floats:
    """Return the continuous ranked probability score (n,) of m draws each, (n, m).

    That of their empirical distribution: mean |x - y| - sum |x_i - x_j| / (2 m^2); the double sum
    is taken over the sorted draws, O(m log m). Source: Gneiting and Raftery, JASA 2007; 102: 359.
    """
    observed = np.asarray(observed, dtype=np.float64)
    draws = np.sort(np.asarray(sample, dtype=np.float64), axis=1)
    size = draws.shape[1]
    rank = 2 * np.arange(1, size + 1) - size - 1
    return np.abs(draws - observed[:, None]).mean(axis=1) - draws @ rank / size**2


def nb_cdf(count: Floats, mean: Floats, size: Floats) -> Floats:
    """P(Y <= count), Y negative binomial with this mean and size (variance mean + mean^2/size).

    An infinite size is Poisson; below 0 it is 0; a mean of 0 puts all weight on 0.
    """
    count, mean, size = np.broadcast_arrays(
        np.floor(np.asarray(count, dtype=np.float64)), mean, np.asarray(size, dtype=np.float64)
    )
    below = np.maximum(count, 0)
    with np.errstate(invalid="ignore"):
        poisson = special.gammaincc(below + 1, mean)
        share = size / (size + mean)
        mixed = special.betainc(
            np.where(np.isinf(size), 1, size), below + 1, np.where(np.isinf(size), 0.5, share)
        )
    answer = np.where(np.isinf(size), poisson, mixed)
    answer = np.where(mean == 0, 1.0, answer)
    return np.where(count < 0, 0.0, np.where(np.isnan(count), np.nan, answer))


def nb_logpmf(count: Floats, mean: Floats, size: Floats) -> Floats:
    """log P(Y = count) for whole counts; the same distribution as :func:`nb_cdf`."""
    count, mean, size = np.broadcast_arrays(
        np.asarray(count, dtype=np.float64), mean, np.asarray(size, dtype=np.float64)
    )
    poisson = special.xlogy(count, mean) - mean - special.gammaln(count + 1)
    finite = np.where(np.isinf(size), 1.0, size)
    ways = special.gammaln(count + finite) - special.gammaln(finite) - special.gammaln(count + 1)
    mixed = ways + special.xlogy(count, mean / (finite + mean)) - finite * np.log1p(mean / finite)
    return np.where(np.isinf(size), poisson, mixed)


def nb_log_score(observed: Floats, mean: Floats, size: Floats) -> Floats:
    """The logarithmic score -log P(Y = observed), (n,); smaller is better."""
    return -nb_logpmf(observed, mean, size)


def nb_crps(observed: Floats, mean: Floats, size: Floats) -> Floats:
    """Return the exact ranked probability score (n,) of negative binomial forecasts.

    The sum over k of (F(k) - 1{k >= y})^2, taken until what is left is below 1e-15 of it. Rows
    are summed together in blocks of rising length, so that one long tail costs only itself.
    """
    observed, mean, size = (
        np.array(part, dtype=np.float64) for part in np.broadcast_arrays(observed, mean, size)
    )
    score = np.zeros(observed.shape)
    open_rows = np.flatnonzero(~np.isnan(observed + mean))
    score[np.isnan(observed + mean)] = np.nan
    start, length = 0, 64
    while open_rows.size:
        k = np.arange(start, start + length, dtype=np.float64)
        part = nb_cdf(k[None, :], mean[open_rows, None], size[open_rows, None])
        part -= k[None, :] >= observed[open_rows, None]
        score[open_rows] += np.square(part).sum(axis=1)
        start += length
        length = min(2 * length, max(64, 2_000_000 // open_rows.size))
        left = np.abs(part[:, -1])
        open_rows = open_rows[(left > 1e-9) | (observed[open_rows] >= start)]
    return score


def nb_pit(observed: Floats, mean: Floats, size: Floats) -> tuple[Floats, Floats]:
    """The interval [F(y - 1), F(y)] in which the probability integral transform lies, each (n,)."""
    observed = np.asarray(observed, dtype=np.float64)
    return nb_cdf(observed - 1, mean, size), nb_cdf(observed, mean, size)


def pit_of_quantiles(
    observed: Floats, quantiles: Floats, levels: Floats = LEVELS
) -> tuple[Floats, Floats]:
    """The interval in which the transform lies when only quantiles are known, each (n,).

    From the highest level whose quantile is below y to the lowest whose quantile is above it: a
    count that equals several quantiles may be at any of their levels.
    """
    observed, quantiles, levels = _checked(observed, quantiles, levels)
    edges = np.concatenate([[0.0], levels, [1.0]])
    low = (quantiles < observed[:, None]).sum(axis=1)
    high = (quantiles <= observed[:, None]).sum(axis=1) + 1
    unknown = np.isnan(observed)
    return np.where(unknown, np.nan, edges[low]), np.where(unknown, np.nan, edges[high])


def pit_of_sample(observed: Floats, sample: Floats) -> tuple[Floats, Floats]:
    """The interval in which the transform lies for m draws each, (n, m)."""
    observed = np.asarray(observed, dtype=np.float64)
    size = sample.shape[1]
    low = (sample < observed[:, None]).sum(axis=1) / size
    return low, (sample <= observed[:, None]).sum(axis=1) / size


def randomised(low: Floats, high: Floats, rng: np.random.Generator) -> Floats:
    """One uniform draw in each [low, high]: uniform over (0, 1) if and only if calibrated.

    Source: Czado, Gneiting and Held, Biometrics 2009; 65: 1254-1261.
    """
    return low + rng.random(low.shape) * (high - low)


def covered(observed: Floats, quantiles: Floats, levels: Floats, share: float) -> NDArray[np.bool_]:
    """Whether y lies in the closed central interval that should hold ``share`` of all, (n,)."""
    observed, quantiles, levels = _checked(observed, quantiles, levels)
    low, high = (_at(quantiles, levels, (1 + side * share) / 2) for side in (-1, 1))
    return (low <= observed) & (observed <= high)


def coverage(low: Floats, high: Floats, share: float) -> float:
    """The expected share of randomised transforms in the central interval: 0.9 if calibrated.

    ``low`` and ``high`` bound the transform. A closed interval of whole numbers holds more than
    its share even from a perfect forecast; this does not, and needs no dice.
    """
    bottom, top = (1 - share) / 2, (1 + share) / 2
    width = high - low
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (np.minimum(high, top) - np.maximum(low, bottom)) / width
    part = np.where(width > 0, np.clip(part, 0, 1), (low >= bottom) & (low <= top))
    known = ~np.isnan(low + high)
    return float(part[known].mean()) if known.any() else float("nan")


def _at(quantiles: Floats, levels: Floats, level: float) -> Floats:
    place = int(np.abs(levels - level).argmin())
    if abs(levels[place] - level) > 1e-9:
        raise BadInput(what=f"level {level:g} is not among the quantiles; give it")
    return quantiles[:, place]


def _checked(observed: Floats, quantiles: Floats, levels: Floats) -> tuple[Floats, Floats, Floats]:
    observed, quantiles, levels = (
        np.asarray(part, dtype=np.float64) for part in (observed, quantiles, levels)
    )
    if quantiles.shape != (observed.size, levels.size) or observed.ndim != 1:
        shape = (observed.size, levels.size)
        raise BadInput(what=f"quantiles have shape {quantiles.shape}; expected {shape}")
    if levels.size == 0 or not (levels[0] > 0 and levels[-1] < 1 and (np.diff(levels) > 0).all()):
        raise BadInput(what="levels must rise and lie between 0 and 1")
    falling = np.diff(quantiles, axis=1) < 0
    if falling.any():
        row = int(np.argwhere(falling)[0][0])
        raise BadInput(what=f"row {row}: its quantiles fall; a higher level has a higher quantile")
    return observed, quantiles, levels
