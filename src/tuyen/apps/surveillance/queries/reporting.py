"""Who reported which week: cases, a zero, or nothing; and how much of it was late."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import UnitWeek
from tuyen.apps.surveillance.selection import COUNTS
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import reporters

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Completeness:
    """Reports of n units over t weeks."""

    weeks: list[Period]  # (t,)
    units: list[UUID]  # (n,)
    names: list[str]  # (n,)
    communes: list[UUID | None]  # (n,) in which each stands on the reader's day
    expected: Bools  # (n, t) the unit was in operation and the week has ended
    cases: Ints  # (n, t) cases diagnosed in the week
    late: Ints  # (n, t) of these, sent after their deadline
    zero: Bools  # (n, t) the unit said that it had none

    @property
    def came(self) -> Bools:
        """(n, t): there are cases, or a zero was said. Everything else is silence, not zero."""
        return (self.cases > 0) | self.zero

    def share(self) -> NDArray[np.float64]:
        """(t,) share of the reports due that came; NaN where none was due."""
        due = self.expected.sum(axis=0)
        came = (self.expected & self.came).sum(axis=0)
        return np.divide(came, due, out=np.full(len(due), np.nan), where=due > 0)

    def late_share(self) -> NDArray[np.float64]:
        """(t,) share of cases that were reported late; NaN where there were none."""
        cases = self.cases.sum(axis=0)
        late = self.late.sum(axis=0)
        return np.divide(late, cases, out=np.full(len(cases), np.nan), where=cases > 0)

    def silent(self) -> list[UUID]:
        """The units that sent nothing for the last week that was due."""
        due = np.flatnonzero(self.expected.any(axis=0))
        if not due.size:
            return []
        quiet = self.expected[:, due[-1]] & ~self.came[:, due[-1]]
        return [self.units[n] for n in np.flatnonzero(quiet)]


def completeness(
    *, by: Actor, on: date | None = None, weeks: int = 8, area: UUID | None = None
) -> Completeness:
    """The reports of the last ``weeks`` weeks up to that of ``on``: two queries.

    Units of the reporting types are listed whether or not they sent anything; others (a hospital)
    when they did.
    """
    map_ = places.atlas()
    on = on or by.on
    scope = policies.scope(by, COUNTS)
    periods = [Period.of("week", on)]
    while len(periods) < weeks:
        periods.insert(0, periods[0].previous())
    mondays = [period.start for period in periods]
    rows = UnitWeek.objects.filter(scope.where("unit_id"), week__in=mondays)
    sent = {
        (unit, week): (cases, late, zero_at is not None)
        for unit, week, cases, late, zero_at in rows.values_list(
            "unit_id", "week", "cases", "late", "zero_at"
        )
    }
    due = {
        (unit, monday)
        for monday, period in zip(mondays, periods, strict=True)
        for unit in map_.units(type=reporters(monday), on=monday)
        if scope.covers(unit) and period.end < on
    }
    units = sorted({unit for unit, _ in (*sent, *due)}, key=lambda unit: _order(map_, unit, on))
    if area is not None:
        inside = map_.reach(area, "own", on)
        units = [unit for unit in units if unit in inside or map_.commune_of(unit, on) in inside]
    shape = (len(units), len(mondays))
    cases, late = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    zero, expected = np.zeros(shape, bool), np.zeros(shape, bool)
    for n, unit in enumerate(units):
        for t, monday in enumerate(mondays):
            cases[n, t], late[n, t], zero[n, t] = sent.get((unit, monday), (0, 0, False))
            expected[n, t] = (unit, monday) in due
    return Completeness(
        weeks=periods,
        units=units,
        names=[map_.full_name(unit, on) for unit in units],
        communes=[map_.commune_of(unit, on) for unit in units],
        expected=expected,
        cases=cases,
        late=late,
        zero=zero,
    )


def _order(map_: Any, unit: UUID, on: date) -> tuple[str, str]:
    commune = map_.commune_of(unit, on)
    return (map_.code(commune, "administrative", on) or "") if commune else "", str(unit)
