"""A back-test at one threshold in plain Python: slow, obvious, and the judge."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class One(NamedTuple):
    """The figures of one stratum at one threshold; NaN where nothing can be said."""

    alarms_per_week: float
    false_rate: float
    ppv: float
    ppv_least: float
    ppv_most: float
    sensitivity: float
    at_once: float
    days: float
    labelled_sensitivity: float
    labelled_days: float


def backtest_one(
    real: Sequence[Sequence[float]],
    outbreak: Sequence[Sequence[int]],
    trial: Sequence[Sequence[float]],
    threshold: float,
    denied: Sequence[Sequence[bool]] | None = None,
) -> One:
    """Go through every week of every series, and through every outbreak from its start."""
    alarms, true, false, quiet, wrong, nos = 0, 0, 0, 0, 0, 0
    labelled: dict[int, dict[int, float]] = {}
    for row, (scores, numbers) in enumerate(zip(real, outbreak, strict=True)):
        for week, (score, number) in enumerate(zip(scores, numbers, strict=True)):
            rings = score >= threshold
            alarms += rings
            quiet += not number
            false += rings and not number
            true += bool(rings and number)
            no = bool(denied is not None and denied[row][week] and not number)
            nos += no and not math.isnan(score)
            wrong += no and rings
            if number:
                labelled.setdefault(number, {})[week] = score
    courses = [
        [weeks.get(week, math.nan) for week in range(min(weeks), max(weeks) + 1)]
        for weeks in labelled.values()
    ]
    seen, at_once, days = _delays(trial, threshold)
    known, _, known_days = _delays(courses, threshold)
    return One(
        alarms / len(real[0]),
        false / quiet if quiet else math.nan,
        *_values(true, wrong, alarms, bool(labelled), bool(nos)),
        seen, at_once, days, known, known_days,
    )  # fmt: skip


def _values(
    true: int, wrong: int, alarms: int, labelled: bool, nos: bool
) -> tuple[float, float, float]:
    """Share of right alarms: of those answered (of all, where nobody said no), at least, at most."""
    if not alarms or not (labelled or nos):
        return math.nan, math.nan, math.nan
    least, most = true / alarms, 1 - wrong / alarms
    if not nos:
        return least, least, most
    return (true / (true + wrong) if true + wrong else math.nan), least, most


def _delays(courses: Sequence[Sequence[float]], threshold: float) -> tuple[float, float, float]:
    first = [
        next((week for week, score in enumerate(course) if score >= threshold), None)
        for course in courses
    ]
    spent = [7 * (week + 1) for week in first if week is not None]
    if not courses:
        return math.nan, math.nan, math.nan
    mean = sum(spent) / len(spent) if spent else math.nan
    return len(spent) / len(courses), first.count(0) / len(courses), mean
