"""What villages need of mobile teams, the teams, and the satellite points with those who depend on them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.queries import mothers
from tuyen.apps.immunization.queries import microplan
from tuyen.apps.network import places, rounds
from tuyen.apps.network.models import OutreachTeam, PointStatement, VillageNeed
from tuyen.apps.registry import queries as registry
from tuyen.engines.network.suitability import kilometres
from tuyen.rules import network as rules

READ_OUTREACH, PLAN_OUTREACH = "network.outreach.read", "network.outreach.plan"
AHEAD = timedelta(days=28)
MOST_DUE = 5000


class NeedRow(NamedTuple):
    """A village: who is there, counted from the registers, and what it needs. ``stated_on`` None: nobody
    stated it, and it is what the rules propose."""

    village: UUID
    name: str
    km: float | None
    people: int
    children: int  # who may get a dose within four weeks
    patients: int
    pregnant: int
    visits: int
    minutes: int
    weekdays: tuple[int, ...]
    skills: tuple[str, ...]
    road: bool
    landing: bool
    vaccine: bool
    contact: str
    phone: str
    stated_on: date | None

    @property
    def expected(self) -> int:
        return self.children + self.patients + self.pregnant


class TeamRow(NamedTuple):
    id: UUID
    name: str
    kind: str
    skills: tuple[str, ...]
    minutes: int
    cold_minutes: int
    starts: str
    weekdays: tuple[int, ...]
    home: UUID
    home_name: str
    nights: bool


class StatementRow(NamedTuple):
    """What was stated of a point; ``state`` standing or amended."""

    id: UUID
    on: date
    functions: tuple[str, ...]
    weekdays: tuple[int, ...]
    served_by: tuple[str, ...]
    mobile: str
    state: str
    reason: str
    author: str


class PointRow(NamedTuple):
    """A satellite point with its statement of the day, and the chronic patients of the villages that are
    nearest to it. ``patients`` None where the reader may not see the panels."""

    id: UUID
    name: str
    said: StatementRow | None
    villages: tuple[UUID, ...]
    patients: int | None
    late: int | None


class Counts(NamedTuple):
    people: Mapping[UUID, int]
    children: Mapping[UUID, int]
    patients: Mapping[UUID, int]
    pregnant: Mapping[UUID, int]


def _counts(unit: UUID, on: date) -> Counts:
    """People of each village, and how many are expected within four weeks. Counts only: asked by the
    program, so that a plan is the same whoever makes it."""
    program, atlas = Actor.program(on), places.atlas()
    people = Counter[UUID]()
    for place, count in registry.people_at(by=program, on=on).items():
        people[atlas.standing_for(place, on)] += count
    due = microplan.due(by=program, unit=unit, on=on + AHEAD, limit=MOST_DUE)
    children = Counter(one.place for one in due if one.place)
    patients = Counter[UUID]()
    for programme in rules.outreach("panels", on):
        villages, _workers = clinical.panel_groups(
            by=program, programme=programme, unit=unit, on=on
        )
        patients.update({one.id: one.people for one in villages if one.id})
    women = [one.person for one in mothers.pregnancies(by=program, on=on, unit=unit)]
    homes = registry.vitals(by=program, ids=women) if women else {}
    pregnant = Counter(one.place for one in homes.values() if one.place)
    return Counts(people, children, patients, pregnant)


def needs(*, by: Actor, unit: UUID, on: date) -> list[NeedRow]:
    """The villages of a unit's reach, by name, with what they need. A constant number of queries."""
    policies.check(by, READ_OUTREACH, unit)
    villages, counts = rounds.village_reach(unit, on), _counts(unit, on)
    stated = {one.village_id: one for one in VillageNeed.objects.filter(
        unit_id=unit, on__lte=on).order_by("on", "changed_at", "id")}  # fmt: skip
    return [_need(id, stated.get(id), counts, _km(unit, id, on), on) for id in villages]


def _km(unit: UUID, village: UUID, on: date) -> float | None:
    atlas = places.atlas()
    one, other = atlas.point(unit, on), atlas.point(village, on)
    if one is None or other is None:
        return None
    import numpy as np

    straight = float(kilometres(np.array([one]), np.array([other]))[0, 0])
    return round(straight * float(rules.norm("detour", on)), 1)


def _need(id: UUID, said: Any, counts: Counts, km: float | None, on: date) -> NeedRow:
    people, children = counts.people.get(id, 0), counts.children.get(id, 0)
    patients, pregnant = counts.patients.get(id, 0), counts.pregnant.get(id, 0)
    first = (id, places.name(id, on), km, people, children, patients, pregnant)
    if said is not None:
        return NeedRow(*first, said.visits, said.minutes, tuple(said.weekdays), tuple(said.skills),
                       said.road, said.landing, said.vaccine, said.contact, said.phone, said.on)  # fmt: skip
    near = km is not None and km <= float(rules.outreach("near_km", on))
    visits = 0 if near or not people else rules.outreach_visits(children + patients + pregnant, on)
    minutes = rules.outreach_minutes(children, patients, pregnant, visits, on)
    skills = ("vaccinator",) if children else ()
    return NeedRow(*first, visits, minutes, (0, 1, 2, 3, 4), skills, True, False, True, "", "", None)  # fmt: skip


