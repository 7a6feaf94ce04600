"""A simulated nation with known outbreaks, on which rules for alarms are compared.

Weekly counts of every commune and disease: most of them nearly always 0, negative binomial around a
season and a trend, with years that are higher or lower than the model says, and outbreaks of 4 to 24
cases laid over them. Because every outbreak is known, false alarms can be counted.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
YEAR = 52
#: Dispersions (variance over mean) that a disease may have.
DISPERSIONS = (1.0, 1.1, 1.2, 1.3, 1.5)


class Profile(NamedTuple):
    """How large the nation is and what its series are like; n = communes x diseases series."""

    communes: int = 3_321
    diseases: int = 40
    weeks: int = 416
    provinces: int = 34
    outbreaks: float = 100.0 / 132_840  # new ones per series and week: 100 a week in the nation
    smallest: int = 4  # cases of an outbreak, each size as likely as the other
    largest: int = 24
    delay: tuple[float, float] = (0.0, 0.5)  # log-normal law of a case's weeks since the start
    level: tuple[float, float] = (-4.3, 2.6)  # log of the weekly mean: centre and deviation
    highest: float = 60.0  # no series has a higher weekly mean
    shock: tuple[float, float] = (0.15, 0.3)  # log of a year: of disease and province, of a series
    near_busy: float = 0.0  # outbreaks fall on series in proportion to mean to this power


SMALL = Profile(communes=300, diseases=20, provinces=6)


class Nation(NamedTuple):
    """n series along m weeks, and the truth about them."""

    counts: NDArray[np.uint16]  # (n, m) with outbreaks
    excess: NDArray[np.uint8]  # (n, m) cases of outbreaks among them
    outbreak_series: Ints  # (k,) the series of each outbreak
    outbreak_start: Ints  # (k,) its first week
    outbreak_cases: Ints  # (k,) its size
    disease: NDArray[np.int16]  # (n,)
    commune: NDArray[np.int32]  # (n,)
    province: NDArray[np.int16]  # (n,)
    mean: Floats  # (n,) the weekly mean over the years, without outbreaks and shocks
    phi: Floats  # (n,) variance over mean, given the year


def simulate(profile: Profile, seed: int) -> Nation:
    """Draw a nation; the same seed gives the same nation. About 2 s for each 10 million counts.

    Outbreaks follow Noufaily et al. (Stat Med 2013; 32: 1206-1222): cases fall into the weeks from
    the start on by a log-normal law (0, 0.5), so that one lasts 2 to 4 weeks.

    Raises
    ------
    BadInput
        If a size is below 1 or a rate negative.
    """
    if (
        min(profile[:4]) < 1
        or profile.outbreaks < 0
        or not 1 <= profile.smallest <= profile.largest
    ):
        raise BadInput(
            what="a nation needs communes, diseases, weeks, provinces and sizes from 1 up"
        )
    rng = np.random.default_rng(seed)
    n = profile.communes * profile.diseases
    province_of = rng.integers(0, profile.provinces, profile.communes)
    counts = np.empty((n, profile.weeks), np.uint16)
    mean, phi = np.empty(n), np.empty(n)
    people = rng.normal(0, 0.5, profile.communes)
    for disease in range(profile.diseases):
        rows = slice(disease * profile.communes, (disease + 1) * profile.communes)
        dispersion = DISPERSIONS[int(rng.integers(0, len(DISPERSIONS)))]
        rate, mean[rows] = _rates(profile, province_of, people, rng)
        phi[rows] = dispersion
        if dispersion > 1:
            rate = rng.gamma(rate / (dispersion - 1)) * (dispersion - 1)
        counts[rows] = np.minimum(rng.poisson(rate), 60_000)
    excess, series, start, cases = _outbreaks(profile, mean, rng)
    return Nation(
        counts + excess, excess, series, start, cases,
        np.repeat(np.arange(profile.diseases), profile.communes).astype(np.int16),
        np.tile(np.arange(profile.communes), profile.diseases).astype(np.int32),
        np.tile(province_of, profile.diseases).astype(np.int16), mean, phi,
    )  # fmt: skip


def _rates(
    profile: Profile, province_of: Ints, people: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Expected counts of one disease, (communes, weeks), and their level, (communes,)."""
    c, m = profile.communes, profile.weeks
    centre, spread = profile.level
    own = np.sqrt(max(spread**2 / 2 - 0.25, 0.0))
    log_level = centre + rng.normal(0, spread / np.sqrt(2)) + people + rng.normal(0, own, c)
    level = np.minimum(np.exp(log_level), profile.highest)
    turn = 2 * np.pi * np.arange(m) / YEAR
    amplitude = rng.uniform(0, 0.9) * rng.lognormal(0, 0.2, c)
    phase = rng.uniform(0, 2 * np.pi) + rng.normal(0, 0.25, profile.provinces)[province_of]
    second = rng.uniform(0, 0.3)
    slope = rng.normal(0, 0.04) + rng.normal(0, 0.04, c)
    years = -(-m // YEAR)
    common, single = profile.shock
    shocks = rng.normal(0, common, (profile.provinces, years))[province_of]
    shocks = shocks + rng.normal(0, single, (c, years))
    log_rate = amplitude[:, None] * np.cos(turn[None, :] - phase[:, None])
    log_rate += second * np.cos(2 * turn[None, :] - 2 * phase[:, None])
    log_rate += slope[:, None] * (np.arange(m) - m / 2) / YEAR
    log_rate += np.repeat(shocks, YEAR, axis=1)[:, :m]
    return level[:, None] * np.exp(log_rate), level


def _outbreaks(
    profile: Profile, mean: Floats, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Ints, Ints, Ints]:
    n, m = mean.size, profile.weeks
    k = int(rng.poisson(profile.outbreaks * n * m))
    weight = mean**profile.near_busy
    series = np.sort(rng.choice(n, k, p=weight / weight.sum()))
    start = rng.integers(0, m, k)
    cases = rng.integers(profile.smallest, profile.largest + 1, k)
    return lay(n, m, series, start, cases, profile.delay, rng), series, start, cases


def lay(
    n: int,
    m: int,
    series: Ints,
    start: Ints,
    cases: Ints,
    law: tuple[float, float],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Spread outbreaks over weeks: (n, m) cases; what falls after the last week is not yet seen."""
    excess = np.zeros((n, m), np.uint8)
    delay = np.floor(rng.lognormal(*law, int(cases.sum()))).astype(np.int64)
    row, week = np.repeat(series, cases), np.repeat(start, cases) + delay
    inside = week < m
    np.add.at(excess, (row[inside], week[inside]), 1)
    return excess


def labelled(nation: Nation, share: float, seed: int, *, by_size: float = 0.0) -> NDArray[np.bool_]:
    """Which weeks (n, m) a triage has told to belong to an outbreak.

    ``share`` of the outbreaks are known, with all their weeks; the others look like any week. With
    ``by_size`` above 0 the larger ones are known more often: the chance grows by this power of the
    size, and ``share`` holds on average. Nothing is known of a week that is not in an outbreak.
    """
    if not 0 <= share <= 1:
        raise BadInput(what=f"share is {share}; use 0 to 1")
    rng = np.random.default_rng([seed, 2])
    chance = nation.outbreak_cases.astype(np.float64) ** by_size
    chance = np.minimum(share * chance / max(chance.mean(), 1e-12), 1.0) if chance.size else chance
    known = rng.random(chance.size) < chance
    n, m = nation.counts.shape
    told = np.zeros((n, m), np.bool_)
    for later in range(16):
        week = nation.outbreak_start[known] + later
        row = nation.outbreak_series[known]
        inside = week < m
        told[row[inside], week[inside]] = True
    return told & (nation.excess > 0)
