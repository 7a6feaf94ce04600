"""The hidden outbreak of a drill: who falls ill when, and what of it would come to be known.

A branching process with depletion (Lloyd-Smith, Schreiber, Kopp, Getz, "Superspreading and the
effect of individual variation on disease emergence", Nature 2005; 438: 355-359): offspring are
negative binomial with mean ``r`` times the share still susceptible, and serial intervals lognormal.
A common source is the same with many seeds and no offspring. Everything follows from the seed, and
each infection carries the chance by which a response would have prevented it, so that players who
act early see fewer cases and the same drill can be played twice.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import N_, Refusal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
MOST = 5000
"""No drill has more cases: an outbreak that would is cut there."""
_TRIES = 200


class BadScenario(Refusal):
    code = "surveillance.bad-drill-scenario"
    message = N_("The scenario cannot be played: {field} is {value}; expected {expected}.")


class Model(NamedTuple):
    """How an outbreak runs. Times in days; spans as (median, sd of the logarithm)."""

    least: int  # an outbreak that dies out below it is not played: the next chance is taken
    seeds: int
    seed_days: float  # the seeds fall ill within so many days; 0: of one meal or well, at the start
    incubation: tuple[float, float]
    serial: tuple[float, float]
    r: float
    dispersion: float
    susceptible: int
    spread: float  # share of transmissions that lead into a neighbouring place
    across: float  # share of the seeds, and of transmissions, that lead across the border
    ages: tuple[int, ...]  # lower bounds of the age bands
    shares: tuple[float, ...]  # share of cases in each
    male: float
    vaccinated: float
    admitted: float
    fatal: float


class Hidden(NamedTuple):
    """The outbreak, in order of onset: n infections."""

    infected: Floats  # (n,) days from the start of the drill
    onset: Floats  # (n,)
    source: Ints  # (n,) index of who infected them; -1 for a seed
    side: Ints  # (n,) 0 here, 1 across the border
    ring: Ints  # (n,) 0 in the place itself, 1, 2, … in a neighbouring one
    age: Ints  # (n,) years
    male: Bools
    vaccinated: Bools
    admitted: Bools
    died: Bools
    chance: Floats  # (n,) in [0, 1): a response that prevents more than this prevents this one


class Reporting(NamedTuple):
    """What comes to be known, and how late. Spans as (median, sd of the logarithm)."""

    known: float  # share of cases that a facility sees
    seek: tuple[float, float]  # days from onset to being seen
    late: tuple[float, float]  # hours from being seen to being reported
    sampled: float
    turnaround: tuple[float, float]  # hours from sample to result
    positive: float


class Known(NamedTuple):
    """What is known of n infections; times in days from the start, NaN for never."""

    seen: Floats
    reported: Floats
    result: Floats
    positive: Bools


def unfold(model: Model, days: float, seed: int) -> Hidden:
    """Let the outbreak run for ``days`` from ``seed``.

    Raises
    ------
    BadScenario
        If a number of the model is out of its range.
    """
    check(model)
    tries = (_once(np.random.default_rng([seed, 1, n]), model, days) for n in range(_TRIES))
    largest = next(tries)
    for found in tries:
        if largest.onset.size >= model.least:
            break
        largest = max(largest, found, key=lambda each: each.onset.size)
    return largest


def _once(rng: np.random.Generator, model: Model, days: float) -> Hidden:
    n = model.seeds
    incubation = _span(rng, model.incubation, n)
    # A meal makes all of them ill after it; otherwise they came already infected.
    onset = np.sort(rng.uniform(0.0, model.seed_days, n)) if model.seed_days else incubation
    infected = onset - incubation
    side = (rng.random(n) < model.across).astype(np.int64)
    if n > 1 and model.across > 0:
        side[0], side[1] = 0, 1  # both sides have theirs from the first
    waves = [_Wave(infected, onset, np.full(n, -1), side, np.zeros(n, np.int64))]
    total = n
    while waves[-1].onset.size and total < min(model.susceptible, MOST):
        left = 1.0 - total / model.susceptible
        wave = _next(rng, model, waves[-1], total - waves[-1].onset.size, left, days)
        wave = wave.first(min(model.susceptible, MOST) - total)
        waves.append(wave)
        total += wave.onset.size
    return _described(rng, model, waves)


class _Wave(NamedTuple):
    infected: Floats
    onset: Floats
    source: Ints
    side: Ints
    ring: Ints

    def first(self, n: int) -> "_Wave":
        return self.only(np.arange(min(max(n, 0), self.onset.size)))

    def only(self, rows: Ints | Bools) -> "_Wave":
        return _Wave(
            self.infected[rows], self.onset[rows], self.source[rows], self.side[rows],
            self.ring[rows],
        )  # fmt: skip


def _next(
    rng: np.random.Generator, model: Model, wave: _Wave, start: int, left: float, days: float
) -> _Wave:
    """Those whom a wave infects. ``start`` is the place of the wave's first in all."""
    mean = model.r * max(left, 0.0)
    chance = model.dispersion / (model.dispersion + mean) if mean > 0 else 1.0
    children = rng.negative_binomial(model.dispersion, chance, wave.onset.size)
    parent = np.repeat(np.arange(wave.onset.size), children)
    n = parent.size
    onset = wave.onset[parent] + _span(rng, model.serial, n)
    infected = np.maximum(wave.infected[parent] + 0.01, onset - _span(rng, model.incubation, n))
    cross, away = rng.random(n) < model.across, rng.random(n) < model.spread
    side = np.where(cross, 1 - wave.side[parent], wave.side[parent])
    ring = np.where(away, wave.ring[parent] + 1, wave.ring[parent])
    found = _Wave(infected, onset, parent + start, side, ring)
    return found.only(onset <= days)


