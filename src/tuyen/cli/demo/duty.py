"""The demo's duty: the played station's roster of this month, some leave, and who can be drawn."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.registry import queries as registry
from tuyen.apps.workforce.operations import NoteLeave, OnDuty, PutRoster, RegisterMember, SetSurge
from tuyen.cli.demo.names import Names
from tuyen.cli.demo.outreach import station
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import KINDS, Operation
from tuyen.rules import workforce as rules
from tuyen.rules.calendar import UnknownYear, holidays

_LEAVE = (("yearly", 11, 3, "Về quê có việc gia đình"), ("training", 18, 2, "Tập huấn tại tỉnh"))
"""Kind, first day counted from that of the month, days, reason: of the last people on duty."""
_SURGE = (
    ("epidemiology", "sampling"),
    ("sampling", "disinfection"),
    ("vaccination", "communication"),
)


class _Person(NamedTuple):
    id: UUID
    unit: UUID
    cadre: str
    phone: str


def told(
    made: Province, names: Names, staff: Sequence[Operation], until: date
) -> Iterator[Operation]:
    """Leave that was known first, then the month in force around it, and three who agreed to be drawn."""
    unit = station(made, names)
    if unit is None:
        return
    # A satellite point is planned with its station.
    sites = {unit, *registry.atlas().subjects(unit, "satellite_of", until)}
    people = [
        _Person(one.id, one.unit, said.post.cadre, said.phone)
        for one in staff
        if one.unit in sites
        for said in [KINDS.get(one.kind).decode(one.version, bytes(one.payload))]
        if isinstance(said, RegisterMember)
    ]
    first = until.replace(day=1)
    group = next((one.of for one in rules.asked("station", first) if one.key == "duty"), ())
    able = [one for one in people if one.cadre in group]
    if not able:
        return
    known = first - timedelta(days=6)
    away: set[tuple[UUID, date]] = set()
    for n, (who, (kind, start, days, why)) in enumerate(zip(able[::-1], _LEAVE, strict=False)):
        since = first + timedelta(days=start)
        leave = NoteLeave(
            member=who.id, kind=kind, since=since, until=since + timedelta(days=days), reason=why
        )
        away |= {(who.id, since + timedelta(days=d)) for d in range(days)}
        yield names.operation(leave, "leave", n, unit=who.unit, on=known)
    roster = PutRoster(month=first, shifts=tuple(_shifts(people, able, away, first)), in_force=True)
    yield names.operation(roster, "roster", 0, unit=unit, on=known + timedelta(days=2))
    for n, (who, skills) in enumerate(zip(able[1::2], _SURGE, strict=False)):
        surge = SetSurge(member=who.id, skills=skills, contact=who.phone)
        yield names.operation(
            surge, "surge", n, unit=who.unit, on=until - timedelta(days=20 + 3 * n)
        )


def _shifts(
    people: Sequence[_Person], able: Sequence[_Person], away: set[tuple[UUID, date]], first: date
) -> Iterator[OnDuty]:
    """Duty in turn, as a station writes it by hand: a free day after each, ordinary days else."""
    kinds = rules.shifts(first)
    try:
        feasts = set(holidays(first.year))
    except UnknownYear:
        feasts = set()
    most, hours = rules.week_hours(first), defaultdict[tuple[UUID, int], float](float)
    days = [first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1])]
    duty: dict[date, UUID] = {}
    turns = [one.id for one in able]
    for day in days:
        near = {duty.get(day - timedelta(days=n)) for n in (1, 2)}
        week = day.isocalendar().week
        for who in turns:
            room = hours[who, week] + kinds["duty"].hours <= most
            if who not in near and (who, day) not in away and room:
                duty[day] = who
                hours[who, week] += kinds["duty"].hours
                turns = [one for one in turns if one != who] + [who]
                yield OnDuty(member=who, day=day, kind="duty")
                break
    for day in days:
        busy, week = {duty.get(day), duty.get(day - timedelta(days=1))}, day.isocalendar().week
        free = day.isoweekday() > 5 or day in feasts
        for one in people:
            room = hours[one.id, week] + kinds["day"].hours <= most
            if not free and one.id not in busy and (one.id, day) not in away and room:
                hours[one.id, week] += kinds["day"].hours
                yield OnDuty(member=one.id, day=day, kind="day")
