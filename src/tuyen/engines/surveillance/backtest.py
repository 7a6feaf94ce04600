"""What a rule would have done: alarms, outbreaks seen, days lost, at any threshold, at once.

Scores are computed once, by :func:`scored` or by any detector; :func:`prepare` sorts them by stratum; and
:func:`at` then answers for a whole list of thresholds by searching sorted arrays, so that moving a
threshold on a screen needs no detector. A score says "ring" where it is at or above the threshold.

A stratum is whatever the caller numbers from 0: a disease, a class of commune size, both together.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.injection import Injected, overlaid
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: counts (k, m), points (p,), series (k,) that the rows are or are copies of -> scores (k, p).
Rule = Callable[[Floats, Ints, Ints], Floats]
DAYS = 7


class Prepared(NamedTuple):
    """Sorted scores of one rule; lists have one entry for each of s strata."""

    points: int  # weeks judged
    alarms: list[Floats]  # sorted scores of the real series-weeks
    true_alarms: list[Floats]  # of those, in weeks labelled as outbreaks
    quiet: list[Floats]  # of those, in weeks that are not
    denied: list[Floats]  # of those, in weeks that triage looked into and called no outbreak
    trials: list[Floats]  # sorted best score of each injected outbreak
    by_week: list[list[Floats]]  # the same, best up to its week 0, 1, ... after the start
    labelled: list[Floats]  # sorted best score of each labelled outbreak
    labelled_by_week: list[list[Floats]]


class Performance(NamedTuple):
    """One figure for each of s strata and g thresholds, (s, g); NaN where nothing can be said."""

    threshold: Floats  # (g,)
    alarms_per_week: Floats  # real series-weeks that ring, per week
    false_rate: Floats  # of the weeks of which nothing is known, the share that rings
    ppv: Floats  # of the alarms that triage answered, the share in outbreaks; without a "no" in the
    # stratum that of all alarms, which is too low if labels are missing
    ppv_least: Floats  # of all alarms, the share in labelled outbreaks
    ppv_most: Floats  # of all alarms, the share that triage did not call false
    sensitivity: Floats  # of the injected outbreaks, the share seen before they are over
    at_once: Floats  # of the injected outbreaks, the share seen in their first week
    days: Floats  # mean days from the start of the first week to the end of the week that rings
    labelled_sensitivity: Floats  # of the labelled outbreaks
    labelled_days: Floats
    injected: Ints  # (s,) how many outbreaks these figures rest on
    labelled: Ints  # (s,)


def scored(
    rule: Rule, counts: NDArray[np.integer] | Floats, points: Ints, injected: Injected
) -> tuple[Floats, Floats]:
    """Apply a rule to the series as they were and to each injected outbreak.

    Returns
    -------
    (n, p) and (k, w) float64
        Scores of the real series at ``points``, and of each trial in the weeks from its start on; NaN
        after the last week. A trial is scored on its own series alone, week by week, with trials that
        start in the same week together.
    """
    counts = np.asarray(counts, dtype=np.float64)
    real = rule(counts, np.asarray(points, dtype=np.int64), np.arange(counts.shape[0]))
    width, weeks = injected.cases.shape[1], counts.shape[1]
    trial = np.full((injected.series.size, width), np.nan)
    for start in np.unique(injected.start):
        who = np.flatnonzero(injected.start == start)
        part = Injected(*(field[who] for field in injected))
        at = np.arange(start, min(start + width, weeks))
        trial[who, : at.size] = rule(overlaid(counts, part), at, part.series)
    return real, trial


def prepare(
    real: Floats, stratum: Ints, trial: Floats, trial_stratum: Ints, *, strata: int | None = None,
    outbreak: Ints | None = None, denied: Bools | None = None,
) -> Prepared:  # fmt: skip
    """Sort the scores of one rule, O((n p + k w) log).

    Parameters
    ----------
    real : (n, p) float64
        Scores of the real series; NaN was not judged and does not ring.
    stratum : (n,) int from 0
    trial : (k, w) float64
        Scores of injected outbreaks by week from the start; k may be 0.
    trial_stratum : (k,) int
    strata : int, optional
        How many there are. Default: one more than the highest.
    outbreak : (n, p) int, optional
        Number of the labelled outbreak that a week belongs to, from 1 and never the same in two
        series; 0: nothing is known.
    denied : (n, p) bool, optional
        Weeks of which triage said that there was no outbreak.

    Raises
    ------
    BadInput
        If shapes differ or a stratum lies outside.
    """
    real, trial = np.asarray(real, dtype=np.float64), np.asarray(trial, dtype=np.float64)
    outbreak = np.zeros(real.shape, np.int64) if outbreak is None else np.asarray(outbreak)
    highest = max(int(stratum.max(initial=-1)), int(trial_stratum.max(initial=-1))) + 1
    count = highest if strata is None else strata
    _check(real, stratum, trial, trial_stratum, outbreak, highest, count)
    best, owner = _labelled(real, stratum, outbreak, trial.shape[1])
    reached = _so_far(trial)
    no = np.zeros(real.shape, np.bool_) if denied is None else np.asarray(denied) & (outbreak == 0)
    alarms, true, quiet, said_no, trials, weeks, known, known_weeks = ([] for _ in range(8))
    for one in range(count):
        here, told = real[stratum == one], outbreak[stratum == one] > 0
        alarms.append(_sorted(here))
        true.append(_sorted(here[told]))
        quiet.append(_sorted(here[~told], drop=False))
        said_no.append(_sorted(here[no[stratum == one]]))
        mine, theirs = reached[trial_stratum == one], best[owner == one]
        trials.append(_sorted(mine[:, -1], drop=False))
        weeks.append([_sorted(column, drop=False) for column in mine.T])
        known.append(_sorted(theirs[:, -1], drop=False))
        known_weeks.append([_sorted(column, drop=False) for column in theirs.T])
    return Prepared(real.shape[1], alarms, true, quiet, said_no, trials, weeks, known, known_weeks)


def at(prepared: Prepared, thresholds: Floats) -> Performance:
    """What the rule does at each threshold (g,): O(s w g log) by binary search."""
    thresholds = np.atleast_1d(np.asarray(thresholds, dtype=np.float64))
    shape = (len(prepared.alarms), thresholds.size)
    alarms, true = (_above(part, thresholds) for part in (prepared.alarms, prepared.true_alarms))
    quiet = _above(prepared.quiet, thresholds) / _sizes(prepared.quiet)[:, None]
    seen, at_once, days = _seen(prepared.by_week, thresholds, shape)
    known, _, known_days = _seen(prepared.labelled_by_week, thresholds, shape)
    labelled = np.array([part.size for part in prepared.labelled], dtype=np.int64)
    false = _above(prepared.denied, thresholds)
    heard_no = np.array([part.size > 0 for part in prepared.denied])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.where((labelled[:, None] > 0) | heard_no, true / alarms, np.nan)
        most = np.where(np.isnan(least), np.nan, 1 - false / alarms)
        ppv = np.where(heard_no, true / (true + false), least)
    return Performance(
        thresholds, alarms / max(prepared.points, 1), quiet, ppv, least, most, seen, at_once, days,
        known, known_days, np.array([part.size for part in prepared.trials], dtype=np.int64), labelled,
    )  # fmt: skip


def choose(
    performance: Performance, *, alarms_per_week: float | None = None,
    sensitivity: float | None = None,
) -> Ints:  # fmt: skip
    """The place (s,) of the threshold to use in each stratum, by a stated target; -1: none meets it.

    With ``alarms_per_week``: the lowest threshold that rings no more often. With ``sensitivity``: the
    highest threshold that sees at least this share of the injected outbreaks. With both: the highest
    that sees the share, if it rings no more often.
    """
    if alarms_per_week is None and sensitivity is None:
        raise BadInput(what="state a target: alarms per week, sensitivity, or both")
    good = np.ones(performance.alarms_per_week.shape, np.bool_)
    if alarms_per_week is not None:
        good &= performance.alarms_per_week <= alarms_per_week
    if sensitivity is not None:
        good &= performance.sensitivity >= sensitivity
    order = np.argsort(performance.threshold, kind="stable")
    ranked = good[:, order] if sensitivity is None else good[:, order[::-1]]
    place = (
        order[ranked.argmax(axis=1)] if sensitivity is None else order[::-1][ranked.argmax(axis=1)]
    )
    return np.where(good.any(axis=1), place, -1).astype(np.int64)


def thresholds_of(prepared: Prepared, most: int = 200) -> Floats:
    """Thresholds (at most ``most``, rising) between which something changes, for a curve or slider."""
    every = np.concatenate([*prepared.alarms, *prepared.trials])
    every = np.unique(every[np.isfinite(every)])
    if every.size <= most:
        return every
    # Finer towards the top, where a rule is used: each step adds the same share of alarms.
    from_top = np.geomspace(1, every.size, most).astype(np.int64)
    return np.asarray(every[np.unique(every.size - from_top)], dtype=np.float64)


def _so_far(scores: Floats) -> Floats:
    """The best score up to each week; what is not judged is below every threshold."""
    return np.maximum.accumulate(np.where(np.isnan(scores), -np.inf, scores), axis=1)


def _sorted(scores: Floats, *, drop: bool = True) -> Floats:
    flat = scores.ravel()
    flat = flat[~np.isnan(flat)] if drop else np.where(np.isnan(flat), -np.inf, flat)
    return np.sort(flat)


def _above(parts: list[Floats], thresholds: Floats) -> Floats:
    return np.array(
        [part.size - np.searchsorted(part, thresholds, side="left") for part in parts], dtype=float
    ).reshape(len(parts), thresholds.size)


def _sizes(parts: list[Floats]) -> Floats:
    return np.array([part.size or np.nan for part in parts])


def _seen(
    by_week: list[list[Floats]], thresholds: Floats, shape: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """Share seen by the end, share seen in the first week, mean days until seen."""
    seen, at_once, days = (np.full(shape, np.nan) for _ in range(3))
    for one, weeks in enumerate(by_week):
        if not weeks or weeks[0].size == 0:
            continue
        reached = _above(weeks, thresholds)  # (w, g)
        seen[one], at_once[one] = reached[-1] / weeks[0].size, reached[0] / weeks[0].size
        new = np.diff(reached, axis=0, prepend=0.0)
        spent = (new * DAYS * np.arange(1, len(weeks) + 1)[:, None]).sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            days[one] = spent / reached[-1]
    return seen, at_once, days


def _labelled(real: Floats, stratum: Ints, outbreak: Ints, width: int) -> tuple[Floats, Ints]:
    """Best score up to each week of each labelled outbreak, (o, w), and its stratum (o,)."""
    row, column = np.nonzero(outbreak)
    number, place = np.unique(outbreak[row, column], return_inverse=True)
    begins = np.full(number.size, real.shape[1])
    np.minimum.at(begins, place, column)
    width = max(width, int((column - begins[place]).max(initial=0)) + 1)
    best = np.full((number.size, width), np.nan)
    best[place, column - begins[place]] = real[row, column]
    owner = np.zeros(number.size, np.int64)
    owner[place] = stratum[row]
    return _so_far(best), owner


def _check(
    real: Floats, stratum: Ints, trial: Floats, trial_stratum: Ints, outbreak: Ints, highest: int,
    count: int,
) -> None:  # fmt: skip
    if real.ndim != 2 or stratum.shape != real.shape[:1] or outbreak.shape != real.shape:
        raise BadInput(
            what=f"real has shape {real.shape}, stratum {stratum.shape}, outbreak {outbreak.shape};"
            " give (n, p), (n,) and (n, p)"
        )
    if trial.ndim != 2 or trial_stratum.shape != trial.shape[:1]:
        raise BadInput(
            what=f"trial has shape {trial.shape}, its stratum {trial_stratum.shape}; give (k, w), (k,)"
        )
    low = min(int(stratum.min(initial=0)), int(trial_stratum.min(initial=0)))
    if low < 0 or highest > count:
        raise BadInput(what=f"a stratum lies outside 0 ... {count - 1}")
