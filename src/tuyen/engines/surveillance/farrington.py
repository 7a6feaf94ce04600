"""Farrington's flexible detector: is a count high against the same weeks of earlier years?"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tuyen.engines.surveillance import farrington_control as controls
from tuyen.engines.surveillance import farrington_window as windows
from tuyen.engines.surveillance.farrington_bounds import bounds
from tuyen.engines.surveillance.farrington_control import CODE, Control, Floats, Mode
from tuyen.engines.surveillance.farrington_window import Calendar, Window
from tuyen.kernel.refusal import BadInput

_PART = 500  # series that are worth a thread's while
_SMALL = 4096  # counts below this find their logarithms in a table
Bools = NDArray[np.bool_]


class Farrington(NamedTuple):
    """What n series were expected to count at p points; NaN where there is no value."""

    points: NDArray[np.int64]  # (p,) the points judged, from 0
    expected: Floats  # (n, p) and so all that follow
    upperbound: Floats
    alarm: Bools  # count above 0 and strictly above the bound
    judged: Bools  # False: not enough data, so alarm says nothing
    trend: Bools  # True: a trend was kept
    trend_coef: Floats  # change of the logarithm per period
    phi: Floats  # dispersion, at least 1
    mu0: Floats  # nbPlugin and muan: the mean whose quantile is the bound
    score: Floats  # (count - expected) / (bound - expected): above 1 is above the bound
    pvalue: Floats
    reason: NDArray[np.int8]  # a place in farrington_control.REASONS


def farrington(
    counts: Floats,
    calendar: Calendar,
    control: Control | None = None,
    *,
    points: Sequence[int] | NDArray[np.int64] | None = None,
    mode: Mode = "corrected",
    population: Floats | None = None,
    gated: bool = False,
    workers: int = 1,
) -> Farrington:
    """Judge points of n series that share a calendar; one that cannot be judged gets a reason.

    A quasi-Poisson regression on the points around the anniversaries (or on all points of ``b``
    years, by period of the year) predicts the count; earlier outbreaks are weighed down and the
    model is fitted again; a trend is kept if it is significant and does not extrapolate.

    Parameters
    ----------
    counts : (n, m) float64
        Evenly spaced counts, oldest first; NaN is a missing value.
    points : (p,) int, optional
        Points to judge, from 0. Default: all with a whole history.
    mode : "corrected" or "r_compat"
        ``r_compat`` gives the answers of R's ``farringtonFlexible`` (*surveillance* 1.20 to 1.26).
        ``corrected`` mends three faults of these. (1) After the reweighting R computes the
        dispersion of the standard errors from the outlier weights alone, so that its test finds
        trends that are not there; here it is phi. (2) A period of the year without one case has
        its mean run to 0 for as long as the iterations last; here half a case is spread over its
        points. (3) Fits run to the end instead of to R's tolerance.
    population : (n, m) float64, optional
        Used when ``control.population_offset``.
    gated : bool
        Leave out the fit where the gate ``limit54`` is closed. R reports phi and p there; a scan
        that only wants alarms does without, and 20 times faster on sparse series.
    workers : int
        Threads that fit at the same time; the answer does not depend on it.

    Raises
    ------
    BadInput
        If an argument is out of its range. A series never raises.

    Notes
    -----
    Sources: Farrington et al., J R Stat Soc A 1996; 159: 547-563. Noufaily et al., Stat Med 2013;
    32: 1206-1222. Salmon et al., J Stat Softw 2016; 70(10). O(n p k) with k baseline points.

    Examples
    --------
    >>> weeks = np.tile([[4.0, 6, 5, 3, 5]], (1, 63))[:, :313]
    >>> weeks[0, 312] = 40
    >>> now = farrington(weeks, Calendar(313, 52), Control(alpha=0.01), points=[312])
    >>> now.alarm.item(), now.expected.item().__round__(1), now.upperbound.item().__round__(1)
    (True, 4.6, 10.4)
    """
    control = Control() if control is None else control
    counts = np.ascontiguousarray(counts, dtype=np.float64)
    _check(counts, calendar, control, mode, population)
    wanted = _points(points, calendar, control)
    log_people = np.empty((0, 0))
    if control.population_offset and population is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            log_people = np.ascontiguousarray(np.log(population), dtype=np.float64)
    answer = _empty(counts.shape[0], wanted)
    for place, t in enumerate(wanted.tolist()):
        past = windows.window(calendar, t, control)
        if past is None:
            answer.reason[:, place] = CODE["short-history"]
            continue
        _judge(answer, place, t, past, counts, log_people, control, mode, gated, workers)
    return answer


def first_point(calendar: Calendar, control: Control) -> int:
    """The first point with a whole history; ``calendar.points`` where there is none."""
    for t in range(calendar.points):
        places = windows.anniversaries(calendar, t, control.b)
        if places is not None and places[0] - control.w >= 0:
            return t
    return calendar.points


def _judge(
    answer: Farrington, place: int, t: int, past: Window, counts: Floats, log_people: Floats,
    control: Control, mode: Mode, gated: bool, workers: int,
) -> None:  # fmt: skip
    """Write one column of the answer."""
    gate = _gate(counts, t, control)
    answer.reason[:, place] = gate
    answer.judged[:, place] = gate == CODE["few-cases"]
    chosen = np.flatnonzero(gate == CODE["judged"]) if gated else np.arange(counts.shape[0])
    if log_people.size:
        known = ~np.isnan(counts[np.ix_(chosen, past.rows)])
        there = np.isfinite(log_people[np.ix_(chosen, past.rows)]) | ~known
        good = there.all(axis=1) & np.isfinite(log_people[chosen, t])
        _explain(answer, place, chosen[~good], np.int8(CODE["no-population"]))
        chosen = chosen[good]
    if chosen.size == 0:
        return
    fits = _fits(counts, log_people, past, t, chosen, control, mode, workers)
    done = fits.code == 0
    _explain(answer, place, chosen[~done], _REASON_OF_FIT[fits.code[~done]])
    who = chosen[done]
    y = counts[who, t]
    found = bounds(y, fits.eta[done], fits.spread[done], fits.phi[done], control, mode)
    open_gate = gate[who] == CODE["judged"]
    shown = open_gate | (gate[who] == CODE["not-reported"])
    answer.expected[who, place] = np.where(shown, found.expected, np.nan)
    answer.upperbound[who, place] = np.where(shown, found.upperbound, np.nan)
    for name in ("mu0", "score", "pvalue"):
        getattr(answer, name)[who, place] = getattr(found, name)
    for name, column in (("trend_coef", fits.slope), ("phi", fits.phi), ("trend", fits.kept)):
        getattr(answer, name)[who, place] = column[done]
    finite = np.isfinite(found.upperbound)
    answer.reason[who[open_gate & ~finite], place] = CODE["overflow"]
    answer.judged[who[open_gate & finite], place] = True
    answer.alarm[who, place] = open_gate & finite & (y > 0) & (y > found.upperbound)


def _explain(
    answer: Farrington, place: int, who: NDArray[np.int64], why: NDArray[np.int8] | np.int8
) -> None:
    """Say why there is no answer, unless the gate has said so already."""
    still = answer.reason[who, place] == CODE["judged"]
    answer.reason[who, place] = np.where(still, why, answer.reason[who, place])


class _Fits(NamedTuple):
    code: NDArray[np.int64]
    slope: Floats
    kept: Bools
    eta: Floats
    spread: Floats
    phi: Floats


def _fits(
    counts: Floats, log_people: Floats, past: Window, t: int, chosen: NDArray[np.int64],
    control: Control, mode: Mode, workers: int,
) -> _Fits:  # fmt: skip
    from tuyen.engines.surveillance.farrington_kernel import fit_batch  # compiles: only when needed

    order = np.argsort(past.level, kind="stable")
    starts = np.searchsorted(past.level[order], np.arange(past.levels + 1))
    centre = float(past.time.mean()) if past.time.size else 0.0
    n = chosen.size
    fits = _Fits(np.zeros(n, np.int64), np.full(n, np.nan), np.zeros(n, np.bool_),
                 np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan))  # fmt: skip

    def fit(first: int, last: int) -> None:
        part = slice(first, last)
        fit_batch(
            counts, log_people, past.rows[order], starts.astype(np.int64),
            past.time[order] - centre, past.now - centre, t, chosen[part],
            control.trend and control.b >= 3, control.reweight, mode == "corrected",
            float(control.weights_threshold),
            _critical(control.p_threshold_trend, past.rows.size), _tables(), fits.code[part],
            fits.slope[part], fits.kept[part], fits.eta[part], fits.spread[part], fits.phi[part],
        )  # fmt: skip

    share = max(_PART, -(-n // (4 * workers)))  # several parts each: series differ in their work
    edges = [*range(0, n, share), n]
    if workers == 1 or len(edges) <= 2:
        fit(0, n)
    else:
        with ThreadPoolExecutor(workers) as pool:  # the kernel lets go of Python's lock
            list(pool.map(fit, edges[:-1], edges[1:]))
    return fits


_REASON_OF_FIT = np.array(
    [CODE["judged"], CODE["few-points"], CODE["not-converged"], CODE["all-zero"]],
    dtype=np.int8,
)


@cache
def _critical(p: float, most: int) -> Floats:
    """|t| that a p-value below ``p`` needs, by degrees of freedom 0 ... most."""
    if p <= 0:
        return np.full(most + 1, np.inf)
    if p >= 1:
        return np.zeros(most + 1)
    freedom = np.arange(1, most + 1)
    return np.concatenate([[np.inf], -special.stdtrit(freedom, p / 2)])


@cache
def _tables() -> Floats:
    small = np.arange(_SMALL, dtype=np.float64)
    return np.stack([np.log(np.maximum(small, 1.0)), np.log(small + 0.1), small ** (2 / 3)])


def _gate(counts: Floats, t: int, control: Control) -> NDArray[np.int8]:
    """Enough cases in the last weeks, this one included? Else no bound and no alarm."""
    cases, weeks = control.limit54
    recent = counts[:, max(0, t - weeks + 1) : t + 1]
    total = recent.sum(axis=1)
    reason = np.where(total < cases, CODE["few-cases"], CODE["judged"])
    reason = np.where(np.isnan(total), CODE["gap-near-now"], reason)
    return np.where(np.isnan(counts[:, t]), CODE["not-reported"], reason).astype(np.int8)


def _points(
    points: Sequence[int] | NDArray[np.int64] | None, calendar: Calendar, control: Control
) -> NDArray[np.int64]:
    if points is None:
        return np.arange(first_point(calendar, control), calendar.points, dtype=np.int64)
    wanted = np.asarray(points, dtype=np.int64)
    if wanted.size and not (wanted.min() >= 0 and wanted.max() < calendar.points):
        raise BadInput(what=f"points lie outside 0 ... {calendar.points - 1}")
    return wanted


def _empty(series: int, points: NDArray[np.int64]) -> Farrington:
    shape = (series, points.size)
    nan = [np.full(shape, np.nan) for _ in range(7)]
    no = [np.zeros(shape, np.bool_) for _ in range(3)]
    return Farrington(
        points, nan[0], nan[1], no[0], no[1], no[2], nan[2], nan[3], nan[4], nan[5], nan[6],
        np.zeros(shape, np.int8),
    )  # fmt: skip


def _check(
    counts: Floats, calendar: Calendar, control: Control, mode: str, population: Floats | None
) -> None:
    controls.check(control)
    windows.check(calendar)
    if counts.ndim != 2 or counts.shape[1] != calendar.points:
        raise BadInput(what=f"counts has shape {counts.shape}; give (series, {calendar.points})")
    if (counts < 0).any():
        raise BadInput(what="a count is negative; give 0 or more, or NaN where nothing is known")
    if mode not in ("corrected", "r_compat"):
        raise BadInput(what=f"mode is {mode!r}; use corrected or r_compat")
    if control.population_offset and population is None:
        raise BadInput(what="populationOffset needs a population for every count")
    if population is not None and population.shape != counts.shape:
        raise BadInput(what=f"population has shape {population.shape}; expected {counts.shape}")