def teams(*, by: Actor, unit: UUID, on: date) -> list[TeamRow]:
    """The teams of a unit that go out, by name: one query."""
    policies.check(by, READ_OUTREACH, unit)
    found = OutreachTeam.objects.filter(unit_id=unit, ended_on=None).order_by("name", "id")
    return [
        TeamRow(one.pk, one.name, one.kind, tuple(one.skills), one.minutes, one.cold_minutes, one.starts,
                tuple(one.weekdays), one.home_id, places.name(one.home_id, on), one.nights)
        for one in found
    ]  # fmt: skip


def points(*, by: Actor, unit: UUID, on: date) -> list[PointRow]:
    """The satellite points of a unit, with the chronic patients that are attached to them: those of the
    villages that no other site of the unit is nearer to."""
    policies.check(by, READ_OUTREACH, unit)
    atlas = places.atlas()
    mine = sorted(atlas.subjects(unit, "satellite_of", on), key=lambda id: places.name(id, on))
    said = _statements(mine, on)
    attached = _attached(unit, mine, on)
    seen = policies.may(by, clinical.READ, unit)
    groups: dict[UUID, list[int]] = {}
    for programme in rules.outreach("panels", on) if seen and mine else ():
        for one in clinical.panel_groups(by=by, programme=programme, unit=unit, on=on)[0]:
            if one.id:
                told = groups.setdefault(one.id, [0, 0])
                told[0], told[1] = told[0] + one.people, told[1] + one.late
    rows = []
    for id in mine:
        at = attached.get(id, ())
        totals = [sum(groups.get(v, (0, 0))[k] for v in at) for k in (0, 1)]
        standing = [one for one in said.get(id, ()) if one.state == "standing"]
        rows.append(PointRow(
            id, places.name(id, on), standing[0] if standing else None, tuple(at),
            totals[0] if seen else None, totals[1] if seen else None,
        ))  # fmt: skip
    return rows


def _statements(ids: list[UUID], on: date) -> dict[UUID, list[StatementRow]]:
    """What was said of points up to a day, the latest first: two queries."""
    found = list(PointStatement.objects.filter(unit_id__in=ids, on__lte=on).order_by(
        "-on", "-changed_at", "-id"))  # fmt: skip
    names = access.names({one.author_id for one in found})
    rows: dict[UUID, list[StatementRow]] = {}
    for one in found:
        rows.setdefault(one.unit_id, []).append(StatementRow(
            one.pk, one.on, tuple(one.functions), tuple(one.weekdays), tuple(one.served_by), one.mobile,
            one.state, one.reason, names.get(one.author_id, ""),
        ))  # fmt: skip
    return rows


def standing_days(
    points: Sequence[UUID], until: date
) -> dict[UUID, Callable[[date], tuple[int, ...]]]:
    """Point -> the weekdays on which it is open, by the statement that stood on a day. Two queries."""
    told = _statements(list(points), until)

    def open_on(point: UUID) -> Callable[[date], tuple[int, ...]]:
        standing = [one for one in told.get(point, ()) if one.state == "standing"]
        return lambda day: next((one.weekdays for one in standing if one.on <= day), ())

    return {point: open_on(point) for point in points}


def standing_functions(
    points: Sequence[UUID], on: date
) -> dict[UUID, tuple[tuple[str, ...], tuple[int, ...]]]:
    """Point -> what it does and the weekdays on which it is open, by the statement that stands on a day. Two
    queries."""
    told = _statements(list(points), on)
    standing = {id: [one for one in told.get(id, ()) if one.state == "standing"] for id in points}
    return {id: (rows[0].functions, rows[0].weekdays) for id, rows in standing.items() if rows}


def statements(*, by: Actor, point: UUID, on: date) -> list[StatementRow]:
    """Everything that was stated of a point, amended statements too, the latest first."""
    policies.check(by, READ_OUTREACH, point)
    return _statements([point], on).get(point, [])


def _attached(unit: UUID, points: list[UUID], on: date) -> dict[UUID, tuple[UUID, ...]]:
    """Point -> the villages of the unit's reach that are nearest to it, the station being one of the sites."""
    import numpy as np

    atlas, sites = places.atlas(), [unit, *points]
    villages = rounds.village_reach(unit, on)
    if not villages:
        return {}
    at = [np.array([atlas.point(id, on) or (np.nan, np.nan) for id in ids], float).reshape(-1, 2)
          for ids in (villages, sites)]  # fmt: skip
    km = np.where(np.isnan(far := kilometres(*at)), np.inf, far)
    found: dict[UUID, list[UUID]] = {}
    for row, village in enumerate(villages):
        if np.isfinite(km[row]).any():
            found.setdefault(sites[int(np.argmin(km[row]))], []).append(village)
    return {site: tuple(ids) for site, ids in found.items()}


def attached_patients(
    *, by: Actor, unit: UUID, point: UUID, on: date
) -> list[clinical.PatientRow] | None:
    """The chronic patients attached to a point with when they are due next, the soonest first; None where
    the reader may not see them. The door that shows it notes the reading of the names."""
    policies.check(by, READ_OUTREACH, unit)
    if not policies.may(by, clinical.READ, unit):
        return None
    points_ = sorted(places.atlas().subjects(unit, "satellite_of", on))
    villages = _attached(unit, points_, on).get(point, ())
    if not villages:
        return []
    rows = []
    for programme in rules.outreach("panels", on):
        filters = clinical.PanelFilters(programme=programme, unit=unit, villages=villages)
        rows += clinical.panel(by=by, filters=filters, on=on, size=500).rows
    return sorted(rows, key=lambda one: (one.due_on, one.name, one.programme))