def _described(rng: np.random.Generator, model: Model, waves: list[_Wave]) -> Hidden:
    """Everybody of all waves in order of onset, each with an age and a fate."""
    whole = _Wave(*(np.concatenate(columns) for columns in zip(*waves, strict=True)))
    n = whole.onset.size
    order = np.argsort(whole.onset, kind="stable")
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    source = np.where(whole.source >= 0, place[np.maximum(whole.source, 0)], -1)
    shares = np.array(model.shares, float)
    band = rng.choice(len(model.ages), n, p=shares / shares.sum())
    lower = np.array(model.ages)
    upper = np.append(lower[1:], lower[-1] + 25)
    admitted = rng.random(n) < model.admitted
    return Hidden(
        whole.infected[order], whole.onset[order], source[order], whole.side[order],
        whole.ring[order], (lower[band] + rng.random(n) * (upper - lower)[band]).astype(np.int64),
        rng.random(n) < model.male, rng.random(n) < model.vaccinated, admitted,
        admitted & (rng.random(n) * max(model.admitted, 1e-9) < model.fatal), rng.random(n),
    )  # fmt: skip


def spared(hidden: Hidden, since: float | None, effect: float) -> Bools:
    """(n,) whom a response that acts from ``since`` (days) on spares: those whose own infection it
    prevents, and all whom they would have infected. ``effect`` is the share it prevents."""
    n = hidden.onset.size
    found = np.zeros(n, np.bool_)
    if since is None:
        return found
    own = (hidden.infected >= since) & (hidden.chance < effect) & (hidden.source >= 0)
    # In order of onset an infector may stand behind whom it infected; waves are few.
    found = own
    while True:
        more = found | ((hidden.source >= 0) & found[np.maximum(hidden.source, 0)])
        if np.array_equal(more, found):
            return found
        found = more


def known(hidden: Hidden, reporting: Reporting, seed: int) -> Known:
    """What of the outbreak comes to be known, and when: independent of what players do."""
    rng = np.random.default_rng([seed, 2])
    n = hidden.onset.size
    seen = hidden.onset + _span(rng, reporting.seek, n)
    reported = seen + _span(rng, reporting.late, n) / 24.0
    noticed = (rng.random(n) < reporting.known) | hidden.admitted | hidden.died
    sampled = noticed & (rng.random(n) < reporting.sampled)
    result = np.maximum(seen, reported) + _span(rng, reporting.turnaround, n) / 24.0
    return Known(
        np.where(noticed, seen, np.nan), np.where(noticed, reported, np.nan),
        np.where(sampled, result, np.nan), sampled & (rng.random(n) < reporting.positive),
    )  # fmt: skip


def check(model: Model) -> None:
    """Refuse a model that cannot run, naming the first number that is wrong."""
    shares = ("spread", "across", "male", "vaccinated", "admitted", "fatal")
    for name in shares:
        value = getattr(model, name)
        if not 0 <= value <= 1:
            raise BadScenario(field=name, value=value, expected="0 to 1")
    for name, value, least in (
        ("seeds", model.seeds, 1), ("susceptible", model.susceptible, model.seeds),
        ("r", model.r, 0), ("seed_days", model.seed_days, 0),
    ):  # fmt: skip
        if value < least:
            raise BadScenario(field=name, value=value, expected=f"{least} or more")
    if model.dispersion <= 0:
        raise BadScenario(field="dispersion", value=model.dispersion, expected="more than 0")
    if len(model.ages) != len(model.shares) or not model.ages:
        raise BadScenario(field="shares", value=len(model.shares), expected=str(len(model.ages)))


def _span(rng: np.random.Generator, of: tuple[float, float], n: int) -> Floats:
    """(n,) lognormal spans by median and standard deviation of the logarithm."""
    median, spread = of
    return median * np.exp(spread * rng.standard_normal(n))
