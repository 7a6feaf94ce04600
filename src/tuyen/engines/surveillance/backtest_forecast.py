"""How good forecasts would have been at past origins, by group, against the baseline."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.as_of import Reports, as_of
from tuyen.engines.surveillance.walk import walk_quantiles
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: counts (n, m) known at an origin, horizon h -> quantiles (n, h, k).
Forecaster = Callable[[Floats, int], Floats]
#: origin -> what was known then, counts (n, periods up to it).
Known = Callable[[int], Floats]
#: Equal parts of (0, 1) in which transforms are counted for a picture of calibration.
PARTS = 10


class Replayed(NamedTuple):
    """n series, o origins, h periods ahead; NaN where nothing came or nothing was forecast."""

    wis: Floats  # (n, o, h)
    baseline: Floats  # (n, o, h) WIS of the walk from the last count
    pit_low: Floats  # (n, o, h) the interval in which the transform lies
    pit_high: Floats  # (n, o, h)


class Quality(NamedTuple):
    """Figures of s groups; NaN where a group has no forecast."""

    forecasts: Ints  # (s,) scored
    wis: Floats  # (s,) mean
    relative: Floats  # (s,) sum of WIS over the sum of the baseline's: below 1 is better
    geometric: Floats  # (s,) geometric mean over series of that ratio
    coverage: Floats  # (s, c) share in the central intervals asked for, randomised
    histogram: Floats  # (s, 10) share of transforms in each tenth: 0.1 each if calibrated


def replay(
    counts: Floats, origins: Ints, horizon: int, forecaster: Forecaster, *,
    levels: Floats = scores.LEVELS, known: Known | None = None,
) -> Replayed:  # fmt: skip
    """Forecast from each origin, and score against what came.

    Parameters
    ----------
    counts : (n, m) float64
        What came in the end; NaN is missing.
    origins : (o,) int
        The last period known to each forecast, from 0.
    forecaster : callable
        Gets counts (n, origin + 1) only: what comes later is not in the array it is given.
    known : callable, optional
        What was known at an origin, counts (n, any number of periods) that end with it; a file of
        reports gives :func:`as_reported`. Then the forecaster gets that, not what came in the end.

    Raises
    ------
    BadInput
        If an origin is not a period, or the forecaster's answer has another shape.
    """
    counts = np.asarray(counts, dtype=np.float64)
    n, m = counts.shape
    if len(origins) and not (min(origins) >= 0 and max(origins) < m):
        raise BadInput(what=f"an origin lies outside 0 ... {m - 1}")
    parts = [np.full((n, len(origins), horizon), np.nan) for _ in range(4)]
    for place, origin in enumerate(np.asarray(origins).tolist()):
        seen = counts[:, : origin + 1] if known is None else known(origin)
        made = forecaster(seen.copy(), horizon)
        if made.shape != (n, horizon, len(levels)):
            raise BadInput(
                what=f"quantiles have shape {made.shape}; expected {(n, horizon)} + levels"
            )
        walk = np.stack([walk_quantiles(one, horizon, levels) for one in seen])
        for h in range(min(horizon, m - 1 - origin)):
            came = counts[:, origin + 1 + h]
            good = np.flatnonzero(~np.isnan(came + made[:, h].sum(axis=1) + walk[:, h].sum(axis=1)))
            ours, base = (scores.wis(came[good], part[good, h], levels) for part in (made, walk))
            low, high = scores.pit_of_quantiles(came[good], made[good, h], levels)
            for whole, part in zip(parts, (ours, base, low, high), strict=True):
                whole[good, place, h] = part
    return Replayed(*parts)


def as_reported(reports: Reports) -> Known:
    """What had been reported by an origin, of reports with their delays."""
    return lambda origin: as_of(reports, origin)


def ahead(replayed: Replayed, h: int) -> Replayed:
    """The forecasts of one horizon alone, 1 or more periods ahead."""
    return Replayed(*(part[:, :, h - 1 : h] for part in replayed))


def quality(
    replayed: Replayed, group: Ints, *, shares: tuple[float, ...] = (0.5, 0.9, 0.95),
    groups: int | None = None,
) -> Quality:  # fmt: skip
    """Sum up by group (n,) of the series, numbered from 0; O(n o h)."""
    count = int(group.max(initial=-1)) + 1 if groups is None else groups
    nan = [np.full(count, np.nan) for _ in range(3)]
    answer = Quality(
        np.zeros(count, np.int64), nan[0], nan[1], nan[2], np.full((count, len(shares)), np.nan),
        np.full((count, PARTS), np.nan),
    )  # fmt: skip
    for one in range(count):
        wis, base, low, high = (part[group == one] for part in replayed)
        known = ~np.isnan(wis)
        answer.forecasts[one] = known.sum()
        if not known.any():
            continue
        ours, theirs = (np.nansum(part, axis=(1, 2)) for part in (wis, base))
        answer.wis[one] = np.nanmean(wis)
        answer.relative[one] = ours.sum() / theirs.sum() if theirs.sum() > 0 else np.nan
        both = (ours > 0) & (theirs > 0)
        if both.any():
            answer.geometric[one] = np.exp(np.log(ours[both] / theirs[both]).mean())
        answer.coverage[one] = [scores.coverage(low, high, share) for share in shares]
        answer.histogram[one] = _histogram(low[known], high[known])
    return answer


def _histogram(low: Floats, high: Floats) -> Floats:
    """The expected share of randomised transforms in each part."""
    edges = np.linspace(0, 1, PARTS + 1)
    width = np.maximum(high - low, 1e-12)
    below = np.clip((edges[:, None] - low) / width, 0, 1)
    return np.asarray(np.diff(below, axis=0).mean(axis=1), dtype=np.float64)
