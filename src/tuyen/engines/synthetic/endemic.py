"""The steady circulation of each disease: weekly counts with season, trend, place and noise."""

from typing import NamedTuple

import numpy as np

from tuyen.engines.synthetic.parameters import Disease
from tuyen.engines.synthetic.streams import DAY, Days, Floats, Ints


class Onsets(NamedTuple):
    """n cases as they began: what, where, when, and in which outbreak."""

    disease: Ints  # (n,) int16, position among the diseases
    former: Ints  # (n,) int16, position in gazetteer.former
    onset: Days
    outbreak: Ints  # (n,) int32, id of the injected outbreak; -1: none
    source: Ints  # (n,) int32, position of the case it came from; -1: unknown


def mondays(since: np.datetime64, until: np.datetime64) -> Days:
    """(w,) the Mondays of the weeks that touch the days from ``since`` to ``until``."""
    first = since - np.timedelta64(int((since.astype(np.int64) + 3) % 7), "D")  # 1970: a Thursday
    return np.arange(first, until + np.timedelta64(1, "D"), 7, dtype=DAY)


def draw(
    diseases: list[Disease],
    people: Floats,
    growth: float,
    since: np.datetime64,
    until: np.datetime64,
    rng: np.random.Generator,
) -> Onsets:
    """Draw every case that belongs to no outbreak.

    Weekly counts of a commune are Poisson with a mean that a gamma variable of shape k shakes
    (so: negative binomial), and that shares a slow wave (first-order autoregressive, 0.8 a week)
    with the whole province.

    Parameters
    ----------
    people : (f,) residents of each former commune on the last day
    growth : residents on the first day as a share of those on the last
    """
    weeks = mondays(since, until)
    middle = weeks + np.timedelta64(3, "D")
    share = np.interp(
        middle.astype(np.int64), [since.astype(np.int64), until.astype(np.int64)], [growth, 1.0]
    )
    of, where, when = [], [], []
    for n, disease in enumerate(diseases):
        place = rng.lognormal(-(disease.place**2) / 2, disease.place, people.size)
        wave = _wave(weeks.size, rng)
        mean = np.outer(disease.intensity(middle) * 7 * share * wave, people * place)
        counts = rng.poisson(mean * rng.gamma(disease.k, 1 / disease.k, mean.shape))
        week, former = (np.repeat(axis, counts.ravel()) for axis in _grid(counts.shape))
        of.append(np.full(week.size, n, np.int16))
        where.append(former.astype(np.int16))
        when.append(weeks[week] + rng.integers(0, 7, week.size).astype("timedelta64[D]"))
    disease_of, former, onset = np.concatenate(of), np.concatenate(where), np.concatenate(when)
    kept = (onset >= since) & (onset <= until)
    none = np.full(int(kept.sum()), -1, np.int32)
    return Onsets(disease_of[kept], former[kept], onset[kept], none, none.copy())


def _wave(weeks: int, rng: np.random.Generator) -> Floats:
    steps = rng.normal(0, 0.12, weeks)
    level = np.empty(weeks)
    last = 0.0
    for n in range(weeks):
        last = level[n] = 0.8 * last + steps[n]
    return np.exp(level)


def _grid(shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    rows, columns = np.indices(shape)
    return rows.ravel(), columns.ravel()
