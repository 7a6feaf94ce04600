"""What the pictures of coverage are drawn from: communes over time, the way from the first dose to the
whole, curves by age, and places that fall short by more than chance."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.queries.cohort import FULL, Cohort, Limits, cohort, known, placed
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization.coverage import (
    ACTION,
    WARNING,
    chance_of_so_few,
    kaplan_meier,
    limits,
)
from tuyen.engines.immunization.spans import CalendarRules, parse_span
from tuyen.kernel.period import Period
from tuyen.rules.immunization import coverage as rule

STEPS = ("bcg-1", "dtp-1", "dtp-3", "mr-1", "mr-2", FULL)
"""The way of a child through the schedule, as the funnel shows it."""
QUARTERS = 12


class Series(NamedTuple):
    """One indicator by area and quarter of birth; the quarters are those whose children are all old
    enough for it."""

    code: str
    periods: tuple[Period, ...]
    units: tuple[UUID, ...]
    names: tuple[str, ...]
    eligible: NDArray[np.int64]  # (areas, quarters)
    reached: NDArray[np.int64]

    def shares(self, at: int) -> list[float | None]:
        """The shares of an area; None for a quarter in which nobody was born there."""
        pairs = zip(self.reached[at].tolist(), self.eligible[at].tolist(), strict=True)
        return [a / b if b else None for a, b in pairs]

    def totals(self) -> list[float | None]:
        a, b = self.reached.sum(axis=0).tolist(), self.eligible.sum(axis=0).tolist()
        return [x / y if y else None for x, y in zip(a, b, strict=True)]


class WayStep(NamedTuple):
    """A step of the funnel: who reached it in time, and who reached it and every step before it."""

    code: str
    reached: int
    through: int


class Way(NamedTuple):
    """The funnel of a cohort, all its steps of the same ``children``: those old enough for every step
    that is shown. ``left_out`` are steps that nobody of the cohort is old enough for."""

    children: int
    steps: tuple[WayStep, ...]
    left_out: tuple[str, ...]


class AgeCurve(NamedTuple):
    """How the share with a dose grows with age; each child counts for as long as it was followed."""

    code: str
    weeks: tuple[int, ...]
    share: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    followed: tuple[int, ...]  # without the dose yet, and followed at that age
    children: int
    wanted_by: str  # the age before which the dose counts, as the rules say it
    in_time: float | None  # the share on the last day before that age


class Place(NamedTuple):
    """An area against the share of all: whether it falls short by more than chance.

    ``low`` and ``high`` hold 99.8 % of places of its size; ``verdict`` is ``short`` (below them),
    ``watch`` (below those of 95 %), ``above`` or ``within``. ``chance`` is that of so few.
    """

    unit: UUID
    name: str
    commune: str
    eligible: int
    reached: int
    low: float
    high: float
    chance: float
    verdict: str

    @property
    def share(self) -> float:
        return self.reached / self.eligible

    @property
    def missed(self) -> int:
        return self.eligible - self.reached


class Spread(NamedTuple):
    """The funnel plot: places against the share of all of them together."""

    code: str
    share: float | None
    eligible: int
    places: tuple[Place, ...]

    def short(self) -> list[Place]:
        """Those that fall short beyond chance, and those to be watched, the least likely first."""
        found = [one for one in self.places if one.verdict in ("short", "watch")]
        return sorted(found, key=lambda one: (one.chance, one.name))


def series(
    *, by: Actor, code: str, on: date, map_on: date, area: UUID | None = None,
    villages: bool = False, quarters: int = QUARTERS,
) -> Series:  # fmt: skip
    """The last quarters of birth of an indicator, by commune of a map or by village: two statements."""
    code, until = known(code, on), Limits(on).until
    period = Period.of("quarter", on)
    while until(code, period.end) > on:
        period = period.previous()
    periods = [period]
    while len(periods) < quarters:
        periods.insert(0, periods[0].previous())
    first, last = periods[0].start, periods[-1].end
    found = cohort(by=by, first=first, last=last, on=on, area=area, codes=[code])
    width = 2 * len(periods)
    table: dict[UUID, NDArray[np.int64]] = defaultdict(lambda: np.zeros(width, np.int64))
    for kid in found.kids:
        months = (kid.born.year - first.year) * 12 + kid.born.month - first.month
        row, day = table[kid.place], found.day(code, kid)
        row[months // 3] += 1
        row[len(periods) + months // 3] += day is not None and day < until(code, kid.born)
    shown = placed(table, width, on, map_on, villages)
    return Series(
        code, tuple(periods), tuple(shown.units), tuple(shown.names),
        shown.counts[:, : len(periods)], shown.counts[:, len(periods) :],
    )  # fmt: skip


def way(*, by: Actor, first: date, last: date, on: date, area: UUID | None = None) -> Way:
    """The funnel from the first dose to the whole of those born in a span of days: two statements."""
    found = cohort(by=by, first=first, last=last, on=on, area=area, codes=STEPS)
    until = Limits(on).until
    old = {
        code: {kid.person for kid in found.kids if until(code, kid.born) <= on} for code in STEPS
    }
    shown = [code for code in STEPS if old[code]]
    base = [kid for kid in found.kids if shown and all(kid.person in old[code] for code in shown)]
    through, steps = {kid.person for kid in base}, []
    for code in shown:
        had = _in_time(found, code, until)
        through = through & had
        steps.append(WayStep(code, sum(kid.person in had for kid in base), len(through)))
    return Way(len(base), tuple(steps), tuple(code for code in STEPS if code not in shown))


def _in_time(found: Cohort, code: str, until: Any) -> set[UUID]:
    return {
        kid.person for kid in found.kids
        if (day := found.day(code, kid)) is not None and day < until(code, kid.born)
    }  # fmt: skip


def timeliness(
    *, by: Actor, codes: Sequence[str], first: date, last: date, on: date,
    area: UUID | None = None, weeks: int = 104,
) -> list[AgeCurve]:  # fmt: skip
    """How the share with a dose grows with age, for each of some indicators: two statements.

    By Kaplan and Meier, so that a child too young for a dose does not count as one without it.
    """
    counted = rule.counted(on)
    wanted = [code for code in codes if code in counted]
    found = cohort(by=by, first=first, last=last, on=on, area=area, codes=wanted)
    every = tuple(range(0, weeks + 1, 2))
    followed = [(on - kid.born).days for kid in found.kids]
    curves = []
    for code in wanted:
        days = [found.day(code, kid) for kid in found.kids]
        had = [
            max(0, (day - kid.born).days) if day is not None else float("nan")
            for kid, day in zip(found.kids, days, strict=True)
        ]
        ages = [*(7 * week for week in every), _last_day(counted[code].by)]
        curve = kaplan_meier(had, followed, ages)
        *shares, in_time = _known(curve.share)
        low, high = _known(curve.low)[:-1], _known(curve.high)[:-1]
        followed_at = tuple(curve.followed.tolist()[:-1])
        curves.append(
            AgeCurve(
                code, every, tuple(shares), low, high, followed_at, len(found.kids),
                counted[code].by, in_time,
            )
        )  # fmt: skip
    return curves


def _last_day(age: str) -> int:
    """The last day of life before an age of the rules ("12 months": 364)."""
    span, born = parse_span(age), date(2001, 1, 1)
    return (CalendarRules().age(born, span) - born).days - 1 if span else 0


def _known(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if value != value else value for value in values.tolist())


def spread(
    *, by: Actor, code: str, first: date, last: date, on: date, map_on: date | None = None,
    area: UUID | None = None, villages: bool = False,
) -> Spread:  # fmt: skip
    """Places of an area against all of them together, with the limits of chance: two statements."""
    code, until = known(code, on), Limits(on).until
    found = cohort(by=by, first=first, last=last, on=on, area=area, codes=[code])
    had = _in_time(found, code, until)
    table: dict[UUID, NDArray[np.int64]] = defaultdict(lambda: np.zeros(2, np.int64))
    for kid in found.kids:
        if until(code, kid.born) <= on:
            table[kid.place] += np.array([1, kid.person in had])
    map_on = map_on or on
    shown = placed(table, 2, on, map_on, villages)
    eligible, reached = shown.counts[:, 0], shown.counts[:, 1]
    if not eligible.sum():
        return Spread(code, None, 0, ())
    share = float(reached.sum() / eligible.sum())
    wide, near = limits(share, eligible, ACTION), limits(share, eligible, WARNING)
    map_ = registry.atlas()
    places = []
    for n, unit in enumerate(shown.units):
        size, some = int(eligible[n]), int(reached[n])
        if not size:
            continue
        commune = map_.commune_of(unit, map_on) if villages else None
        places.append(
            Place(
                unit, shown.names[n],
                map_.full_name(commune, map_on) if commune and commune != unit else "", size, some,
                float(wide.low[n]), float(wide.high[n]), chance_of_so_few(share, size, some),
                _verdict(some / size, wide.low[n], near.low[n], wide.high[n]),
            )
        )  # fmt: skip
    return Spread(code, share, int(eligible.sum()), tuple(places))


def _verdict(share: float, low: float, near: float, high: float) -> str:
    if share < low:
        return "short"
    if share < near:
        return "watch"
    return "above" if share > high else "within"


def not_reached(
    *, by: Actor, code: str, first: date, last: date, on: date, area: UUID | None = None
) -> set[UUID]:
    """Who of those born in a span of days, and old enough, did not reach an indicator in time: the
    children behind what coverage lacks. Two statements."""
    code, until = known(code, on), Limits(on).until
    found = cohort(by=by, first=first, last=last, on=on, area=area, codes=[code])
    had = _in_time(found, code, until)
    old = {kid.person for kid in found.kids if until(code, kid.born) <= on}
    return old - had
