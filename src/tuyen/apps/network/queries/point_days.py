"""The days of satellite points in a month: who serves them, what nobody covers, what the station lacks for it."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, point_covering, rounds
from tuyen.apps.network.models import PointMonth
from tuyen.apps.network.operations import PlanPointDays, PointDay
from tuyen.apps.network.point_covering import Cell, Stripped, Uncovered
from tuyen.apps.network.queries.outreach import PLAN_OUTREACH, READ_OUTREACH, standing_days
from tuyen.apps.network.refusals import RosterOutOfReach
from tuyen.apps.workforce import queries as workforce


class ServedDay(NamedTuple):
    """A day on which a point is open, or was planned. ``name`` empty: nobody; ``fault``: away, duty or none
    where who was planned cannot come any more, closed where the point is not open that day any more."""

    point: UUID
    point_name: str
    day: date
    member: UUID | None
    name: str
    fault: str


class PointMonthPage(NamedTuple):
    """A month of a station's points. ``roster``: in-force, proposed, "" (none), or "hidden" where the reader
    may not see it: then people are not named and nothing is said of what is not covered."""

    unit: UUID
    month: date
    planned: bool
    author: str
    rows: Sequence[ServedDay]
    uncovered: Sequence[Uncovered]
    stripped: Sequence[Stripped]
    roster: str
    people: Sequence[tuple[UUID, str]]

    @property
    def served(self) -> dict[Cell, UUID]:
        return {(one.point, one.day): one.member for one in self.rows if one.member}


class AtPoint(NamedTuple):
    """A day on which somebody serves a satellite point that is open then."""

    member: UUID
    day: date
    point: UUID
    point_name: str


def at_points(*, by: Actor, members: Collection[UUID], first: date, until: date) -> list[AtPoint]:
    """The days in [first, until) on which people serve a point, of the stations whose roster the reader may
    see; by day. Three queries, none where nobody is asked about."""
    if not members or until <= first:
        return []
    months = PointMonth.objects.filter(
        state="live", month__gte=first.replace(day=1), month__lt=until
    ).order_by("month", "id")
    told = [
        (UUID(one["member"]), date.fromisoformat(one["day"]), UUID(one["point"]))
        for row in months if workforce.readable(by=by, unit=row.unit_id) for one in row.days
    ]  # fmt: skip
    wanted = set(members)
    kept = [one for one in told if one[0] in wanted and first <= one[1] < until]
    open_on = standing_days(sorted({point for _m, _day, point in kept}), until) if kept else {}
    found = [
        AtPoint(member, day, point, places.name(point, day)) for member, day, point in kept
        if day.weekday() in open_on[point](day) and not rounds.holiday(day)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.point_name, str(one.member)))


def _cells(points: Sequence[UUID], month: date) -> set[Cell]:
    """Which point is open on which day of a month: by its statement of the day, on no holiday. Two queries."""
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = [month + timedelta(days=n) for n in range((last - month).days + 1)]
    return {
        (point, day) for point, open_on in standing_days(points, last).items() for day in days
        if day.weekday() in open_on(day) and not rounds.holiday(day)
    }  # fmt: skip


def _points(unit: UUID, on: date) -> list[UUID]:
    return sorted(
        places.atlas().subjects(unit, "satellite_of", on), key=lambda id: places.name(id, on)
    )


def _kept(unit: UUID, month: date) -> PointMonth | None:
    return PointMonth.objects.filter(unit_id=unit, month=month, state="live").first()


def point_month(*, by: Actor, unit: UUID, month: date, on: date) -> PointMonthPage:
    """A month of the points of a station as it is planned, against their open days and the roster of today.
    A constant number of queries."""
    policies.check(by, READ_OUTREACH, unit)
    month = month.replace(day=1)
    points = _points(unit, month)
    cells, kept = _cells(points, month), _kept(unit, month)
    page = workforce.roster(by=by, unit=unit, month=month, on=on)
    days = {(UUID(one["point"]), date.fromisoformat(one["day"])): UUID(one["member"])
            for one in (kept.days if kept else ())}  # fmt: skip
    names = {one.id: one.name for one in page.people} if page else {}
    rows = [
        ServedDay(
            point, places.name(point, month), day, days.get((point, day)),
            names.get(days[point, day], "") if (point, day) in days else "", _fault(page, cells, (point, day), days.get((point, day))),
        )
        for point, day in sorted(cells | days.keys(), key=lambda one: (one[1], places.name(one[0], month)))
    ]  # fmt: skip
    author = access.names({kept.author_id}).get(kept.author_id, "") if kept else ""
    if page is None:
        return PointMonthPage(unit, month, kept is not None, author, rows, (), (), "hidden", ())
    open_ = {cell: who for cell, who in days.items() if cell in cells}
    ahead = {cell for cell in cells if cell[1] >= on}
    return PointMonthPage(
        unit, month, kept is not None, author, rows, point_covering.uncovered(page, ahead, open_) if kept else (),
        [one for one in point_covering.stripped(page, open_) if one.day >= on], page.state,
        [(one.id, one.name) for one in page.people],
    )  # fmt: skip


def _fault(
    page: workforce.RosterPage | None, cells: set[Cell], cell: Cell, who: UUID | None
) -> str:
    if who is None:
        return ""
    if cell not in cells:
        return "closed"
    return "" if page is None else point_covering.able(page, who, cell[1])


def planned_point_days(*, by: Actor, unit: UUID, month: date, on: date) -> PlanPointDays:
    """The days of a station's points in a month as the engine shares them out; days that are past stay as they
    were planned.

    Raises
    ------
    RosterOutOfReach
        Where the planner may not see the roster that the people are taken from.
    """
    policies.check(by, PLAN_OUTREACH, unit)
    month = month.replace(day=1)
    page = workforce.roster(by=by, unit=unit, month=month, on=on)
    if page is None:
        raise RosterOutOfReach(unit=places.name(unit, month))
    points, kept = _points(unit, month), _kept(unit, month)
    ahead = {cell for cell in _cells(points, month) if cell[1] >= on}
    past = [
        PointDay(point=UUID(one["point"]), day=date.fromisoformat(one["day"]), member=UUID(one["member"]))
        for one in (kept.days if kept else ()) if date.fromisoformat(one["day"]) < on
    ]  # fmt: skip
    made = point_covering.covered(page, ahead, points)
    found = [PointDay(point=point, day=day, member=who) for (point, day), who in made.items()]
    found.sort(key=lambda one: (one.day, str(one.point)))
    return PlanPointDays(month=month, days=(*past, *found))


def changed_point_days(
    *, by: Actor, unit: UUID, cell: Cell, member: UUID | None, on: date
) -> PlanPointDays:
    """The month with one day given to somebody else, or to nobody."""
    policies.check(by, PLAN_OUTREACH, unit)
    page = point_month(by=by, unit=unit, month=cell[1], on=on)
    days = {key: who for key, who in page.served.items() if key != cell}
    if member is not None:
        days = {key: who for key, who in days.items() if (key[1], who) != (cell[1], member)}
        days[cell] = member
    order = sorted(days.items(), key=lambda one: (one[0][1], str(one[0][0])))
    return PlanPointDays(
        month=page.month, days=tuple(PointDay(point=p, day=d, member=who) for (p, d), who in order)
    )
