"""What speaks for an outbreak in a series this week, from the past alone.

One row for each series and week worth a look: how much likelier the last weeks are with an outbreak
than without one, under a negative binomial mean that is learnt from the series' own years, from the
season of its disease in its region, and from the last weeks there.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Counts = NDArray[np.uint16]

NAMES = (
    "log odds now", "log odds before", "log tail", "log mean", "dispersion", "log own ratio",
    "log cases known", "count", "log cases too many",
)  # fmt: skip
HISTORY, SKIP, YEAR = 260, 26, 52
_PHI, _PHI_HOLD = 1.3, 30.0  # dispersion before a disease has said anything, worth so many cases
_SEASON_HOLD, _LATELY_HOLD = 60.0, 40.0  # cases that "no season" and "as usual" are worth


class Outbreaks(NamedTuple):
    """What an outbreak may look like: the sizes are equally likely."""

    sizes: tuple[float, ...] = (4.0, 6.0, 9.0, 13.0, 18.0, 24.0)  # cases
    course: tuple[float, ...] = (0.5, 0.42, 0.07, 0.01)  # share of the cases by week from the start
    begins: float = 1e-3  # chance that one begins in a series in a week


class Evidence(NamedTuple):
    """r rows, each a series in a week; columns as in :data:`NAMES`."""

    series: Ints  # (r,)
    point: Ints  # (r,)
    values: Floats  # (r, 9)


class Surroundings(NamedTuple):
    """What the series of each disease and region count together, g = diseases x regions groups."""

    totals: Floats  # (g, m)
    number: Ints  # (diseases, regions) series in each
    rough: Floats  # (diseases, m) half the squared steps from week to week, outbreaks cut to size
    level: Floats  # (diseases, m) counts, cut alike


def surroundings(counts: Counts, disease: Ints, region: Ints) -> Surroundings:
    """Sum n series by disease and region, both numbered from 0. O(n m)."""
    from tuyen.engines.surveillance.evidence_kernel import roughness  # compiles: only when needed

    counts = np.ascontiguousarray(counts, dtype=np.uint16)
    diseases, regions = int(disease.max()) + 1, int(region.max()) + 1
    group = disease.astype(np.int64) * regions + region
    order = np.argsort(group, kind="stable")
    number = np.bincount(group, minlength=diseases * regions)
    there = number > 0
    starts = np.searchsorted(group[order], np.flatnonzero(there))
    totals = np.zeros((diseases * regions, counts.shape[1]))
    totals[there] = np.add.reduceat(counts[order], starts, axis=0, dtype=np.int64)
    rough, level = np.zeros((2, diseases, counts.shape[1]))
    roughness(counts, disease.astype(np.int64), rough, level)
    return Surroundings(totals, number.reshape(diseases, regions), rough, level)


def evidence(
    counts: Counts, disease: Ints, region: Ints, points: Sequence[int] | Ints, *,
    told: Bools | None = None, least: int = 3, idle: bool = False,
    around: Surroundings | None = None, outbreaks: Outbreaks | None = None,
) -> Evidence:  # fmt: skip
    """Weigh each series at each point, reading nothing after that point.

    Parameters
    ----------
    counts : (n, m) whole numbers up to 65,535
    disease, region : (n,) from 0
        Series of one disease share their season; of one disease and region, their last weeks.
    points : weeks from 0
    told : (n, m) bool, optional
        Weeks known to belong to an outbreak: left out of what is usual. Those of the last 26 weeks
        before a point are not used for it, so that a label told late cannot help a week before.
    least, idle : int, bool
        Rows need this many cases in the last four weeks, and a case in the week itself if not idle.
    around : Surroundings, optional
        Of the whole, where ``counts`` holds only some series, or copies of them.

    Raises
    ------
    BadInput
        If shapes differ, a point is not a week, or an outbreak has no size or no course.
    """
    from tuyen.engines.surveillance.evidence_kernel import (
        collect,
        remember,
    )  # compiles: only when needed

    shape = Outbreaks() if outbreaks is None else outbreaks
    counts = np.ascontiguousarray(counts, dtype=np.uint16)
    disease, region = (np.asarray(part, dtype=np.int64) for part in (disease, region))
    _check(counts, disease, region, points, told, shape)
    left_out = np.zeros((1, 1), np.bool_) if told is None else np.ascontiguousarray(told)
    around = surroundings(counts, disease, region) if around is None else around
    group = disease * around.number.shape[1] + region
    sizes, course = np.array(shape.sizes), np.array(shape.course)
    series, point, values = [], [], []
    for t in points:
        season, lately, mean = _factors(around, int(t))
        enough = counts[:, max(0, t - 3) : t + 1].sum(axis=1, dtype=np.int64) >= least
        rows = np.flatnonzero(enough if idle else enough & (counts[:, t] > 0))
        past = np.empty((rows.size, 3))
        remember(counts, left_out, t, rows, HISTORY, SKIP, _PHI, past)
        phi = _dispersions(around, int(t))
        found = np.empty((rows.size, len(NAMES)))
        collect(
            counts, t, rows, past, season[group[rows]], lately[group[rows]], phi[disease[rows]],
            mean[disease[rows]], sizes, course, shape.begins, found,
        )  # fmt: skip
        series.append(rows)
        point.append(np.full(rows.size, t, dtype=np.int64))
        values.append(found)
    if not series:
        return Evidence(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, len(NAMES))))
    return Evidence(np.concatenate(series), np.concatenate(point), np.concatenate(values))


def _factors(around: Surroundings, t: int) -> tuple[Floats, Floats, Floats]:
    """Season and last weeks of each disease and region (g,), and mean of a disease (diseases,)."""
    totals, number = around.totals, around.number
    first, last = max(0, t - SKIP - HISTORY), max(1, t - SKIP)
    level = totals[:, first:last].mean(axis=1)
    windows, weeks = np.zeros(totals.shape[0]), 0
    for at in range(t - YEAR, first + 1, -YEAR):
        if at + 2 < last:
            windows += totals[:, at - 2 : at + 3].sum(axis=1)
            weeks += 5
    season = _drawn(windows, level * weeks, number, _SEASON_HOLD)
    near = totals[:, max(0, t - 8) : t]
    lately = _drawn(near.sum(axis=1), level * season * near.shape[1], number, _LATELY_HOLD)
    mean = level.reshape(number.shape).sum(axis=1) / np.maximum(number.sum(axis=1), 1)
    return season, lately, mean


def _dispersions(around: Surroundings, t: int) -> Floats:
    """Variance over mean of each disease (diseases,), at least 1, from all its series before t."""
    past = slice(max(1, t - SKIP - HISTORY), max(1, t - SKIP))
    rough, level = (part[:, past].sum(axis=1) for part in (around.rough, around.level))
    return np.clip((rough + _PHI * _PHI_HOLD) / (level + _PHI_HOLD), 1.0, 6.0)


def _drawn(seen: Floats, expected: Floats, number: Ints, hold: float) -> Floats:
    """Seen over expected by disease and region, drawn to that of the disease, and that to 1."""
    s, e = seen.reshape(number.shape), expected.reshape(number.shape)
    whole = (s.sum(axis=1) + hold) / (e.sum(axis=1) + hold)
    return ((s + hold * whole[:, None]) / (e + hold)).ravel()


def _check(
    counts: Counts, disease: Ints, region: Ints, points: Sequence[int] | Ints, told: Bools | None,
    shape: Outbreaks,
) -> None:  # fmt: skip
    n = counts.shape[0] if counts.ndim == 2 else -1
    if counts.ndim != 2 or disease.shape != (n,) or region.shape != (n,):
        raise BadInput(
            what=f"counts has shape {counts.shape}; give (n, m), disease and region (n,)"
        )
    if n and min(int(disease.min()), int(region.min())) < 0:
        raise BadInput(what="a disease or region is below 0; number them from 0")
    if len(points) and not (min(points) >= 0 and max(points) < counts.shape[1]):
        raise BadInput(what=f"a point lies outside 0 ... {counts.shape[1] - 1}")
    if told is not None and told.shape != counts.shape:
        raise BadInput(what=f"told has shape {told.shape}; expected {counts.shape}")
    if not shape.sizes or not shape.course or min(*shape.sizes, *shape.course) <= 0:
        raise BadInput(what="an outbreak needs sizes and a course above 0")
