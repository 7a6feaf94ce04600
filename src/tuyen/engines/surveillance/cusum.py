"""Cumulative sums: a small rise that lasts is seen sooner than by judging each count alone."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.farrington_control import Floats, Mode
from tuyen.kernel.refusal import BadInput

Mean = Literal["constant", "glm"]
Scale = Literal["standard", "rossi"]


class Cusum(NamedTuple):
    """What n series were expected to count at p points, and where the sum reached the limit."""

    points: NDArray[np.int64]  # (p,) from 0
    expected: Floats  # (n, p) the mean in control
    upperbound: Floats  # (n, p) the count that would raise the alarm, given the sum before
    alarm: NDArray[np.bool_]  # (n, p) the sum is at least h
    judged: NDArray[np.bool_]  # (n, p) False: no count, or no mean
    sum: Floats  # (n, p) the cumulative sum; it is not reset by an alarm


def cusum(
    counts: Floats,
    first: int,
    last: int | None = None,
    *,
    k: float = 1.04,
    h: float = 2.26,
    mean: Mean | float = "constant",
    scale: Scale = "rossi",
    frequency: int = 52,
    mode: Mode = "corrected",
) -> Cusum:
    """Sum up how far n series were above their mean, from point ``first`` to ``last`` (from 0).

    S(t) = max(0, S(t-1) + z(t) - k), an alarm when S(t) >= h, with z = (y - m) / sqrt(m) (standard)
    or, nearer to normal for small counts, (y - 3m + 2 sqrt(m y)) / (2 sqrt(m)) (Rossi).

    Parameters
    ----------
    counts : (n, m) float64
        NaN is a missing value: it leaves the sum as it is.
    mean : "constant", "glm" or a number
        In control: the mean of the counts before ``first``; or a Poisson regression of these on one
        yearly wave; or a given number.
    mode : "corrected" or "r_compat"
        Where the sum is so high that any count raises the alarm the bound is 0; R then gives the
        square of a negative root for ``rossi``.

    Notes
    -----
    Source: Rossi et al., Stat Med 1999; 18: 2111-2122; the manual page of ``algo.cusum`` in R's
    *surveillance*, whose answers this gives. O(n m).

    Examples
    --------
    >>> weeks = np.array([[4.0, 5, 3, 4, 4, 9, 9, 8]])
    >>> cusum(weeks, 5).alarm
    array([[False,  True,  True]])
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, first, k, h, mean, scale)
    points = np.arange(first, counts.shape[1] if last is None else last + 1)
    m = _in_control(counts, first, points, mean, frequency)
    total = np.zeros(counts.shape[0])
    bound, sums = np.full(m.shape, np.nan), np.full(m.shape, np.nan)
    root = np.sqrt(m)
    for place, t in enumerate(points.tolist()):
        y, centre, sd = counts[:, t], m[:, place], root[:, place]
        need = h + k - total
        with np.errstate(invalid="ignore", divide="ignore"):
            if scale == "standard":
                bound[:, place] = np.maximum(np.ceil(centre + sd * need), 0.0)
                z = (y - centre) / sd
            else:
                x = np.sqrt(np.maximum(4 * centre + 2 * sd * need, 0.0)) - sd
                beyond = 4 * centre + 2 * sd * need < 0 if mode == "r_compat" else x < 0
                bound[:, place] = np.where(beyond, 0.0, x**2)
                z = (y - 3 * centre + 2 * np.sqrt(centre * y)) / (2 * sd)
        total = np.where(np.isnan(z), total, np.maximum(0.0, total + z - k))
        sums[:, place] = total
    judged = ~(np.isnan(counts[:, points]) | np.isnan(m) | (m <= 0))
    bound[~(m > 0)] = np.nan
    return Cusum(points, m, bound, judged & (sums >= h), judged, sums)


def _in_control(
    counts: Floats, first: int, points: NDArray[np.int64], mean: Mean | float, frequency: int
) -> Floats:
    shape = (counts.shape[0], points.size)
    past = counts[:, :first]
    if mean == "glm":
        return seasonal_mean(past, points, frequency)
    if mean == "constant":
        known = (~np.isnan(past)).sum(axis=1)
        with np.errstate(invalid="ignore"):
            average = np.where(known > 0, np.nansum(past, axis=1) / known, np.nan)
        return np.broadcast_to(average[:, None], shape).copy()
    return np.full(shape, float(mean))


def seasonal_mean(past: Floats, points: NDArray[np.int64], frequency: int) -> Floats:
    """Poisson regression on one yearly wave, predicted at ``points``; (n, p), NaN without a fit.

    Point t (from 0) stands at the angle 2 pi (t + 1) / frequency.
    """
    every = np.arange(max(past.shape[1], int(points.max(initial=-1)) + 1)) + 1.0
    angle = 2 * np.pi * every / frequency
    wave = np.column_stack([np.ones_like(angle), np.cos(angle), np.sin(angle)])
    answer = np.full((past.shape[0], points.size), np.nan)
    for n, series in enumerate(past):
        known = ~np.isnan(series)
        if known.sum() > wave.shape[1] and np.nansum(series) > 0:
            design = wave[: past.shape[1]][known]
            if (beta := _poisson(design, series[known])) is not None:
                answer[n] = np.exp(wave[points] @ beta)
    return answer


def _poisson(design: Floats, y: Floats) -> Floats | None:
    """Iteratively reweighted least squares to R's tolerance; None where it does not converge."""
    mu = y + 0.1
    eta, old = np.log(mu), np.inf
    for _ in range(25):
        weighted = mu[:, None] * design
        try:
            beta = np.linalg.solve(design.T @ weighted, weighted.T @ (eta + (y - mu) / mu))
        except np.linalg.LinAlgError:
            return None
        eta = design @ beta
        mu = np.maximum(np.exp(np.minimum(eta, 700.0)), np.finfo(float).eps)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(y > 0, y * np.log(y / mu), 0.0)
        deviance = float(2 * np.sum(logs - (y - mu)))
        if abs(deviance - old) / (abs(deviance) + 0.1) < 1e-8:
            return np.asarray(beta, dtype=np.float64)
        old = deviance
    return None


def _check(counts: Floats, first: int, k: float, h: float, mean: Mean | float, scale: str) -> None:
    if counts.ndim != 2:
        raise BadInput(what=f"counts has {counts.ndim} dimensions; give (series, points)")
    if not 0 <= first <= counts.shape[1]:
        raise BadInput(what=f"first is {first}; use a point of the series")
    if not (0 <= k < np.inf and 0 < h < np.inf):
        raise BadInput(what=f"k is {k} and h is {h}; use k from 0 and h above 0")
    if isinstance(mean, str):
        if mean not in ("constant", "glm"):
            raise BadInput(what=f"mean is {mean!r}; use constant, glm or a number")
        if mean == "constant" and first < 1:
            raise BadInput(what="first is 0: no count before it says what is usual")
    elif not 0 < mean < np.inf:
        raise BadInput(what=f"mean is {mean}; use a number above 0")
    if scale not in ("standard", "rossi"):
        raise BadInput(what=f"scale is {scale!r}; use standard or rossi")
