"""Who reported which week: cases, a zero, or nothing; and how much of it was late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import BooleanField, ExpressionWrapper, Q
from numpy.typing import NDArray

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import kept, places, stored
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

    def last(self, weeks: int) -> "Completeness":
        """The same for the last ``weeks`` weeks, without units of which nothing was due or came."""
        lately = slice(max(0, len(self.weeks) - weeks), None)
        expected, came = self.expected[:, lately], self.came[:, lately]
        rows = np.flatnonzero((expected | came).any(axis=1))
        return Completeness(
            weeks=self.weeks[lately],
            units=[self.units[n] for n in rows],
            names=[self.names[n] for n in rows],
            communes=[self.communes[n] for n in rows],
            expected=expected[rows],
            cases=self.cases[rows, lately],
            late=self.late[rows, lately],
            zero=self.zero[rows, lately],
        )

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
    map_, scope, on = places.atlas(), policies.scope(by, COUNTS), on or by.on
    question = ("completeness", scope, on, weeks, area)
    return kept.answer(map_, question, lambda: _completeness(map_, scope, on, weeks, area))


def _completeness(
    map_: Any, scope: policies.Scope, on: date, weeks: int, area: UUID | None
) -> Completeness:
    periods = [Period.of("week", on)]
    while len(periods) < weeks:
        periods.insert(0, periods[0].previous())
    mondays = [period.start for period in periods]
    inside = None if area is None else map_.reach(area, "own", on)
    due = {
        monday: [
            unit for unit in map_.units(type=reporters(monday), on=monday) if scope.covers(unit)
        ]
        for monday, period in zip(mondays, periods, strict=True)
        if period.end < on
    }
    rows = UnitWeek.objects.filter(scope.where("unit_id"), week__in=mondays)
    sent = [
        (stored.id(unit), stored.day(week), *told)
        for unit, week, *told in rows.annotate(
            said=ExpressionWrapper(Q(zero_at__isnull=False), BooleanField())
        ).values_list(stored.text("unit_id"), stored.text("week"), "cases", "late", "said")
    ]
    met = set().union((row[0] for row in sent), *due.values())
    if inside is not None:
        met = {unit for unit in met if unit in inside or map_.commune_of(unit, on) in inside}
    units = sorted(met, key=lambda unit: _order(map_, unit, on))
    at, column = (
        {unit: n for n, unit in enumerate(units)},
        {day: t for t, day in enumerate(mondays)},
    )
    shape = (len(units), len(mondays))
    cases, late = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    zero, expected = np.zeros(shape, bool), np.zeros(shape, bool)
    for monday, units_due in due.items():
        expected[[at[unit] for unit in units_due if unit in at], column[monday]] = True
    for unit, week, *told in sent:
        if unit in at:
            where = at[unit], column[week]
            cases[where], late[where], zero[where] = told
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


@walls.whole("who reported which week, and nothing of what was in it")
def reports_sent(mondays: Sequence[date]) -> dict[UUID, frozenset[date]]:
    """Of which of these weeks each unit has sent anything: one query, one row for each unit.

    The store strings the weeks of a unit together: over five years they are tens of thousands.
    """
    if not mondays:
        return {}
    rows = (
        UnitWeek.objects.filter(week__gte=min(mondays), week__lte=max(mondays))
        .values_list("unit_id")
        .annotate(weeks=stored.Strung(stored.text("week")))
        .order_by()
    )
    return {unit: frozenset(map(stored.day, weeks.split(","))) for unit, weeks in rows}


def _order(map_: Any, unit: UUID, on: date) -> tuple[str, str]:
    commune = map_.commune_of(unit, on)
    return (map_.code(commune, "administrative", on) or "") if commune else "", str(unit)
