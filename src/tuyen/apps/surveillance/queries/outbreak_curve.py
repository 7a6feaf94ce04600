"""The epidemic curve of an outbreak, and how many cases of its last days are still to be reported."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance.queries.asof import triangles
from tuyen.apps.surveillance.queries.outbreak_room import Onset, onsets
from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.nowcast import Settings, shares, still_to_come
from tuyen.engines.surveillance.triangle import seen
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import surveillance as rules

CLASSES = ("confirmed", "probable", "suspected")
LEVELS = (0.05, 0.95)
_DELAYS = 21  # days: of longer delays too few are left to matter
_PAST = 120  # days of reports from which the delays are learnt
_FEW = 50  # cases: with fewer, delays are not known well enough to say what is to come
_WINDOW = 14  # days that the level of the last days is taken from
_SPREAD = 0.4  # squared coefficient of variation of a day's rate round that level


class CurveDay(NamedTuple):
    """Cases by class, in the order of :data:`CLASSES`; ``coming`` and the bounds of all cases."""

    day: date
    counts: tuple[int, int, int]
    coming: float
    low: int | None
    high: int | None


class Curve(NamedTuple):
    days: list[CurveDay]  # without a gap from the first onset to the day asked about, or the last
    learnt_from: int  # cases whose delays the expectation rests on; 0: none was made
    ruled_out: int


def curve(*, by: Actor, id: UUID, disease: str, at: datetime, open_: bool = True) -> Curve:
    """Cases of an outbreak by day of onset and class. Three queries.

    While the outbreak is open, what is still to be reported of its last days follows from how long
    reports of the disease took in the last four months, in the whole node: share reported by delay
    (chain ladder), weighed against the level of the outbreak's own neighbouring days.
    """
    found = onsets(by=by, id=id)
    counted = [one for one in found if one.classification in CLASSES]
    out = sum(one.cases for one in found) - sum(one.cases for one in counted)
    if not counted:
        return Curve([], 0, out)
    today = at.astimezone(VIETNAM).date()
    first = min(one.onset for one in counted)
    last = max(today if open_ else first, *(one.onset for one in counted))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    table = {day: [0, 0, 0] for day in days}
    for one in counted:
        table[one.onset][CLASSES.index(one.classification)] += one.cases
    coming: dict[date, float] = {}
    bounds: dict[date, tuple[int, int]] = {}
    learnt = 0
    if open_ and disease:
        coming, bounds, learnt = _expected(counted, disease, at, by, days)
    return Curve(
        [
            CurveDay(day, tuple(table[day]), coming.get(day, 0.0), *bounds.get(day, (None, None)))  # type: ignore[arg-type]
            for day in days
        ],
        learnt,
        out,
    )


def _expected(
    counted: list[Onset], disease: str, at: datetime, by: Actor, days: list[date]
) -> tuple[dict[date, float], dict[date, tuple[int, int]], int]:
    """What is still to come of each recent day, its bounds, and from how many cases that follows."""
    family = (disease, *(older.id for older in rules.predecessors(disease)))
    with walls.whole("how long reports of a disease take, counted over all units"):
        past = triangles(
            by=Actor.program(by.on), at=at, periods=_PAST, delays=_DELAYS, diseases=family
        )
    if not past.keys:
        return {}, {}, 0
    triangle = past.counts.sum(axis=0)[None]
    known = seen(_PAST, _DELAYS)
    plain = np.where(known, triangle, 0.0)
    learnt = int(plain.sum())
    if learnt < _FEW:
        return {}, {}, 0
    done = shares(plain, known, None, Settings())[
        0, -1
    ]  # (delays + 1,) share reported by each delay
    today = at.astimezone(VIETNAM).date()
    recent = [day for day in days if 0 <= (today - day).days <= _DELAYS]
    reported = np.array([sum(o.cases for o in counted if o.onset == day) for day in recent], float)
    share = np.array([done[(today - day).days] for day in recent])
    window = slice(max(0, len(recent) - _WINDOW), None)
    level = reported[window].sum() / max(share[window].sum(), 1e-9)
    rest, variance = still_to_come(
        reported,
        share,
        np.full(reported.shape, level),
        np.float64(_SPREAD),  # type: ignore[arg-type]
    )
    # Less than a twentieth of a case of a day is nothing that anybody would draw.
    rest = np.where(rest < 0.05, 0.0, rest)
    coming = dict(zip(recent, rest.tolist(), strict=True))
    bounds = {}
    for day, here, mean, wide in zip(recent, reported, rest, variance, strict=True):
        if mean:
            size = mean**2 / (wide - mean) if wide > mean else np.inf
            low, high = nb_quantiles(np.array([mean]), np.array([size]), np.array(LEVELS))[0]
            bounds[day] = (int(here + low), int(here + high))
    return coming, bounds, learnt
