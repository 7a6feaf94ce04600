"""Counts judged against the same weeks of earlier years, by Farrington's flexible detector.

The history of a commune is that of the ground it stands on: what its predecessors counted reaches
it through the crosswalk before anything is judged, so that one born last year has six years.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.cores import cores
from tuyen.apps.surveillance.epidemics import Marks
from tuyen.apps.surveillance.windows import Plan
from tuyen.engines.surveillance.farrington import Farrington, farrington
from tuyen.engines.surveillance.farrington_control import REASONS, Control, named
from tuyen.engines.surveillance.farrington_window import Calendar, anniversaries
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import Detectors

Floats = NDArray[np.float64]
Pair = tuple[str, UUID]
RULE, METHOD = "FAR-FLEX", "farrington-flexible/1"
_GATE_WEEKS_KEPT = 4


_warm = False


def warm() -> None:
    """Load what the detector compiled, or compile it: seconds that no report should wait for."""
    global _warm
    if _warm:
        return
    calendar = Calendar(318, 52)
    control = Control(threshold_method="nbPlugin", no_periods=10)
    farrington(np.full((1, 318), 2.0), calendar, control, points=[317])
    _warm = True


def is_warm() -> bool:
    """Whether this process can judge a season at once."""
    return _warm


Answered = tuple[float, NDArray[np.int64], Farrington]
"""A level, the pairs (rows) judged at it, and what they were answered."""


class Loud(NamedTuple):
    """A week of a pair that is above its bound, and what explains it."""

    pair: int
    week: Period
    observed: int
    expected: float
    bound: float
    figures: dict[str, Any]


def judge(
    map_: Any, plan: Plan, settings: Detectors, pairs: Sequence[Pair], counts: Floats, marks: Marks,
    on: date, levels: Floats,
) -> list[Loud]:  # fmt: skip
    """What is loud in the last weeks of m pairs; nothing where the records are too young.

    counts: (m, weeks) of ``plan.long``, NaN where nothing is known. Left out of the baseline are
    the epidemic years of each pair and the weeks before a disease's definition changed. levels:
    (m,) the p-value below which each pair rings.
    """
    weeks, control, answers = answered(map_, plan, settings, pairs, counts, marks, on, levels)
    if control is None:
        return []
    points = list(range(len(weeks) - plan.judged, len(weeks)))
    return [
        loud
        for level, rows, answer in answers
        for loud in _loud(answer, rows, weeks, points, counts[:, -len(weeks) :], level, control, on)
    ]


def answered(
    map_: Any, plan: Plan, settings: Detectors, pairs: Sequence[Pair], counts: Floats, marks: Marks,
    on: date, levels: Floats,
) -> tuple[list[Period], Control | None, list[Answered]]:  # fmt: skip
    """The weeks looked at, the control, and the answers for the pairs that can be judged, by level.

    Nothing where the detector is out of use or the records are too young.
    """
    if plan.control is None or not pairs:
        return [], None, []
    known = np.flatnonzero(~np.isnan(counts).all(axis=0))
    if not known.size:
        return [], None, []
    weeks, counts = plan.long[known[0] :], counts[:, known[0] :].copy()
    leave_out(counts, weeks, plan, settings, pairs, marks)
    days = np.array([week.start for week in weeks], "datetime64[D]")
    calendar = Calendar(len(weeks), 52, days)
    points = list(range(len(weeks) - plan.judged, len(weeks)))
    control = as_far_back(plan.control, calendar, points[0], settings.farrington_min_years)
    if control is None:
        return [], None, []
    heard = open_gate(counts, control, points)
    heard = heard[~redefined(pairs, settings, weeks[points[0]])[heard]]
    answers = []
    for level in np.unique(levels[heard]).tolist():
        rows = heard[levels[heard] == level]
        asked = control._replace(alpha=level)
        answers.append(
            (level, rows, _judged(rows, counts, calendar, asked, points, map_, pairs, weeks, on))
        )
    return weeks, control, answers


def leave_out(
    counts: Floats, weeks: Sequence[Period], plan: Plan, settings: Detectors,
    pairs: Sequence[Pair], marks: Marks,
) -> None:  # fmt: skip
    """Take epidemic years and weeks under another definition out of the baselines, in place."""
    assert plan.control is not None
    past = len(weeks) - plan.judged - max(plan.control.excluded, _GATE_WEEKS_KEPT)
    # A week belongs to the year of its Thursday.
    years = [week.start.toordinal() + 3 for week in weeks]
    epidemic = marks.table([date.fromordinal(day).year for day in years])
    epidemic[:, max(past, 0) :] = False
    counts[epidemic] = np.nan
    for i, (disease, _) in enumerate(pairs):
        since = settings.changed_definitions.get(disease)
        if since is not None:
            counts[i, [n for n, week in enumerate(weeks) if week.start < since]] = np.nan


def redefined(pairs: Sequence[Pair], settings: Detectors, first: Period) -> NDArray[np.bool_]:
    """(m,) The disease has not yet as many years under its definition as a baseline needs."""
    enough = first.start - timedelta(days=366 * settings.farrington_min_years)
    since = [settings.changed_definitions.get(disease, enough) for disease, _ in pairs]
    return np.array([day > enough for day in since], bool)


def as_far_back(control: Control, calendar: Calendar, first: int, fewest: int) -> Control | None:
    """The control with as many years as the records have; None where they are too few."""
    for years in range(control.b, fewest - 1, -1):
        places_ = anniversaries(calendar, first, years)
        if places_ is not None and places_[0] - control.w >= 0:
            return control._replace(b=years)
    return None


def open_gate(counts: Floats, control: Control, points: Sequence[int]) -> NDArray[np.int64]:
    """The pairs with cases enough in the weeks before some point to be judged at all."""
    cases, length = control.limit54
    recent = [counts[:, max(0, t - length + 1) : t + 1].sum(axis=1) for t in points]
    return np.flatnonzero((np.stack(recent) >= cases).any(axis=0))


def _judged(
    rows: NDArray[np.int64], counts: Floats, calendar: Calendar, control: Control,
    points: list[int], map_: Any, pairs: Sequence[Pair], weeks: Sequence[Period], on: date,
) -> Farrington:  # fmt: skip
    """The answer for the pairs that can be judged."""
    population = None
    if control.population_offset:
        population = people(map_, [pairs[i][1] for i in rows.tolist()], weeks, on)
        if population is None:
            control = control._replace(population_offset=False)
    warm()
    return farrington(
        counts[rows], calendar, control, points=points, population=population, gated=True,
        workers=cores(),
    )  # fmt: skip


def people(map_: Any, communes: Sequence[UUID], weeks: Sequence[Period], on: date) -> Floats | None:
    """(m, weeks) people of the communes, straight from one middle of a year to the next.

    A commune whose people are not known in some year is taken as if they had not changed, which
    leaves its expectation to its cases. None where nobody is known at all.
    """
    years = range(weeks[0].start.year, on.year + 1)
    days = [min(date(year, 7, 1), on) for year in years]
    counted = [places.people_in(day, on) for day in days]
    table = np.array([[at.get(commune, 0) for at in counted] for commune in communes], float)
    unknown = (table <= 0).any(axis=1)
    if unknown.all():
        return None
    table[unknown] = 1.0
    when = np.array([week.start.toordinal() for week in weeks], float)
    at_days = [day.toordinal() for day in days]
    return np.stack([np.interp(when, at_days, row) for row in table])


def _loud(
    answer: Farrington, rows: NDArray[np.int64], weeks: Sequence[Period], points: Sequence[int],
    counts: Floats, level: float, control: Control, on: date,
) -> Iterator[Loud]:  # fmt: skip
    for n, place in np.argwhere(answer.alarm).tolist():
        t, i = points[place], int(rows[n])
        yield Loud(
            i, weeks[t], int(counts[i, t]), round(float(answer.expected[n, place]), 4),
            round(float(answer.upperbound[n, place]), 4),
            {
                "score": round(float(answer.score[n, place]), 4),
                "p": float(f"{answer.pvalue[n, place]:.3g}"),
                "reason": REASONS[answer.reason[n, place]],
                "trend": int(answer.trend[n, place]),
                "phi": round(float(answer.phi[n, place]), 4),
                "alpha": level,
                "years": control.b,
                "to": min(weeks[t].end, on).isoformat(),
            },
        )  # fmt: skip


def expectation(
    cases: NDArray[np.int64], periods: Sequence[Period], settings: Detectors, last: int,
    marks: Marks | None, disease: str,
) -> tuple[Floats, Floats, int]:  # fmt: skip
    """(expected, bound, years used) of the ``last`` weeks of one series, however few its cases are.

    cases: (m,) a week each, oldest first. For a picture: the alarms themselves come of the night.
    """
    nothing = np.full(last, np.nan)
    known = np.flatnonzero(cases)
    if not settings.farrington or not known.size:
        return nothing, nothing, 0
    control = named(settings.farrington)._replace(limit54=(0, 1), population_offset=False)
    start = int(known[0])
    weeks, counts = periods[start:], cases[start:].astype(np.float64)[None]
    points = [t for t in range(len(weeks) - last, len(weeks)) if t >= 0]
    if marks is not None:
        years = [date.fromordinal(week.start.toordinal() + 3).year for week in weeks]
        epidemic = marks.table(years)[:1]
        epidemic[:, -last:] = False
        counts[epidemic] = np.nan
    if (since := settings.changed_definitions.get(disease)) is not None:
        counts[0, [n for n, week in enumerate(weeks) if week.start < since]] = np.nan
    calendar = Calendar(len(weeks), 52, np.array([w.start for w in weeks], "datetime64[D]"))
    expected, bound, used = nothing.copy(), nothing.copy(), 0
    for t in points:
        fitting = as_far_back(control, calendar, t, settings.farrington_min_years)
        if fitting is None:
            continue
        used = max(used, fitting.b)
        found = farrington(counts, calendar, fitting, points=[t])
        at = t - (len(weeks) - last)
        expected[at], bound[at] = found.expected[0, 0], found.upperbound[0, 0]
    return expected, bound, used
