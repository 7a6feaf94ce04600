"""The compiled loops of :mod:`tuyen.engines.surveillance.evidence`."""

import math

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled(forceinline=True)
def log_probability(y: float, mean: float, variance: float) -> float:
    """log P(Y = y): negative binomial of this mean and variance, Poisson where not above the mean."""
    if variance <= mean * (1.0 + 1e-6):
        return y * math.log(mean) - mean - math.lgamma(y + 1.0)
    size = mean * mean / (variance - mean)
    return (
        math.lgamma(y + size) - math.lgamma(size) - math.lgamma(y + 1.0)
        - size * math.log1p(mean / size) + y * (math.log(mean) - math.log(mean + size))
    )  # fmt: skip


@compiled(forceinline=True)
def log_tail(y: float, mean: float, variance: float) -> float:
    """log P(Y >= y) for y above the mean, by ratios from P(Y = y)."""
    first = log_probability(y, mean, variance)
    size = mean * mean / max(variance - mean, 1e-6 * mean)
    total, term, k = 1.0, 1.0, y
    while term > 1e-10 * total and k < y + 10_000.0:
        term *= (k + size) / (k + 1.0) * mean / (mean + size)
        total += term
        k += 1.0
    return first + math.log(total)


@compiled()
def usual(
    counts: NDArray[np.uint16], left_out: NDArray[np.bool_], row: int, first: int, last: int,
    phi: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Sum and number of the weeks first ... last - 1 of a series, outbreaks cut to size; roughness.

    A count far above the mean of the others is cut to where it is just unlikely. Roughness is half
    the sum of squared steps from week to week: a season leaves it alone.
    """
    total, known = 0.0, 0.0
    for k in range(first, last):
        if not (left_out.size > 1 and left_out[row, k]):
            total += counts[row, k]
            known += 1.0
    if known == 0.0:
        return 0.0, 0.0, 0.0
    raw = total
    rough = 0.0
    for _turn in range(3):
        mean = total / known
        cap = 1.0 + 2.0 * mean + 3.0 * math.sqrt(phi * mean)
        total, rough, before = 0.0, 0.0, -1.0
        for k in range(first, last):
            if left_out.size > 1 and left_out[row, k]:
                before = -1.0
                continue
            y = min(float(counts[row, k]), cap)
            total += y
            if before >= 0.0:
                rough += 0.5 * (y - before) * (y - before)
            before = y
        if total == raw:
            break
        raw = total
    return total, known, rough


@compiled()
def roughness(counts: NDArray[np.uint16], disease: Ints, rough: Floats, level: Floats) -> None:
    """Add up, by disease and week (d, m), half the squared steps from week to week, and the counts.

    Their ratio is the dispersion. A count is cut by the mean of the weeks before it alone, so that
    outbreaks do not pass for dispersion and nothing later is read.
    """
    for row in range(counts.shape[0]):
        total, before, d = 0.5, 0.0, disease[row]
        for k in range(counts.shape[1]):
            mean = total / (k + 26.0)
            y = min(float(counts[row, k]), 1.0 + 2.0 * mean + 3.0 * math.sqrt(1.3 * mean))
            rough[d, k] += 0.5 * (y - before) * (y - before)
            level[d, k] += y
            total += y
            before = y


@compiled()
def weigh(
    recent: Floats, mean: float, variance: float, sizes: Floats, course: Floats, rate: float
) -> tuple[float, float]:
    """Log odds that an outbreak has cases in this week, and that one began before it.

    ``recent`` (w,) counts, this week first; ``course`` (w,) shares of an outbreak's cases by week
    from its start. An outbreak begins with chance ``rate`` in a week, with any size as likely as
    the others. The second odds look only at the weeks before this one.
    """
    w = recent.size
    plain = np.empty(w)
    for o in range(w):
        plain[o] = log_probability(recent[o], mean, variance)
    now, idle, before = 0.0, 0.0, 0.0
    for s in range(sizes.size):
        for start in range(w):
            ratio, earlier = 0.0, 0.0
            for o in range(start + 1):
                more = sizes[s] * course[start - o]
                here = log_probability(recent[o], mean + more, variance + more) - plain[o]
                ratio += here
                if o > 0:
                    earlier += here
            # The outbreak may go on without a case in this week: each case is usual or of it.
            usual_only = math.exp(recent[0] * math.log(mean / (mean + sizes[s] * course[start])))
            weight = math.exp(min(ratio, 300.0))
            now += weight * (1.0 - usual_only)
            idle += weight * usual_only
            if start > 0:
                before += math.exp(min(earlier, 300.0))
    share = rate / sizes.size
    odds_now = math.log(share * now + 1e-12) - math.log(1.0 + share * idle)
    return odds_now, math.log(share * before + 1e-12)


@compiled()
def remember(
    counts: NDArray[np.uint16],
    left_out: NDArray[np.bool_],
    t: int,
    rows: Ints,
    history: int,
    skip: int,
    phi: float,
    answer: Floats,
) -> None:
    """Fill (rows, 3) with what :func:`usual` says of the years before point t."""
    for place in range(rows.size):
        first, last = max(0, t - skip - history), max(0, t - skip)
        found = usual(counts, left_out, rows[place], first, last, phi)
        answer[place, 0], answer[place, 1], answer[place, 2] = found


@compiled()
def collect(
    counts: NDArray[np.uint16],
    t: int,
    rows: Ints,
    past: Floats,
    season: Floats,
    lately: Floats,
    phi_of: Floats,
    prior: Floats,
    sizes: Floats,
    course: Floats,
    begins: float,
    answer: Floats,
) -> None:
    """Fill (rows, 9), columns as in ``evidence.NAMES``.

    ``past`` (rows, 3) as :func:`remember` fills it; ``season`` and ``lately`` factors of this week and
    of the last weeks, ``phi_of`` dispersion and ``prior`` mean of the disease, all (rows,).
    """
    w = course.size
    recent = np.empty(w)
    nothing = np.zeros((1, 1), np.bool_)
    for place in range(rows.size):
        row, phi = rows[place], phi_of[place]
        total, known, rough = past[place, 0], past[place, 1], past[place, 2]
        strength = 0.5 / max(prior[place], 1e-4)  # weeks that the disease's own mean is worth
        rate = (total + 0.5) / (known + strength)
        base = rate * season[place] * lately[place]
        spread = (rough + 100.0 * phi * rate) / (known + 100.0) / rate
        spread = min(max(spread, 1.0), 6.0)
        near, weeks, _ = usual(counts, nothing, row, max(0, t - 30), max(0, t - w), phi)
        hold = 5.0
        own = (near + hold) / (weeks * base + hold)
        mean = base * own
        doubt = 1.0 / (total + 0.5) + 1.0 / (near + hold)
        variance = spread * mean + mean * mean * (doubt + 0.03)
        for o in range(w):
            recent[o] = counts[row, t - o] if t >= o else 0.0
        now, before = weigh(recent, mean, variance, sizes, course, begins)
        answer[place, 0] = now
        answer[place, 1] = before
        answer[place, 2] = log_tail(recent[0], mean, variance) if recent[0] > mean else -0.5
        answer[place, 3] = math.log(mean)
        answer[place, 4] = spread
        answer[place, 5] = math.log(own)
        answer[place, 6] = math.log(total + 0.5)
        answer[place, 7] = recent[0]
        answer[place, 8] = math.log1p(max(recent.sum() - w * mean, 0.0))
